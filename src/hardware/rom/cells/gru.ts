import type { FixedGru } from "../../fixedModel.js";
import { inputSum, inputTerm, preactivation, recurrentSum, recurrentTerm, rightShift, shifted, sum, type LayerWithoutSteps, type StepModel } from "../steps.js";

type Gru = Extract<LayerWithoutSteps, { cell: "gru" }>;

/** What the manifest says of a GRU beside its gate rows. */
export function gruManifest({ resetShiftAlignment }: FixedGru) {
  return { resetShifts: { resetShift: rightShift(-resetShiftAlignment) } };
}

/** One timestep in integers, line by line. */
export function gruSteps(layer: Gru, { formats, delta }: StepModel): string[] {
  const { shifts, resetShifts, reset } = layer;
  const inner = sum(recurrentTerm(layer), shifted("reset_shift[u]", resetShifts.resetShift));
  const outer = reset === "after" ? shifted(`r[u] * (${inner})`, shifts.gateProduct) : inner;
  const rows = "for the rows j of n";
  return [
    recurrentSum(delta === undefined ? "h" : "held"),
    inputSum(layer),
    `p[j] = ${preactivation(sum(recurrentTerm(layer), inputTerm(layer)), layer, formats)}  for the rows j of r and z`,
    "r[u], z[u] = sigmoid(p[j])",
    ...(reset === "before" ? [`rh[u] = ${shifted("r[u] * h[u]", shifts.gateProduct)}  in the format of h`, `${recurrentSum("rh")}  ${rows}`] : []),
    `p[j] = ${preactivation(sum(outer, inputTerm(layer)), layer, formats)}  ${rows}`,
    "n[u] = tanh(p[j])",
    `h[u] = sat(n[u] + ${shifted("z[u] * (h[u] - n[u])", shifts.gateProduct)}, ${formats.hidden.bits})`,
  ];
}

const gateEquation = "gate_scale_input * (x * input_weights) + gate_shift";

const candidates = {
  after: `p_n = sigmoid(p_r) * (gate_scale_recurrent * (h * recurrent_weights) + reset_shift) + ${gateEquation}`,
  before: `p_n = gate_scale_recurrent * ((sigmoid(p_r) * h) * recurrent_weights) + reset_shift + ${gateEquation}`,
};

/** In real numbers. */
export function gruEquations({ reset }: FixedGru): string[] {
  return [
    `p_r, p_z = gate_scale_recurrent * (h * recurrent_weights) + ${gateEquation}`,
    candidates[reset],
    "h = tanh(p_n) + sigmoid(p_z) * (h - tanh(p_n))",
  ];
}
