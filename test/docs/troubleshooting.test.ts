import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** The messages that the page explains, from its headings; "…" stands for what differs. */
const headings = readFileSync("docs/guide/troubleshooting.md", "utf8").match(/^### .*$/gm)!;
const messages = headings.flatMap((heading) => [...heading.matchAll(/`([^`]+)`/g)].map(([, message]) => message!));

const sources = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "src", "kernel", "scripts"], { encoding: "utf8" })
  .stdout.split("\n")
  .filter((file) => /\.(ts|mjs)$/.test(file));
/** Sentences that are split over the lines of an expression are put together. */
const source = sources.map((file) => readFileSync(file, "utf8").replaceAll(/["`] \+\s+["`]/g, "")).join("\n");

it("explains messages that a user can meet first", () => {
  expect(messages.length).toBeGreaterThan(25);
  expect(headings.every((heading) => heading.includes("`"))).toBe(true);
});

it.each(messages)("the product says: %s", (message) => {
  const words = message.split("…").map((part) => part.trim()).filter((part) => /\p{L}{2}/u.test(part));
  expect(words.length).toBeGreaterThan(0);
  expect(words.filter((part) => !source.includes(part))).toEqual([]);
});
