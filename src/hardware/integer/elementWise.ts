import type { FixedFormats, FixedLstm, FixedModel } from "../fixedModel.js";
import { updateAlignment } from "../layerBits.js";
import { lookUp } from "../lookUpTable.js";
import { roundShift, saturate } from "./arithmetic.js";
import { scaleCell } from "./scaleShift.js";

/** The gates of one LSTM unit: g in the hidden state's format, the others in the gate's. */
export interface LstmGates {
  readonly g: number;
  readonly f: number;
  readonly i: number;
  readonly o: number;
}

/** First half of the twin of `element_wise_lstm.v`: c' before saturation. */
export function updateCell({ cellFormat }: FixedLstm, { hidden, gate }: FixedFormats, { g, f, i }: LstmGates, cell: number): number {
  const { kept, added } = updateAlignment(cellFormat, hidden);
  const update = f * cell * 2 ** kept + i * g * 2 ** added;
  return roundShift(update, gate.fractionBits + kept);
}

/** Second half: h' from c'. */
export function showCell(layer: FixedLstm, { formats, tables }: Pick<FixedModel, "formats" | "tables">, unit: number, o: number, cell: number): number {
  const shown = lookUp(tables.tanh, scaleCell(layer, formats, unit, cell));
  return saturate(roundShift(o * shown, formats.gate.fractionBits), formats.hidden.bits);
}

/** Twin of `element_wise_gru.v`: h' = n + z (h - n). */
export function updateHidden({ hidden, gate }: FixedFormats, z: number, n: number, before: number): number {
  return saturate(n + roundShift(z * (before - n), gate.fractionBits), hidden.bits);
}

/** Twin of `element_wise_min_gru.v`: h' = h + z (n - h). */
export function mixHidden({ hidden, gate }: FixedFormats, z: number, n: number, before: number): number {
  return saturate(before + roundShift(z * (n - before), gate.fractionBits), hidden.bits);
}

/** r·h, which the candidate's recurrent columns read when the reset comes before the product. */
export function resetHidden({ gate }: FixedFormats, r: number, before: number): number {
  return roundShift(r * before, gate.fractionBits);
}
