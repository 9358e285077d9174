import type { FixedLstm } from "../fixedModel.js";
import { updateAlignment } from "../layerBits.js";
import { saturate } from "./arithmetic.js";
import { showCell, updateCell } from "./elementWise.js";
import { aligned, type FastStep, type FastUnits } from "./fastUnits.js";
import type { LayerUnits } from "./layerUnits.js";
import { scaleShift } from "./scaleShift.js";

/** One timestep after the sums, operation by operation as `lstm_layer.v` has them. */
export function stepLstm(layer: FixedLstm, { model, trace, saturations, activate }: LayerUnits): void {
  const { units, cellFormat } = layer;
  for (let row = 0; row < 4 * units; row++) {
    activate(row, scaleShift(layer, model.formats, row, trace.recurrentSums[row]!, trace.inputSums[row]!));
  }
  for (let unit = 0; unit < units; unit++) {
    const [g, f, i, o] = [0, 1, 2, 3].map((block) => trace.gates[block * units + unit]!) as [number, number, number, number];
    const cell = updateCell(layer, model.formats, { g, f, i, o }, trace.cell[unit]!);
    trace.cell[unit] = saturate(cell, cellFormat.bits);
    saturations.cell += trace.cell[unit] === cell ? 0 : 1;
    trace.hidden[unit] = showCell(layer, model, unit, o, trace.cell[unit]!);
  }
}

/** The same integers in fewer operations. */
export function fastLstm(layer: FixedLstm, { constants, formats, gates, cell, hidden, saturations, activate }: FastUnits): FastStep {
  const { units, cellFormat } = layer;
  const { kept, added } = updateAlignment(cellFormat, formats.hidden);
  const [keptFactor, addedFactor] = [2 ** kept, 2 ** added];
  const updateFactor = constants.gateFactor * 2 ** -kept;
  const cellLimit = 2 ** (cellFormat.bits - 1);
  const show = shown(layer, constants);
  return (terms) => {
    activate(0, units, terms, constants.tanh);
    activate(units, 4 * units, terms, constants.sigmoid);
    for (let unit = 0; unit < units; unit++) {
      const update = gates[units + unit]! * cell[unit]! * keptFactor + gates[2 * units + unit]! * gates[unit]! * addedFactor;
      const exact = Math.floor(update * updateFactor + 0.5);
      const next = Math.min(cellLimit - 1, Math.max(-cellLimit, exact));
      saturations.cell += next === exact ? 0 : 1;
      cell[unit] = next;
      const product = Math.floor(gates[3 * units + unit]! * show(unit, next) * constants.gateFactor + 0.5);
      hidden[unit] = Math.min(constants.hiddenMost, product);
    }
  };
}

/** tanh of the scaled cell state; its saturation is harmless and counted nowhere. */
function shown(
  { gainCell, shiftCell, cellShiftRight, cellShiftAlignment }: FixedLstm,
  { sumFactor, least, most, tanh }: FastUnits["constants"],
): (unit: number, cell: number) => number {
  const scales = Float64Array.from(gainCell.integers);
  const shifts = aligned(shiftCell.integers, cellShiftAlignment);
  const factor = 2 ** -cellShiftRight;
  return (unit, cell) => {
    const total = Math.floor(scales[unit]! * cell * factor + 0.5) + shifts[unit]!;
    const place = Math.floor(total * sumFactor + 0.5);
    return tanh[(place < least ? least : place > most ? most : place) - least]!;
  };
}
