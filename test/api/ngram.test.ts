import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { displaySymbol } from "../../src/display/host.js";
import * as tl from "../../src/api/index.js";
import { ngramBitsPerCharacter } from "../../src/data/ngram.js";
import { splitCorpus } from "../../src/data/corpus.js";
import { temporaryFolder } from "../temporaryFolder.js";

const folder = temporaryFolder();
const fox = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; she sells sea shells. ".repeat(40));

beforeAll(async () => {
  await buildNative("dist/native");
});

describe("tl.ngram", () => {
  it("tells the order that validation chose, its figures and what it keeps, order by order", () => {
    const found = tl.ngram(fox, { maxOrder: 5 });
    const parts = splitCorpus(fox.corpus, { kind: "character-model", split: [0.8, 0.1, 0.1], sequenceLength: 1, batchSize: 1 });
    expect(found.scores.length).toBe(5);
    expect(found.testBits).toBe(ngramBitsPerCharacter(parts.train, parts.test, found.order, parts.symbols.length));
    expect(found.validationBits).toBe(Math.min(...found.scores.map(({ validation }) => validation)));
    const shown = String(found[displaySymbol]()["text/plain"]);
    expect(shown).toMatch(new RegExp(`${found.order}-gram, chosen +${found.validationBits.toFixed(3)} +${found.testBits.toFixed(3)} +${found.ngrams} `));
    expect(shown).toMatch(/^n-grams of fox \(modified Kneser-Ney, order chosen on the validation part\)\n +model +validation BPC +test BPC +n-grams +size\n/);
  });

  it("reads the split that it is given", () => {
    const half = tl.ngram(fox, { maxOrder: 3, split: [0.5, 0.25, 0.25] });
    expect(half.testBits).not.toBe(tl.ngram(fox, { maxOrder: 3 }).testBits);
  });
});

describe("run.ngram", () => {
  const train = (task: Parameters<typeof tl.experiment>[0]["task"]) =>
    tl.experiment({ task, layers: [tl.lstm({ units: 8, normaliser: tl.layerNorm() })], steps: 2, validateEvery: 2 }).train({ runs: folder.path });

  it("puts the model that ships beside the n-grams of its own split, with the size of each", async () => {
    const run = await train(tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 }));
    const found = await run.ngram({ maxOrder: 3 });
    const { deployable } = await run.evaluate("test");
    const { size } = await run.size();
    expect(found.rival).toEqual({ name: "fox ternary 8", testBits: deployable.bpc, bits: size.model.bits });
    expect(found.testBits).toBe(tl.ngram(fox, { maxOrder: 3 }).testBits);
    expect(found[displaySymbol]()["text/plain"]).toMatch(new RegExp(`fox ternary 8, deployable +${deployable.bpc.toFixed(3)} +\\d`));
  });

  it("counts words, in perplexity, where the model reads words", async () => {
    const run = await train(tl.wordModel(fox, { sequenceLength: 8, batchSize: 4, embedding: 4 }));
    const found = await run.ngram({ maxOrder: 3 });
    expect(found[displaySymbol]()["text/plain"]).toContain(`test perplexity`);
    expect(found.rows()[found.order - 1]).toContain((2 ** found.testBits).toFixed(1));
  });

  it("has nothing to compare with classes", async () => {
    const sequences = Array.from({ length: 40 }, (_, index) => [index % 2, 1, 0]);
    const task = tl.classification(tl.data.fromArrays("bits", { sequences, labels: sequences.map(([first]) => first!) }), { batchSize: 4 });
    await expect((await train(task)).ngram()).rejects.toThrow("run.ngram() compares models of a text; this data is sequences with classes");
  });
});
