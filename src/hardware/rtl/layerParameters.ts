import type { FixedGru, FixedLayer, FixedLstm, FixedMatrix, FixedModel } from "../fixedModel.js";
import { updateAlignment } from "../layerBits.js";
import { tableWordBits } from "../tableWord.js";

/** What a layer's Verilog module is instantiated with. */
export type Parameters = Readonly<Record<string, string | number>>;

/** How `mac_unit.v` numbers precisions. */
const precisionCodes = { binary: 1, ternary: 2, full: 3 } as const;

export function weightBits(matrix: FixedMatrix): number {
  return matrix.precision === "full" ? matrix.format.bits : precisionCodes[matrix.precision];
}

/** What all layers have in common. */
type ArrayModel = Pick<FixedModel, "formats" | "tables" | "delta" | "columnsPerCycle">;

/**
 * Everything that `lstm_layer.v` and `gru_layer.v` do not derive by themselves.
 * @param romFile path of a ROM image by its name
 */
export function layerParameters(
  model: ArrayModel,
  layer: FixedLayer,
  macUnits: number,
  romFile: (name: string) => string,
  tableFile: (name: string) => string,
): Parameters {
  return {
    ...gateParameters(model, layer, macUnits),
    ...(layer.cell === "lstm" ? lstmParameters(model, layer) : gruParameters(layer)),
    ...fileParameters(layer, romFile, tableFile),
  };
}

function gateParameters({ formats, tables, delta, columnsPerCycle }: ArrayModel, layer: FixedLayer, macUnits: number): Parameters {
  const { bits } = layer;
  return {
    UNITS: layer.units,
    INPUTS: layer.inputs,
    ONE_HOT: layer.inputKind === "one-hot" ? 1 : 0,
    MACS: macUnits,
    COLUMNS: columnsPerCycle,
    DELTA: delta === undefined ? 0 : 1,
    THRESHOLD: delta?.threshold ?? 0,
    ACTIVATION_BITS: formats.hidden.bits,
    CONSTANT_BITS: layer.gateShift.format.bits,
    PRECISION: precisionCodes[layer.recurrentWeights.precision],
    WEIGHT_BITS: weightBits(layer.recurrentWeights),
    INPUT_PRECISION: precisionCodes[layer.inputWeights.precision],
    INPUT_WEIGHT_BITS: weightBits(layer.inputWeights),
    RECURRENT_BITS: bits.recurrentSum,
    INPUT_BITS: bits.inputSum,
    RECURRENT_SHIFT: layer.recurrentShift,
    INPUT_SHIFT: layer.inputShift,
    SHIFT_ALIGNMENT: layer.shiftAlignment,
    RECURRENT_TERM_BITS: bits.recurrentTerm,
    INPUT_TERM_BITS: bits.inputTerm,
    TOTAL_BITS: bits.total,
    GUARD_BITS: formats.sumFractionBits - formats.preactivation.fractionBits,
    PREACTIVATION_BITS: formats.preactivation.bits,
    SEGMENT_BITS: tables.tanh.segmentBits,
    SIGMOID_SLOPE_BITS: slopeBits(tables.sigmoid),
    TANH_SLOPE_BITS: slopeBits(tables.tanh),
  };
}

/** Verilog has no vectors of no bits; without interpolation the parameter is not looked at. */
function slopeBits(table: FixedModel["tables"]["tanh"]): number {
  return Math.max(1, tableWordBits(table).slope);
}

function lstmParameters({ formats }: Pick<FixedModel, "formats">, layer: FixedLstm): Parameters {
  const { kept, added } = updateAlignment(layer.cellFormat, formats.hidden);
  return {
    CELL_BITS: layer.cellFormat.bits,
    KEPT_SHIFT: kept,
    ADDED_SHIFT: added,
    UPDATE_BITS: layer.cellBits.update,
    CELL_SCALE_SHIFT: layer.cellShiftRight,
    CELL_SHIFT_ALIGNMENT: layer.cellShiftAlignment,
    CELL_TOTAL_BITS: layer.cellBits.total,
  };
}

function gruParameters({ reset, resetShiftAlignment }: FixedGru): Parameters {
  return { RESET_BEFORE: reset === "before" ? 1 : 0, RESET_SHIFT_ALIGNMENT: resetShiftAlignment };
}

const gateFiles = ["recurrent_weights", "input_weights", "gate_scale_recurrent", "gate_scale_input", "gate_shift", "initial_hidden"];
const cellFiles = { lstm: ["cell_scale", "cell_shift", "initial_cell"], gru: ["reset_shift"] } as const;

function fileParameters({ cell }: FixedLayer, romFile: (name: string) => string, tableFile: (name: string) => string): Parameters {
  const own = [...gateFiles, ...cellFiles[cell]].map((name) => [`${name.toUpperCase()}_FILE`, JSON.stringify(romFile(name))]);
  const tables = ["sigmoid", "tanh"].map((name) => [`${name.toUpperCase()}_FILE`, JSON.stringify(tableFile(name))]);
  return Object.fromEntries([...own, ...tables]) as Parameters;
}
