import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { corpusFromText, splitCorpus } from "../../src/data/corpus.js";
import { ngramYardstick } from "../../src/data/ngramYardstick.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { reported, tritloomIn } from "./program.js";

const root = temporaryFolder();
const tritloom = (...args: string[]) => tritloomIn(root.path, args);
const text = "the quick brown fox jumps over the lazy dog; she sells sea shells. ".repeat(30);

it("tells what n-grams reach on a file, as words and as JSON", async () => {
  await writeFile(path.join(root.path, "fox.txt"), text);
  const ended = await tritloom("ngram", "fox.txt", "--max-order", "4", "--json");
  const task = { kind: "character-model", split: [0.8, 0.1, 0.1] as [number, number, number], sequenceLength: 1, batchSize: 1 } as const;
  const { scores, chosen } = ngramYardstick(splitCorpus(corpusFromText("fox", text), task), 4);
  expect(reported(ended)).toEqual({
    ok: true,
    name: "fox",
    order: chosen.order,
    validationBits: chosen.validation,
    testBits: chosen.test,
    ngrams: chosen.ngrams,
    bits: chosen.bits,
    scores,
  });
  const { stdout } = await tritloom("ngram", "fox.txt", "--max-order", "4");
  expect(stdout).toMatch(new RegExp(`\\n${chosen.order}-gram, chosen +${chosen.validation.toFixed(3)} +${chosen.test.toFixed(3)} `));
});

it("names a text that is neither known nor there, and orders that are none", async () => {
  expect(await tritloom("ngram", "moby")).toMatchObject({ code: 1, stderr: expect.stringContaining("moby") });
  await writeFile(path.join(root.path, "fox.txt"), text);
  expect(await tritloom("ngram", "fox.txt", "--max-order", "0")).toMatchObject({ code: 2, stderr: expect.stringContaining("--max-order 0") });
  expect(await tritloom("ngram", "fox.txt", "--max-order", "256")).toMatchObject({ code: 1, stderr: expect.stringContaining("256") });
  expect(await tritloom("ngram", ".")).toMatchObject({ code: 2, stderr: expect.stringContaining("run") });
});
