import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import * as tl from "../../src/api/index.js";
import { temporaryFolder } from "../temporaryFolder.js";

/**
 * What a person types by mistake, as the expression that ends a cell, and the whole message that answers it: value, place and
 * remedy in the words in which cells are written.
 */
const mistakes = JSON.parse(readFileSync(new URL("mistakes.json", import.meta.url), "utf8")) as readonly (readonly [cell: string, message: string])[];

const folder = temporaryFolder();
const fox = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
const waves = tl.data.fromArrays("waves", { sequences: Array.from({ length: 40 }, (_, n) => [n, -n]), labels: Array.from({ length: 40 }, (_, n) => n % 2) });
const task = tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 });
const experiment = tl.experiment({ task, layers: [tl.lstm({ units: 8 })], steps: 2 });

/** What the cells before have made. */
const names = ["tl", "fox", "waves", "task", "experiment", "run", "chip"] as const;
type Cell = (...values: unknown[]) => Promise<unknown>;
const AsyncFunction = (async () => {}).constructor as new (...source: string[]) => Cell;

/** The message with which a cell ends. */
async function messageOf(cell: string, values: readonly unknown[]): Promise<string> {
  try {
    await new AsyncFunction(...names, `return (${cell});`)(...values);
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
}

beforeAll(async () => {
  await buildNative("dist/native");
});

test("there are enough of them to stand for all words", () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(60);
  expect(new Set(mistakes.map(([cell]) => cell)).size).toBe(mistakes.length);
});

test("each mistake is answered by its own message", async () => {
  const run = await experiment.train({ runs: folder.path });
  const chip = await run.accelerator({ macUnits: 8, calibrate: false });
  const values = [tl, fox, waves, task, experiment, run, chip];
  const said: (readonly [string, string])[] = [];
  for (const [cell] of mistakes) {
    said.push([cell, await messageOf(cell, values)]);
  }
  expect(said).toEqual(mistakes);
});

test("no message has words of the libraries that found the mistake", () => {
  for (const [, message] of mistakes) {
    expect(message).not.toMatch(/Invalid input|expected|received|zod|__scope|Symbol\(|ERR_|\[object|undefined is not/);
    expect(message).not.toContain("\n");
  }
});
