import { describe, expect, it } from "vitest";
import { makeQuantiser } from "../../src/quantisers/make.js";
import { quantiser } from "../../src/quantisers/quantisers.js";
import { quantiserInWords } from "../../src/runs/specInWords.js";
import { contextFor, normalMatrix, quantised } from "./quantiserProblem.js";

const latent = normalMatrix(12, 0.4);
type Options = Parameters<typeof quantiser>[0];

function run(options: Partial<Options>): void {
  quantised(quantiser({ name: "mine", levels: "ternary", quantise: () => 1, ...options }), latent, 3, 4);
}

it("computes what the rule says, with a gradient and a range of its own", () => {
  const spec = quantiser({
    name: "twn by hand",
    levels: "ternary",
    quantise(weights, out) {
      const limit = (0.7 * weights.reduce((sum, weight) => sum + Math.abs(weight), 0)) / weights.length;
      weights.forEach((weight, index) => (out[index] = Math.abs(weight) > limit ? Math.sign(weight) : 0));
      const kept = weights.filter((weight) => Math.abs(weight) > limit);
      return kept.reduce((sum, weight) => sum + Math.abs(weight), 0) / kept.length;
    },
    gradient: (_, gradient) => gradient.forEach((value, index) => (gradient[index] = 2 * value)),
    constrain: (weights) => weights.forEach((weight, index) => (weights[index] = Math.min(0.1, weight))),
  });
  const { quantiser: made, values } = quantised(spec, latent, 3, 4);
  expect(values).toEqual(quantised({ kind: "twn", factor: 0.7 }, latent, 3, 4).values);
  const gradient = Float32Array.of(1, -2, 3);
  made.backward(latent, gradient);
  expect([...gradient]).toEqual([2, -4, 6]);
  const moved = Float32Array.of(0.5, -3);
  made.constrain(moved);
  expect(moved).toEqual(Float32Array.of(0.1, -3));
  expect(quantiserInWords(spec)).toMatch(/^custom, name twn by hand, levels -1,0,1, SHA-256 [0-9a-f]{12}$/);
});

it("draws the same numbers for the same step, and has another checksum for another text", () => {
  const drawn = { name: "drawn", levels: "binary", stochastic: true } as const;
  const spec = quantiser({ ...drawn, quantise: (_, out, { random }) => void out.forEach((__, index) => (out[index] = random() < 0.5 ? -1 : 1)) });
  const [one, other] = [quantised(spec, latent, 3, 4), quantised(spec, latent, 3, 4)];
  expect(one.values).toEqual(other.values);
  expect(new Set(one.values)).toEqual(new Set([-1, 1]));
  expect(spec.sampling).toBe("stochastic");
  expect(quantiser({ ...drawn, quantise: (_, out) => void out.fill(1) }).sha256).not.toBe(spec.sha256);
});

describe("a mistake is one sentence that names rule, matrix, value and remedy", () => {
  const at = 'The custom quantiser "mine", at its matrix of 3 x 4 weights,';
  it.each<[string, Partial<Options>, string]>([
    ["a value that is no level", { quantise: (_, out) => void (out[5] = 0.3) }, `${at} gave 0.30000001192092896 for row 1, column 1: write one of its levels to out, -1, 0, 1, and return their scale.`],
    ["NaN", { quantise: (_, out) => void (out[0] = NaN) }, `${at} gave NaN for row 0, column 0`],
    ["an array in place of a scale", { quantise: ((weights: Float32Array) => weights.map(Math.sign)) as never }, `${at} returned`],
    ["a scale that is not finite", { quantise: () => Infinity }, `${at} returned Infinity: let quantise write levels to out`],
    ["changed latent weights", { quantise: (weights) => void (weights[1] = 7) }, `${at} changed the latent weight of row 0, column 1 to 7: let quantise write to out alone`],
    ["an exception", { quantise: () => { throw new Error("no luck"); } }, `${at} threw in quantise: no luck: mend quantise in its cell.`],
    ["a draw without stochastic", { quantise: (_, __, { random }) => random() }, "give tl.quantiser({ stochastic: true, ... })"],
    ["no function", { quantise: 3 as never }, "quantise of tl.quantiser() is 3: give a function"],
    ["a misspelt option", { quantize: 3 } as never, "quantize: did you mean quantise?"],
    ["a name of two lines", { name: "mine\nyours" }, "must be one line without control characters"],
    ["a level given twice", { levels: [1, 1] }, "levels of tl.quantiser()"],
  ])("%s", (_, options, message) => {
    expect(() => run(options)).toThrow(message);
    expect(latent).toEqual(normalMatrix(12, 0.4));
  });

  it("gradients that are not finite", () => {
    const made = makeQuantiser(quantiser({ name: "mine", levels: "ternary", quantise: () => 1, gradient: (_, gradient) => void (gradient[2] = NaN) }), 3, 4);
    made.quantise(latent, contextFor(made, latent));
    expect(() => made.backward(latent, new Float32Array(12))).toThrow("made NaN in gradient, row 0, column 2");
  });

  it("a process without the function", () => {
    const spec = { kind: "custom", name: "lost", levels: [-1, 1], sha256: "0".repeat(64) } as const;
    const made = makeQuantiser({ ...spec, levels: [...spec.levels] }, 3, 4);
    expect(() => made.quantise(latent, contextFor(made, latent))).toThrow(/^The custom quantiser "lost" is a function that this process does not have: run the cell with tl\.quantiser/);
  });
});
