import type { AcceleratorLstm } from "../acceleratorModel.js";
import type { FixedLstm } from "../fixedModel.js";
import { quantise } from "../fixedPoint.js";
import { cellBits, gateBits } from "../layerBits.js";
import { OptionError } from "../../text/optionError.js";
import { addend, checkedLength, constant, gateSums, rangedFormat, type LayerInput, type Named, type Parts } from "./layer.js";

export const defaultCellBits = 16;

/** The integers of an LSTM layer. */
export function fixedLstm(layer: AcceleratorLstm, input: LayerInput, parts: Parts, at: Named, index: number): FixedLstm {
  const { bits, formats } = parts;
  const sums = gateSums(layer, input, parts, at);
  const { cellFormat, cellRange } = cellStates(layer, index, parts);
  const gainCell = constant(layer.gainCell, layer.units, bits.constant, at("gainCell"));
  const shiftCell = addend(layer.shiftCell, layer.units, parts, at("shiftCell"));
  const cell = {
    cellFormat,
    gainCell,
    shiftCell,
    cellShiftRight: cellFormat.fractionBits + gainCell.format.fractionBits - formats.sumFractionBits,
    cellShiftAlignment: formats.sumFractionBits - shiftCell.format.fractionBits,
  };
  return {
    cell: "lstm",
    ...sums,
    bits: gateBits({ ...sums, innerShift: () => 0, isReset: () => false }, formats),
    ...cell,
    cellBits: cellBits(cell, formats),
    cellRange,
    initialCell: quantise(checkedLength(layer.initialCell, layer.units, at("initialCell")), cellFormat, at("initialCell")),
  };
}

function cellStates({ cellState }: AcceleratorLstm, index: number, { bits, calibration }: Parts): Pick<FixedLstm, "cellFormat" | "cellRange"> {
  if (cellState === undefined) {
    const cellFormat = rangedFormat(bits.cell ?? defaultCellBits, calibration?.cells[index]);
    return { cellFormat, cellRange: calibration === undefined ? "assumed" : "calibrated" };
  }
  const own = bits.cell ?? cellState.bits;
  if (own < 4) {
    throw new OptionError((name) => `layers[${index}] was trained with cell states of ${own} bits, but an accelerator has 4 to 24; say ${name("cellBits")}.`);
  }
  return { cellFormat: { bits: own, fractionBits: own - 1 - Math.log2(cellState.range), signed: true }, cellRange: "trained" };
}
