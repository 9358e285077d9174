import type { FixedFormats, FixedLstm } from "../../fixedModel.js";
import { updateAlignment } from "../../layerBits.js";
import { inputSum, inputTerm, parenthesised, preactivation, recurrentSum, recurrentTerm, rightShift, shifted, sum, type LayerWithoutSteps, type StepModel } from "../steps.js";

type Lstm = Extract<LayerWithoutSteps, { cell: "lstm" }>;

/** What the manifest says of an LSTM beside its gate rows. */
export function lstmManifest({ cellFormat, cellRange, cellBits, cellShiftRight, cellShiftAlignment }: FixedLstm, { hidden, gate }: FixedFormats) {
  const { kept, added } = updateAlignment(cellFormat, hidden);
  return {
    cellFormat,
    cellRange,
    cellAccumulatorBits: { ...cellBits },
    cellShifts: {
      kept: rightShift(-kept),
      added: rightShift(-added),
      update: rightShift(gate.fractionBits + kept),
      cell: rightShift(cellShiftRight),
      cellShift: rightShift(-cellShiftAlignment),
    },
  };
}

/** One timestep in integers, line by line. */
export function lstmSteps(layer: Lstm, { formats, delta }: StepModel): string[] {
  const { shifts, cellShifts, cellFormat } = layer;
  const shown = sum(shifted("cell_scale[u] * c[u]", cellShifts.cell), shifted("cell_shift[u]", cellShifts.cellShift));
  const update = sum(shifted("f[u] * c[u]", cellShifts.kept), shifted("i[u] * g[u]", cellShifts.added));
  return [
    recurrentSum(delta === undefined ? "h" : "held"),
    inputSum(layer),
    `p[j] = ${preactivation(sum(recurrentTerm(layer), inputTerm(layer)), layer, formats)}`,
    "g[u] = tanh(p[j]); f[u], i[u], o[u] = sigmoid(p[j])  for the rows j of each block",
    `c[u] = sat(${shifted(parenthesised(update), cellShifts.update)}, ${cellFormat.bits})`,
    `q[u] = ${preactivation(shown, layer, formats)}`,
    `h[u] = sat(${shifted("o[u] * tanh(q[u])", shifts.gateProduct)}, ${formats.hidden.bits})`,
  ];
}

/** In real numbers. */
export function lstmEquations(): string[] {
  return [
    "p = gate_scale_recurrent * (h * recurrent_weights) + gate_scale_input * (x * input_weights) + gate_shift",
    "c = sigmoid(p_f) * c + sigmoid(p_i) * tanh(p_g)",
    "h = sigmoid(p_o) * tanh(cell_scale * c + cell_shift)",
  ];
}
