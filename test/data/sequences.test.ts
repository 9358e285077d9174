import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sequencesFromArrays } from "../../src/data/arraySequences.js";
import type { SequenceData } from "../../src/data/contract.js";
import type { SequenceOptions } from "../../src/data/labelledSequences.js";
import { loadSequences, sequenceDatasets, sequencesFromSpec } from "../../src/data/sequenceCorpus.js";
import { permutedTimesteps, sequencesSha256 } from "../../src/data/sequences.js";
import { sequencesFromTensors, sequencesToTensors } from "../../src/data/sequenceTensors.js";
import { permutation, randomStream } from "../../src/numbers/random.js";

const shuffle = (count: number) => permutation(randomStream(7, "sampling", 0), count);
/** N sequences of [n, n + 0.5], classes in turn. */
function numbered(count: number, classes: number, options: SequenceOptions = {}): SequenceData {
  const sequences = Array.from({ length: count }, (_, n) => [n, n + 0.5]);
  return sequencesFromArrays("n", { sequences, labels: sequences.map((_, n) => n % classes) }, options).data;
}
/** Which sequences a part of `numbered` has. */
const membersOf = ({ values }: SequenceData["train"]) => [...values].filter((_, at) => at % 2 === 0);
const parts = ["train", "validation", "test"] as const;

describe("sequences from arrays", () => {
  const labels = ["b", "a", "b", "a"];
  const split: SequenceOptions = { split: [0.5, 0.25, 0.25], stratified: false };

  it("are the same from nested, plain and typed arrays", () => {
    const nested = [0, 1, 2, 3].map((n) => [[n, n + 1], [n + 2, n + 3], [n + 4, n + 5]]);
    const plain = nested.map((sequence) => sequence.flat());
    const fromNested = sequencesFromArrays("s", { sequences: nested, labels }, split);
    expect(fromNested.data).toMatchObject({ timesteps: 3, width: 2, classes: ["a", "b"] });
    expect([...fromNested.data.train.values]).toEqual([0, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6]);
    expect([...fromNested.data.train.labels]).toEqual([1, 0]);
    expect([...fromNested.data.test.values]).toEqual([3, 4, 5, 6, 7, 8]);
    expect(sequencesFromArrays("s", { sequences: plain, labels, width: 2 }, split)).toEqual(fromNested);
    expect(sequencesFromArrays("s", { sequences: plain.map((values) => Float64Array.from(values)), labels, width: 2 }, split)).toEqual(fromNested);
    expect(sequencesFromArrays("s", { sequences: plain, labels }, split).data).toMatchObject({ timesteps: 6, width: 1 });
  });

  it("have classes in the order of numbers, or of the alphabet", () => {
    expect(numbered(24, 12).classes).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));
    const sequences = [[1], [2], [3], [4]];
    expect(sequencesFromArrays("s", { sequences, labels: ["b", "10", "b", "10"] }, split).data.classes).toEqual(["10", "b"]);
  });

  const faults: [string, Parameters<typeof sequencesFromArrays>[1], RegExp][] = [
    ["another number of labels", { sequences: [[1], [2]], labels: ["a"] }, /"s" has 2 sequences and 1 labels/],
    ["none at all", { sequences: [], labels: [] }, /"s" has 0 sequences and 0 labels/],
    ["another length", { sequences: [[1, 2], [3]], labels: [0, 1] }, /Sequence 1 of "s" has 1 values; the first sequence has 2 timesteps/],
    ["another width", { sequences: [[[1], [2]], [[3, 4], []]], labels: [0, 1] }, /Sequence 1 of "s" has 2 values in timesteps of diff/],
    ["NaN", { sequences: [[1, 2], [3, NaN]], labels: [0, 1] }, /Sequence 1 of "s" has the value NaN at timestep 1: give finite/],
    ["too large a number", { sequences: [[1, 2], [1e39, 3]], labels: [0, 1] }, /has the value 1e\+39 at timestep 0/],
    ["an empty sequence", { sequences: [[], []], labels: [0, 1] }, /Sequence 0 of "s" has 0 values/],
    ["a width that does not divide", { sequences: [[1, 2, 3]], labels: [0], width: 2 }, /has 3 values, .* of width 2/],
    ["one class", { sequences: [[1], [2]], labels: [3, 3] }, /All 2 sequences of "s" have the label "3"/],
    ["a label that is NaN", { sequences: [[1], [2]], labels: [3, NaN] }, /Sequence 1 of "s" has the label NaN/],
  ];
  it.each(faults)("are refused for %s", (_, input, message) => {
    expect(() => sequencesFromArrays("s", input)).toThrow(message);
  });
});

