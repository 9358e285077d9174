import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Minibatch } from "../../src/rnn/training/minibatch.js";
import { ParallelStreams } from "../../src/rnn/inference/parallelStreams.js";
import { ConsecutiveWindows, orderedWindows, ShuffledWindows, TextTooShortError } from "../../src/rnn/training/windows.js";

const cut = fc.record({
  timesteps: fc.integer({ min: 1, max: 9 }),
  batch: fc.integer({ min: 1, max: 5 }),
  length: fc.integer({ min: 100, max: 300 }),
  seed: fc.nat(),
});

/** A text whose symbols are their own places. */
function places(length: number): Int32Array {
  return Int32Array.from({ length }, (_, index) => index);
}

/** The places that a minibatch reads, [T][B]; each target must be the place after. */
function read({ input, targets }: Minibatch, batch: number): number[][] {
  const inputs = input.kind === "symbols" ? [...input.symbols] : [];
  expect([...targets]).toEqual(inputs.map((symbol) => symbol + 1));
  return Array.from({ length: inputs.length / batch }, (_, t) => inputs.slice(t * batch, (t + 1) * batch));
}

describe("shuffled windows", () => {
  it("an epoch reads disjoint windows, each followed by its targets; the step alone says which", () => {
    fc.assert(
      fc.property(cut, fc.nat({ max: 3 }), ({ timesteps, batch, length, seed }, epoch) => {
        const shape = { timesteps, batch };
        const windows = new ShuffledWindows(places(length), shape, seed);
        const steps = Array.from({ length: windows.stepsPerEpoch }, (_, index) => epoch * windows.stepsPerEpoch + index);
        const all = steps.flatMap((step) => {
          const minibatch = windows.at(step);
          expect(minibatch.continues).toBe(false);
          const rows = read(minibatch, batch);
          rows.forEach((row, t) => expect(row).toEqual(rows[0]!.map((start) => start + t)));
          expect(read(new ShuffledWindows(places(length), shape, seed).at(step), batch)).toEqual(rows);
          return rows.flat();
        });
        expect(new Set(all).size).toBe(all.length);
        expect(Math.max(...all)).toBeLessThan(length - 1);
        expect(length - all.length).toBeLessThan(timesteps * (batch + 1));
      }),
    );
  });

  it("another epoch and another seed read in another order", () => {
    const first = (seed: number, step: number) => read(new ShuffledWindows(places(500), { timesteps: 4, batch: 3 }, seed).at(step), 3);
    const { stepsPerEpoch } = new ShuffledWindows(places(500), { timesteps: 4, batch: 3 }, 1);
    expect(first(1, stepsPerEpoch)).not.toEqual(first(1, 0));
    expect(first(2, 0)).not.toEqual(first(1, 0));
  });
});

describe("consecutive windows", () => {
  it("each column goes on where it was, over disjoint parts of the text; an epoch begins anew", () => {
    fc.assert(
      fc.property(cut, ({ timesteps, batch, length }) => {
        const windows = new ConsecutiveWindows(places(length), { timesteps, batch });
        const minibatches = Array.from({ length: windows.stepsPerEpoch }, (_, step) => {
          const minibatch = windows.at(step);
          expect(minibatch.continues).toBe(step > 0);
          return read(minibatch, batch);
        });
        const rows = minibatches.flat();
        rows.forEach((row, t) => expect(row).toEqual(rows[0]!.map((start) => start + t)));
        expect(rows[0]![0]).toBe(0);
        const all = rows.flat();
        expect(new Set(all).size).toBe(all.length);
        expect(Math.max(...all)).toBeLessThan(length - 1);
        // Less than a window a column, and what does not fill the columns.
        expect(length - 1 - all.length).toBeLessThan(timesteps * batch + batch);
        const again = windows.at(windows.stepsPerEpoch);
        expect([again.continues, read(again, batch)]).toEqual([false, minibatches[0]]);
      }),
    );
  });
});

describe("ordered windows", () => {
  it("read every full minibatch from the start, each window from the initial state", () => {
    const minibatches = [...orderedWindows(places(26), { timesteps: 3, batch: 2 }, "test")];
    expect(minibatches.map(({ continues }) => continues)).toEqual([false, false, false, false]);
    const [first] = orderedWindows(places(26), { timesteps: 3, batch: 2 }, "test");
    expect(read(first!, 2)).toEqual([[0, 3], [1, 4], [2, 5]]);
    // A minibatch is valid until the next one.
    expect(read(minibatches.at(-1)!, 2)).toEqual([[18, 21], [19, 22], [20, 23]]);
  });
});

describe("a text that fills no minibatch", () => {
  const shape = { timesteps: 4, batch: 3 };

  it("is refused with the length that is needed", () => {
    // In random windows a random offset of up to T - 1 is left out at the start.
    expect(() => new ShuffledWindows(places(15), shape, 1)).toThrow(
      new TextTooShortError(
        "The training text has 15 symbols; one minibatch of 3 windows of 4 needs 16. Choose a smaller batchSize or sequenceLength, or a longer text.",
      ),
    );
    expect(new ShuffledWindows(places(16), shape, 1).stepsPerEpoch).toBe(1);
    expect(() => new ConsecutiveWindows(places(12), shape)).toThrow(/training text has 12 symbols.*needs 13/);
    expect(new ConsecutiveWindows(places(13), shape).stepsPerEpoch).toBe(1);
    expect(() => [...orderedWindows(places(12), shape, "test")]).toThrow(/test text has 12 symbols.*needs 13/);
  });
});

describe("parallel streams", () => {
  it("read every transition of the text at most once, and nearly all of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 }), (length, most, shortest) => {
        const streams = new ParallelStreams(places(length), most, shortest);
        expect(streams.batch).toBeLessThanOrEqual(most);
        const inputs = [...streams.at(0, streams.length)];
        expect([...streams.at(1, streams.length)]).toEqual(inputs.map((place) => place + 1));
        expect(new Set(inputs).size).toBe(inputs.length);
        expect(length - 1 - inputs.length).toBeLessThan(streams.batch);
      }),
    );
  });
});
