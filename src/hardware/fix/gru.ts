import type { AcceleratorGru } from "../acceleratorModel.js";
import type { FixedGru } from "../fixedModel.js";
import { gateBits, gruRows } from "../layerBits.js";
import { addend, gateSums, type LayerInput, type Named, type Parts } from "./layer.js";

/** The integers of a GRU layer. */
export function fixedGru(layer: AcceleratorGru, input: LayerInput, parts: Parts, at: Named): FixedGru {
  const sums = gateSums(layer, input, parts, at);
  const shiftReset = addend(layer.shiftReset, layer.units, parts, at("shiftReset"));
  const gru = {
    units: layer.units,
    reset: layer.reset,
    shiftReset,
    resetShiftAlignment: parts.formats.sumFractionBits - shiftReset.format.fractionBits,
  };
  return { cell: "gru", ...sums, ...gru, bits: gateBits({ ...sums, ...gruRows(gru) }, parts.formats) };
}
