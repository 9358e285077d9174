import type { FixedFormats, FixedMinGru } from "../../fixedModel.js";
import { rangeOf } from "../../fixedPoint.js";
import { inputSum, inputTerm, preactivation, rightShift, shifted, type LayerWithoutSteps, type StepModel } from "../steps.js";

type MinGru = Extract<LayerWithoutSteps, { cell: "min-gru" }>;

/** What the manifest says of a minGRU beside its gate rows. */
export function minGruManifest({ hiddenFormat, hiddenRange }: FixedMinGru, { preactivation: before, hidden }: FixedFormats) {
  return { hiddenFormat, hiddenRange, candidateShifts: { candidate: rightShift(before.fractionBits - hidden.fractionBits) } };
}

/** One timestep in integers, line by line. */
export function minGruSteps(layer: MinGru, { formats }: StepModel): string[] {
  const { shifts, candidateShifts } = layer;
  return [
    inputSum(layer),
    `p[j] = ${preactivation(inputTerm(layer), layer, formats)}`,
    "z[u] = sigmoid(p[j])  for the rows j of z",
    `n[u] = sat(${shifted("p[j]", candidateShifts.candidate)}, ${formats.hidden.bits})  for the rows j of n`,
    `h[u] = sat(h[u] + ${shifted("z[u] * (n[u] - h[u])", shifts.gateProduct)}, ${formats.hidden.bits})`,
  ];
}

/** In real numbers; scale and shift of a candidate are divided by the range of h, so that it fits a pre-activation's. */
export function minGruEquations({ hiddenFormat }: FixedMinGru): string[] {
  const range = rangeOf(hiddenFormat);
  return [
    "p_z, p_n = gate_scale_input * (x * input_weights) + gate_shift",
    `h = h + sigmoid(p_z) * (${range === 1 ? "" : `${range} * `}p_n - h)`,
  ];
}
