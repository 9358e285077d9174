import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleFromLogits } from "../../src/rnn/inference/sampleLogits.js";

const logits = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 30 }).map((values) => Float32Array.from(values));
const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("sampling from logits", () => {
  it("at temperature 0 and with topK 1 takes the first of the largest", () => {
    fc.assert(
      fc.property(logits, uniform, (values, u) => {
        const largest = values.indexOf(Math.max(...values));
        expect(sampleFromLogits(values, { temperature: 0 }, u)).toBe(largest);
        expect(sampleFromLogits(values, { temperature: 0.7, topK: 1 }, u)).toBe(largest);
      }),
    );
  });

  it("draws each as often as softmax(logits / temperature) says", () => {
    const values = Float32Array.of(1, -0.5, 2, 0);
    const temperature = 1.7;
    const draws = 20_000;
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < draws; index++) {
      counts[sampleFromLogits(values, { temperature }, (index + 0.5) / draws)]! += 1;
    }
    const weights = [...values].map((value) => Math.exp(value / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    counts.forEach((count, index) => expect(Math.abs(count / draws - weights[index]! / total)).toBeLessThan(2 / draws));
  });

  it("with topK never draws another than the topK largest, and all of these", () => {
    const values = Float32Array.of(0, 3, 1, 3, -2, 1);
    const drawn = (topK: number): number[] => {
      const found = Array.from({ length: 1000 }, (_, index) => sampleFromLogits(values, { temperature: 2, topK }, index / 1000));
      return [...new Set(found)].sort((a, b) => a - b);
    };
    expect(drawn(2)).toEqual([1, 3]);
    expect(drawn(3)).toEqual([1, 2, 3]);
    expect(drawn(100)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each([
    [{ temperature: -1 }, "temperature of 0 or more, not -1"],
    [{ temperature: Number.NaN }, "not NaN"],
    [{ temperature: Infinity }, "not Infinity"],
    [{ temperature: 1, topK: 0 }, "topK of 1 or more whole classes, not 0"],
    [{ temperature: 1, topK: 2.5 }, "not 2.5"],
  ])("refuses %o", (options, message) => {
    expect(() => sampleFromLogits(Float32Array.of(1, 2), options, 0.5)).toThrow(message);
  });

  it("refuses logits from which nothing can be drawn", () => {
    expect(() => sampleFromLogits(new Float32Array(0), { temperature: 1 }, 0)).toThrow("at least one logit");
    expect(() => sampleFromLogits(Float32Array.of(1, Number.NaN), { temperature: 1 }, 0)).toThrow("logit 1 is NaN");
  });
});
