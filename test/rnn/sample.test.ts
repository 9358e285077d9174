import { beforeAll, describe, expect, it } from "vitest";
import type { SymbolData } from "../../src/data/contract.js";
import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import type { ExperimentSpec } from "../../src/experiment/spec.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { randomStream, uniformAt } from "../../src/numbers/random.js";
import { sampleText } from "../../src/rnn/inference/sample.js";
import type { SampleTextOptions } from "../../src/rnn/inference/sample.js";
import { sampleFromLogits } from "../../src/rnn/inference/sampleLogits.js";
import { floatSymbols, packedSymbols } from "../../src/rnn/inference/symbolStream.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { engineForms } from "../native/instructionSets.js";
import { engineRoundings, floatPath } from "./packedBound.js";
import { referenceLogits } from "./packedReference.js";
import { logitBounds } from "./packedSensitivity.js";
import { ReferenceStream, shippedProduct, symbolRow } from "./referenceDeployed.js";
import {
  both,
  classificationSpec,
  nativeKernel,
  normalisers,
  sequenceData,
  smallGru,
  smallLstm,
  specOf,
  train,
  verseData,
  wordSpec,
} from "./trainingProblem.js";

let characters: DeployedModel;
let words: DeployedModel;

const lines = ["the sea the open sea <eos>", "it grew so fresh <eos>", "the ever free <eos>"];

/** The verse as words. */
function wordData(): SymbolData {
  const text = Array.from({ length: 80 }, () => lines.join(" ")).join(" ").split(" ");
  const symbols = [...new Set(text)];
  const ids = Int32Array.from(text, (word) => symbols.indexOf(word));
  return { kind: "symbols", symbols, train: ids, validation: ids.slice(0, 200), test: ids.slice(0, 200) };
}

beforeAll(async () => {
  await chooseBackend();
  const layers = [smallLstm({ units: 24, quantiser: both({ kind: "full-precision" }), ...normalisers["none"]! })];
  [characters, words] = [
    Trainer.create(specOf(layers), verseData(), nativeKernel()),
    Trainer.create(wordSpec(layers), wordData(), nativeKernel()),
  ].map((trainer) => {
    train(trainer, 800);
    return trainer.deploy().model;
  }) as [DeployedModel, DeployedModel];
});

const options: SampleTextOptions = { prompt: "the open sea it grew so fr", length: 14, temperature: 0, seed: 1 };
const sample = (changes: Partial<SampleTextOptions>): string => sampleText(characters, { ...options, ...changes });

describe("a character model", () => {
  it("goes on with the verse that was learned, packed and with a kernel", () => {
    expect(sample({})).toBe("esh the ever f");
    expect(sampleText(characters, options, (model) => floatSymbols(model, tensorKernel()))).toBe("esh the ever f");
  });

  it("is a function of the seed, and temperature lets it stray", () => {
    const warm = { temperature: 3, length: 60 };
    const first = sample(warm);
    expect(sample(warm)).toBe(first);
    expect(sample({ ...warm, seed: 2 })).not.toBe(first);
    expect([...first].every((character) => characters.outputs.includes(character))).toBe(true);
    expect([...first]).toHaveLength(60);
    expect(sample({ length: 0 })).toBe("");
  });

  it.each([1, 2, 4])("draws from the %i likeliest alone", (topK) => {
    const text = [...sample({ temperature: 5, length: 40, topK })];
    const stream = new ReferenceStream(characters.layers);
    const read = (character: string): number[] => {
      const hidden = stream.read(symbolRow(characters, characters.outputs.indexOf(character)));
      return shippedProduct(hidden, characters.outputWeights).map((value, index) => value + characters.outputBias[index]!);
    };
    let logits = [...options.prompt].map(read).at(-1)!;
    const ranks = text.map((character) => {
      const own = logits[characters.outputs.indexOf(character)]!;
      const rank = logits.filter((logit) => logit > own + 1e-4).length;
      logits = read(character);
      return rank;
    });
    expect(Math.max(...ranks)).toBe(topK - 1);
  });
});

