import { createHash } from "node:crypto";
import * as z from "zod";
import { isPrintableLine, printableLineRule } from "../text/printable.js";
import { shown } from "./shown.js";

/** What a spec keeps of functions that a person wrote in a cell: what tables and messages call them, and the SHA-256 of their source. */
export const customNameFields = {
  name: z.string().min(1).max(100).refine(isPrintableLine, printableLineRule),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
};

/**
 * A function that a person wrote in a cell. JSON cannot hold it: a spec has its name and the SHA-256 of its source, and who trains
 * gets the function itself.
 */
export const customFunctionSchema = z.strictObject({
  kind: z.literal("custom"),
  ...customNameFields,
});
export type CustomFunctionSpec = z.infer<typeof customFunctionSchema>;

/** How the kernel guards an `await`: with its place in the cell, which is no part of what the function does. */
const places = /,"(?:[^"\\]|\\.)*\|\d+\|\d+"\)/g;

/** @throws TypeError for what is no function, naming `word`, the call in which it was given */
export function customFunctionSpec(word: string, name: string, written: unknown): CustomFunctionSpec {
  if (typeof written !== "function") {
    throw new TypeError(`${word} takes a function, not ${shown(written)}`);
  }
  return { kind: "custom", name, sha256: sourceDigest([written]) };
}

/** SHA-256 of the source text of functions; one that is absent counts as empty text. */
export function sourceDigest(functions: readonly unknown[]): string {
  const sources = functions.map((one) => (typeof one === "function" ? Function.prototype.toString.call(one).replaceAll(places, ")") : ""));
  return createHash("sha256").update(sources.join("\0"), "utf8").digest("hex");
}

/** "warm-up", SHA-256 0123456789ab */
export function customInWords({ name, sha256 }: CustomFunctionSpec): string {
  return `${JSON.stringify(name)}, SHA-256 ${sha256.slice(0, 12)}`;
}
