import type { FixedFormats, FixedGru, FixedLayer, FixedLstm } from "../fixedModel.js";
import { roundShift, saturate } from "./arithmetic.js";

type Scales = Pick<
  FixedLayer,
  "gateScaleRecurrent" | "gateScaleInput" | "gateShift" | "recurrentShift" | "inputShift" | "shiftAlignment"
>;

/** Twin of `scale_shift.v`: a gate row's pre-activation before saturation, from its two exact sums. */
export function scaleShift(layer: Scales, formats: FixedFormats, row: number, recurrentSum: number, inputSum: number): number {
  const total = recurrentTerm(layer, row, recurrentSum) + inputTerm(layer, row, inputSum);
  return roundShift(total, formats.sumFractionBits - formats.preactivation.fractionBits);
}

/**
 * Twin of `scale_shift_reset.v`: the same for a GRU, whose reset gate multiplies the candidate's recurrent term.
 * @param reset the unit's reset gate where it multiplies, else 1 in the gate's format
 */
export function scaleShiftReset(
  layer: Scales & Pick<FixedGru, "resetShift" | "resetShiftAlignment" | "units">,
  formats: FixedFormats,
  row: number,
  recurrentSum: number,
  inputSum: number,
  reset: number,
): number {
  const shift = row < 2 * layer.units ? 0 : layer.resetShift.integers[row - 2 * layer.units]! * 2 ** layer.resetShiftAlignment;
  const inner = recurrentTerm(layer, row, recurrentSum) + shift;
  const total = roundShift(reset * inner, formats.gate.fractionBits) + inputTerm(layer, row, inputSum);
  return roundShift(total, formats.sumFractionBits - formats.preactivation.fractionBits);
}

function recurrentTerm({ gateScaleRecurrent, recurrentShift }: Scales, row: number, sum: number): number {
  return roundShift(gateScaleRecurrent.integers[row]! * sum, recurrentShift);
}

function inputTerm({ gateScaleInput, inputShift, gateShift, shiftAlignment }: Scales, row: number, sum: number): number {
  return roundShift(gateScaleInput.integers[row]! * sum, inputShift) + gateShift.integers[row]! * 2 ** shiftAlignment;
}

/** The cell state's scale and shift before its tanh, in the pre-activation's format; part of `element_wise_lstm.v`. */
export function scaleCell(layer: FixedLstm, formats: FixedFormats, unit: number, cell: number): number {
  const { cellScale, cellShift, cellShiftRight, cellShiftAlignment } = layer;
  const total = roundShift(cellScale.integers[unit]! * cell, cellShiftRight) + cellShift.integers[unit]! * 2 ** cellShiftAlignment;
  return saturate(roundShift(total, formats.sumFractionBits - formats.preactivation.fractionBits), formats.preactivation.bits);
}