describe("the parts of sequences", () => {
  const fractions = fc.constantFrom<[number, number, number]>([0.8, 0.1, 0.1], [0.5, 0.25, 0.25], [0.6, 0.3, 0.1]);

  it("have every sequence once, and by class their fractions", () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 120 }), fc.integer({ min: 2, max: 4 }), fractions, fc.boolean(), (count, classes, split, seeded) => {
        const data = numbered(count, classes, { split, ...(seeded ? { shuffle } : {}) });
        const all = parts.flatMap((part) => membersOf(data[part]));
        expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
        parts.forEach((part, p) => {
          const { labels } = data[part];
          expect(membersOf(data[part]).map((n) => n % classes)).toEqual([...labels]);
          expect(Math.abs(labels.length - split[p]! * count)).toBeLessThan(2);
          for (let label = 0; label < classes; label++) {
            const inClass = Math.ceil((count - label) / classes);
            const inPart = labels.filter((other) => other === label).length;
            expect(Math.abs(inPart - split[p]! * inClass)).toBeLessThan(3);
          }
        });
      }),
    );
  });

  it("follow the given order, or the shuffled one", () => {
    expect(membersOf(numbered(10, 2, { stratified: false }).train)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const shuffled = numbered(10, 2, { stratified: false, shuffle });
    expect(parts.flatMap((part) => membersOf(shuffled[part]))).toEqual([...shuffle(10)]);
    expect(membersOf(numbered(10, 2, { shuffle }).train)).toEqual([...shuffle(10)].filter((n) => membersOf(numbered(10, 2, { shuffle }).train).includes(n)));
  });

  it("are refused when one stays empty, the fractions are no whole, or training lacks a class", () => {
    expect(() => numbered(3, 2)).toThrow(/The (validation|test) part of "n" has none of its 3 sequences/);
    expect(() => numbered(20, 2, { split: [0.8, 0.1, 0.2] })).toThrow(/split is 0\.8, 0\.1, 0\.2, which sums to 1\.1/);
    expect(() => numbered(20, 2, { split: [1, 0, 0] })).toThrow(/three fractions above 0/);
    const sorted = { sequences: Array.from({ length: 20 }, (_, n) => [n]), labels: Array.from({ length: 20 }, (_, n) => (n < 17 ? "x" : "y")) };
    expect(() => sequencesFromArrays("s", sorted, { stratified: false })).toThrow(/training part of "s" has no sequence of the class "y"/);
    expect(sequencesFromArrays("s", sorted).data.classes).toEqual(["x", "y"]);
  });

  it("are standardised by the training part, each value of a timestep for itself", () => {
    const sequences = Array.from({ length: 40 }, (_, n) => [[n, 5], [n * n, 5]]);
    const { data, notes } = sequencesFromArrays("s", { sequences, labels: sequences.map((_, n) => n % 2) }, { normalise: "standardise" });
    expect(notes).toEqual([expect.stringMatching(/^Standardised by the training part: mean .*; mean 5\.00000, standard deviation 0\.00000\.$/)]);
    const raw = sequencesFromArrays("s", { sequences, labels: sequences.map((_, n) => n % 2) }).data;
    const ofPart = (from: SequenceData, part: (typeof parts)[number], value: number) =>
      [...from[part].values].filter((_, at) => at % 2 === value);
    const learned = ofPart(raw, "train", 0);
    const mean = learned.reduce((sum, value) => sum + value) / learned.length;
    const deviation = Math.sqrt(learned.reduce((sum, value) => sum + (value - mean) ** 2, 0) / learned.length);
    for (const part of parts) {
      const expected = ofPart(raw, part, 0).map((value) => (value - mean) / deviation);
      ofPart(data, part, 0).forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 5));
      expect(ofPart(data, part, 1).every((value) => value === 0)).toBe(true);
    }
  });
});

