import * as z from "zod";
import type { RomSnapshot } from "../../../webview/contract.js";
import type { RomFinding } from "../../romFormats/reading/findings.js";
import { readRomBytes, readRomFile } from "../../hardware/rom/romFile.js";
import { romSnapshot } from "./romSnapshot.js";

/** What the editor asks of a ROM file: its findings, or all that the picture shows. */
export const romRequestSchema = z.discriminatedUnion("task", [
  /** @property text what the editor holds, where it differs from the file */
  z.strictObject({ task: z.literal("findings"), file: z.string(), text: z.string().optional() }),
  z.strictObject({ task: z.literal("snapshot"), file: z.string() }),
]);
export type RomRequest = z.infer<typeof romRequestSchema>;

export type RomAnswer =
  | { readonly task: "findings"; readonly findings: readonly RomFinding[] }
  | { readonly task: "snapshot"; readonly rom: RomSnapshot };

/** Reads the file; a bad one is among the findings. */
export async function answerTo(request: RomRequest): Promise<RomAnswer> {
  if (request.task === "snapshot") {
    return { task: "snapshot", rom: romSnapshot(await readRomFile(request.file)) };
  }
  const { file, text } = request;
  const { findings } = text === undefined ? await readRomFile(file) : await readRomBytes(file, Buffer.from(text));
  return { task: "findings", findings };
}
