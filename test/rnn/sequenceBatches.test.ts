import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelledSequences } from "../../src/data/contract.js";
import type { Minibatch } from "../../src/rnn/training/minibatch.js";
import { orderedSequences, ShuffledSequences, TooFewSequencesError } from "../../src/rnn/training/sequenceBatches.js";

const sizes = fc.record({
  count: fc.integer({ min: 1, max: 40 }),
  timesteps: fc.integer({ min: 1, max: 6 }),
  width: fc.integer({ min: 1, max: 3 }),
  batch: fc.integer({ min: 1, max: 8 }),
  seed: fc.nat(),
});

interface Size {
  readonly timesteps: number;
  readonly width: number;
}

/** Each number says where it is: sequence, timestep, place. */
function sequences(count: number, { timesteps, width }: Size): LabelledSequences {
  const values = Float32Array.from({ length: count * timesteps * width }, (_, index) => index);
  return { values, labels: Int32Array.from({ length: count }, (_, sequence) => 3 * sequence) };
}

/** The sequences that a minibatch holds, in its columns' order, checked number by number. */
function read({ input, targets, continues }: Minibatch, { timesteps, width }: Size): number[] {
  expect(continues).toBe(false);
  const values = input.kind === "dense" ? input.values : new Float32Array(0);
  const batch = targets.length;
  expect(values).toHaveLength(timesteps * batch * width);
  const held = [...targets].map((label) => label / 3);
  values.forEach((value, index) => {
    const [place, column, t] = [index % width, Math.floor(index / width) % batch, Math.floor(index / (width * batch))];
    expect(value).toBe((held[column]! * timesteps + t) * width + place);
  });
  return held;
}

describe("sequences in minibatches", () => {
  it("shuffled: an epoch reads each sequence at most once, time-major with its label; the step alone says which", () => {
    fc.assert(
      fc.property(sizes, fc.nat({ max: 2 }), ({ count, batch, seed, ...size }, epoch) => {
        fc.pre(count >= batch);
        const source = new ShuffledSequences(sequences(count, size), size, batch, seed);
        expect(source.stepsPerEpoch).toBe(Math.floor(count / batch));
        const steps = Array.from({ length: source.stepsPerEpoch }, (_, index) => epoch * source.stepsPerEpoch + index);
        const held = steps.flatMap((step) => {
          const columns = read(source.at(step), size);
          expect(read(new ShuffledSequences(sequences(count, size), size, batch, seed).at(step), size)).toEqual(columns);
          return columns;
        });
        expect(new Set(held).size).toBe(source.stepsPerEpoch * batch);
      }),
    );
  });

  it("shuffled: what waits in one epoch comes in others", () => {
    const size = { timesteps: 2, width: 1 };
    const source = new ShuffledSequences(sequences(7, size), size, 4, 1);
    const held = Array.from({ length: 20 }, (_, epoch) => read(source.at(epoch), size)).flat();
    expect(new Set(held).size).toBe(7);
  });

  it("ordered: from the first on, as far as minibatches are full", () => {
    fc.assert(
      fc.property(sizes, ({ count, batch, ...size }) => {
        fc.pre(count >= batch);
        const held: number[] = [];
        for (const minibatch of orderedSequences(sequences(count, size), size, batch, "test")) {
          held.push(...read(minibatch, size));
        }
        expect(held).toEqual(Array.from({ length: count - (count % batch) }, (_, index) => index));
      }),
    );
  });

  it("fewer than a minibatch are refused with both numbers and a remedy", () => {
    const size = { timesteps: 2, width: 1 };
    expect(() => new ShuffledSequences(sequences(3, size), size, 4, 1)).toThrow(TooFewSequencesError);
    expect(() => new ShuffledSequences(sequences(3, size), size, 4, 1)).toThrow(
      "The training part has 3 sequences, a minibatch 4: choose a smaller batchSize, or give more sequences.",
    );
    expect(() => [...orderedSequences(sequences(3, size), size, 4, "test")]).toThrow(/^The test part has 3 sequences/);
  });
});