describe("permuted timesteps", () => {
  it("are the same sequences by another clock", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 1000 }), (timesteps, width, seed) => {
        const sequences = Array.from({ length: 12 }, (_, n) =>
          Array.from({ length: timesteps }, (_, t) => Array.from({ length: width }, (_, i) => n * 100 + t * 10 + i)),
        );
        const { data } = sequencesFromArrays("s", { sequences, labels: sequences.map((_, n) => n % 2) });
        const order = permutation(randomStream(seed, "sampling", 0), timesteps);
        const permuted = permutedTimesteps(data, order);
        const at = (from: SequenceData, n: number, t: number, i: number) => from.train.values[(n * timesteps + t) * width + i];
        for (let n = 0; n < data.train.labels.length; n++) {
          order.forEach((from, t) => {
            for (let i = 0; i < width; i++) {
              expect(at(permuted, n, t, i)).toBe(at(data, n, from, i));
            }
          });
        }
        expect(permuted.train.labels).toEqual(data.train.labels);
        const back = new Int32Array(timesteps);
        order.forEach((from, t) => (back[from] = t));
        expect(permutedTimesteps(permuted, back)).toEqual(data);
      }),
      { numRuns: 30 },
    );
  });

  it("need a permutation", () => {
    for (const order of [[0], [0, 0], [0, 2], [1, -1]]) {
      expect(() => permutedTimesteps(numbered(20, 2), Int32Array.from(order))).toThrow(/no permutation of 0 \.\.\. 1/);
    }
  });
});

describe("sequences kept with a run", () => {
  const corpus = sequencesFromArrays("s", { sequences: Array.from({ length: 20 }, (_, n) => [n, -n]), labels: Array.from({ length: 20 }, (_, n) => `k"${n % 2}`) });
  const spec = { name: corpus.name, source: corpus.source, sha256: corpus.sha256 };

  it("are found again, and told from changed ones", async () => {
    const tensors = sequencesToTensors(corpus.data);
    expect(sequencesFromTensors(tensors, "data.safetensors")).toEqual(corpus.data);
    expect(await sequencesFromSpec(spec, async () => tensors, "data.safetensors")).toEqual(corpus);
    const changed = structuredClone(tensors);
    changed.tensors["test.values"]!.data[0] = 9;
    await expect(sequencesFromSpec(spec, async () => changed, "data.safetensors")).rejects.toThrow(/"s" \(data\.safetensors\) have changed/);
    const file = { ...spec, source: { kind: "file", path: "x" } as const };
    await expect(sequencesFromSpec(file, async () => tensors, "x")).rejects.toThrow(/of the kind "file" are not known/);
  });

  it("have a checksum over everything that is in them", () => {
    const { data } = corpus;
    const others: SequenceData[] = [
      { ...data, classes: ["x", "y"] },
      { ...data, timesteps: 1, width: 2 },
      { ...data, train: data.test, test: data.train },
      { ...data, train: { ...data.train, labels: data.train.labels.map((label) => 1 - label) } },
    ];
    expect(new Set([data, ...others].map(sequencesSha256)).size).toBe(5);
    expect(corpus.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("are refused when tensors are missing, misshapen, or labels out of range", () => {
    const tensors = sequencesToTensors(corpus.data);
    const read = (change: (copy: { metadata: Record<string, string>; tensors: Record<string, { shape: number[]; data: Float32Array | Int32Array }> }) => void) => {
      const copy = structuredClone(tensors) as unknown as Parameters<typeof change>[0];
      change(copy);
      return () => sequencesFromTensors(copy, "d");
    };
    expect(read((copy) => delete copy.tensors["test.labels"])).toThrow(/d has no float32 tensor test\.values with an int32 tensor/);
    expect(read((copy) => (copy.tensors["test.values"]!.shape = [2, 1, 2]))).toThrow(/In d, test\.values is \[2, 1, 2\], not \[2, 2, 1\]/);
    expect(read((copy) => (copy.tensors["test.labels"]!.data[0] = 2))).toThrow(/In d, test\.labels has the label 2; there are 2 classes/);
    expect(read((copy) => (copy.metadata.classes = "{"))).toThrow(/d holds no labelled sequences: classes: is no list/);
    expect(read((copy) => (copy.metadata.format = "x"))).toThrow(/d holds no labelled sequences: format/);
  });
});

describe("sequences by name", () => {
  it("are known, and others refused", async () => {
    expect(sequenceDatasets).toEqual(["mnist"]);
    await expect(loadSequences("cifar")).rejects.toThrow(/There are no sequences "cifar"; there is mnist/);
  });
});