describe("packed inference writes as the float path does", () => {
  const ternary = { kind: "ternary", sampling: "deterministic" } as const;
  const models: [string, () => DeployedModel][] = [
    ["an LSTM of full precision", () => characters],
    ["words", () => words],
    ["a ternary stack under batch normalisation", () => trained(specOf([smallLstm({ quantiser: both(ternary) }), smallGru({ quantiser: both(ternary) })]))],
    ["binary under layer normalisation", () => trained(specOf([smallLstm({ ...normalisers["layer"]!, quantiser: both({ kind: "binary", sampling: "deterministic" }) })]))],
  ];
  const trained = (spec: ExperimentSpec): DeployedModel => {
    const trainer = Trainer.create(spec, verseData(), nativeKernel());
    train(trainer, 20);
    return trainer.deploy().model;
  };

  describe.each(models)("%s", (_name, make) => {
    let model: DeployedModel;
    beforeAll(() => {
      model = make();
    });

    it.each(engineForms)("$name", ({ name, options: form }) => {
      const length = 60;
      const prompt = model.outputs.includes("sea") ? "the sea" : "the sea ";
      const seed = 3;
      const [float, packed] = [floatSymbols(model, nativeKernel()), packedSymbols(model, form)];
      const read: number[] = [];
      const logits: { readonly float: Float32Array; readonly packed: Float32Array }[] = [];
      const drawn: number[] = [];
      // Reads what sampling reads with both, and draws the same but where the random number sits on an edge.
      const text = sampleText(model, { prompt, length, temperature: 1, seed }, () => ({
        read(symbols) {
          read.push(...symbols);
          const both = { float: float.read(symbols).slice(), packed: packed.read(symbols).slice() };
          logits.push(both);
          const uniform = uniformAt(randomStream(seed, "sampling", 0), drawn.length);
          const allowed = [uniform - 1e-3, uniform, uniform + 1e-3].map((near) => sampleFromLogits(both.float, { temperature: 1 }, near));
          const own = sampleFromLogits(both.packed, { temperature: 1 }, uniform);
          expect(allowed).toContain(own);
          drawn.push(own);
          return both.packed;
        },
        dispose: () => [float, packed].forEach((stream) => stream.dispose()),
      }));
      expect(text).toBe(sampleText(model, { prompt, length, temperature: 1, seed }, (own) => packedSymbols(own, form)));
      expect(new Set(drawn).size).toBeGreaterThan(5);

      const expected = referenceLogits(model, Int32Array.from(read), read.length, 1);
      const bounds = logitBounds(model, Int32Array.from(read), [engineRoundings[name]!, floatPath]);
      const firstDraw = read.length - logits.length;
      const outputs = model.outputs.length;
      /** Of all logits, in units of their bounds. */
      const largest = (which: "packed" | "float", own: readonly number[]): number =>
        Math.max(
          ...logits.flatMap((both, draw) =>
            [...both[which]].map((value, output) => {
              const place = (firstDraw + draw) * outputs + output;
              return Math.abs(value - expected[place]!) / own[place]!;
            }),
          ),
        );
      expect(largest("packed", bounds[0]!)).toBeLessThan(1);
      expect(largest("float", bounds[1]!)).toBeLessThan(1);
      const apart = logits.flatMap(({ float, packed }) => [...float].map((value, output) => Math.abs(value - packed[output]!)));
      // The bounds are of the worst case: errors of these small models never add up to it.
      expect(Math.max(...apart)).toBeLessThan(1e-4);
    });
  });
});

it("a word model writes words after words, a line for each <eos>", () => {
  const write = (changes: Partial<SampleTextOptions> = {}): string =>
    sampleText(words, { prompt: "the sea the", length: 7, temperature: 0, seed: 1, ...changes });
  expect(write()).toBe(" open sea\n it grew so fresh");
  // A line's end in the prompt is the symbol that ends lines.
  expect(write({ prompt: "the ever free\n", length: 4 })).toBe(" the sea the open");
  expect(() => write({ prompt: "the lake" })).toThrow(/never has "lake", so a prompt cannot either\. It knows 10 words\./);
  expect(() => write({ prompt: " " })).toThrow(/at least one word/);
});

describe("what cannot be sampled is refused", () => {
  it.each<[Partial<SampleTextOptions>, RegExp]>([
    [{ prompt: "the Sea é" }, /never has "S", "é", so a prompt cannot either\. Its \d+ characters are " /],
    [{ prompt: "" }, /prompt of at least one character/],
    [{ temperature: -1 }, /temperature of 0 or more, not -1/],
    [{ temperature: Infinity }, /temperature of 0 or more, not Infinity/],
    [{ topK: 0 }, /topK of 1 or more.*not 0/],
    [{ topK: 1.5, length: 0 }, /topK of 1 or more.*not 1\.5/],
    [{ length: Number.NaN }, /length that is a whole number of 0 or more, not NaN/],
    [{ length: Infinity }, /not Infinity/],
    [{ length: 2.5 }, /not 2\.5/],
  ])("%o", (wrong, message) => {
    expect(() => sample(wrong)).toThrow(RangeError);
    expect(() => sample(wrong)).toThrow(message);
  });

  it("a model that tells classes apart", () => {
    const trainer = Trainer.create(classificationSpec([smallLstm()]), sequenceData(), nativeKernel());
    expect(() => sampleText(trainer.deploy().model, options)).toThrow(/Only a model of characters or words can write text/);
  });
});
