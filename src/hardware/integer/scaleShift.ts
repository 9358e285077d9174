import type { FixedFormats, FixedGru, FixedLayer, FixedLstm } from "../fixedModel.js";
import { roundShift, saturate } from "./arithmetic.js";

type Scales = Pick<
  FixedLayer,
  "gainRecurrent" | "gainInput" | "shift" | "recurrentShift" | "inputShift" | "shiftAlignment"
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
  layer: Scales & Pick<FixedGru, "shiftReset" | "resetShiftAlignment" | "units">,
  formats: FixedFormats,
  row: number,
  recurrentSum: number,
  inputSum: number,
  reset: number,
): number {
  const shift = row < 2 * layer.units ? 0 : layer.shiftReset.integers[row - 2 * layer.units]! * 2 ** layer.resetShiftAlignment;
  const inner = recurrentTerm(layer, row, recurrentSum) + shift;
  const total = roundShift(reset * inner, formats.gate.fractionBits) + inputTerm(layer, row, inputSum);
  return roundShift(total, formats.sumFractionBits - formats.preactivation.fractionBits);
}

function recurrentTerm({ gainRecurrent, recurrentShift }: Scales, row: number, sum: number): number {
  return roundShift(gainRecurrent.integers[row]! * sum, recurrentShift);
}

function inputTerm({ gainInput, inputShift, shift, shiftAlignment }: Scales, row: number, sum: number): number {
  return roundShift(gainInput.integers[row]! * sum, inputShift) + shift.integers[row]! * 2 ** shiftAlignment;
}

/** The cell state's scale and shift before its tanh, in the pre-activation's format; part of `element_wise_lstm.v`. */
export function scaleCell(layer: FixedLstm, formats: FixedFormats, unit: number, cell: number): number {
  const { gainCell, shiftCell, cellShiftRight, cellShiftAlignment } = layer;
  const total = roundShift(gainCell.integers[unit]! * cell, cellShiftRight) + shiftCell.integers[unit]! * 2 ** cellShiftAlignment;
  return saturate(roundShift(total, formats.sumFractionBits - formats.preactivation.fractionBits), formats.preactivation.bits);
}
