import { inHiddenRange, type AcceleratorMinGru } from "../acceleratorModel.js";
import type { CellRange, FixedMinGru } from "../fixedModel.js";
import { rangeOf, type FixedPoint } from "../fixedPoint.js";
import { gateBits } from "../layerBits.js";
import { gateSums, narrowestRange, type LayerInput, type Named, type Parts } from "./layer.js";

/** The range of h when nothing was seen: [-8, 8). */
const assumedRange = 8;

/** h is bounded by no function: its format reaches to the smallest power of two at or above what was seen. */
export function fixedMinGru(layer: AcceleratorMinGru, input: LayerInput, parts: Parts, at: Named, index: number): FixedMinGru {
  const { hiddenFormat, hiddenRange } = hiddenStates(layer, index, parts);
  const sums = gateSums(inHiddenRange(layer, rangeOf(hiddenFormat)), input, parts, at, hiddenFormat);
  return { cell: "min-gru", ...sums, hiddenRange, bits: gateBits({ ...sums, innerShift: () => 0, isReset: () => false }, parts.formats) };
}

function hiddenStates(layer: AcceleratorMinGru, index: number, parts: Parts): { hiddenFormat: FixedPoint; hiddenRange: CellRange } {
  const seen = parts.calibration?.hidden?.[index];
  const { hidden } = parts.formats;
  const inRange = (range: number): FixedPoint => ({ ...hidden, fractionBits: hidden.bits - 1 - Math.log2(range) });
  if (layer.hiddenRange !== undefined) {
    return { hiddenFormat: inRange(layer.hiddenRange), hiddenRange: "trained" };
  }
  return seen === undefined
    ? { hiddenFormat: inRange(assumedRange), hiddenRange: "assumed" }
    : { hiddenFormat: inRange(2 ** Math.ceil(Math.log2(Math.max(seen, narrowestRange)))), hiddenRange: "calibrated" };
}
