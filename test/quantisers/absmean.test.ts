import { expect, it } from "vitest";
import golden from "../rnn/golden/absmean_numpy.json" with { type: "json" };
import { quantised } from "./quantiserProblem.js";

it.each(golden.weights)("weights are NumPy's of the paper's equations", ({ latent, values: expected }) => {
  const { values } = quantised({ kind: "absmean" }, Float32Array.from(latent), 7, 8);
  // The scale is a mean of single-precision numbers, which both sum in double precision: one rounding apart at most.
  expected.forEach((value, index) => expect(Math.abs(values[index]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -23));
});
