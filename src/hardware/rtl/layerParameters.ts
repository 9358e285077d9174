import type { Parameters } from "./parameters.js";
import { initialHidden, type CellVector } from "../cells/cell.js";
import { cellHardware, forCell, type ForCells } from "../cells/cells.js";
import type { FixedLayer, FixedMatrix, FixedModel } from "../fixedModel.js";
import { tableWordBits } from "../tableWord.js";
import { gruParameters } from "./cells/gru.js";
import { lstmParameters } from "./cells/lstm.js";
import { minGruParameters } from "./cells/minGru.js";

/** How `mac_unit.v` numbers precisions. */
const precisionCodes = { binary: 1, ternary: 2, full: 3 } as const;

/** Bits of one stored weight. */
export function weightBits(matrix: FixedMatrix): number {
  return matrix.precision === "full" ? matrix.format.bits : precisionCodes[matrix.precision];
}

/** What all layers have in common. */
type ArrayModel = Pick<FixedModel, "formats" | "tables" | "delta" | "columnsPerCycle">;

const ownParameters: ForCells<FixedLayer, [model: ArrayModel], Parameters> = { lstm: lstmParameters, gru: gruParameters, "min-gru": minGruParameters };

/**
 * Everything that a layer's module does not derive by itself.
 * @param romFile path of a ROM image by its name
 */
export function layerParameters(
  model: ArrayModel,
  layer: FixedLayer,
  macUnits: number,
  romFile: (name: string) => string,
  tableFile: (name: string) => string,
): Parameters {
  const { hasRecurrentWeights, tanhLookUps } = cellHardware(layer.cell);
  const absent = [...(hasRecurrentWeights ? [] : recurrentParameters), ...(tanhLookUps > 0 ? [] : tanhParameters)];
  const parameters = {
    ...gateParameters(model, layer, macUnits),
    ...forCell(ownParameters, layer)(layer, model),
    ...fileParameters(layer, romFile, tableFile),
  };
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !absent.includes(name)));
}

const recurrentParameters = ["DELTA", "THRESHOLD", "PRECISION", "WEIGHT_BITS", "RECURRENT_BITS", "RECURRENT_SHIFT", "RECURRENT_TERM_BITS", "RECURRENT_WEIGHTS_FILE"];
const tanhParameters = ["TANH_SLOPE_BITS", "TANH_FILE"];

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
    CONSTANT_BITS: layer.shift.format.bits,
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

/** The images in which all cells have what is in common, then those of this one. */
function fileParameters({ cell }: FixedLayer, romFile: (name: string) => string, tableFile: (name: string) => string): Parameters {
  const { vectors } = cellHardware(cell);
  const isCommon = ({ key, of }: CellVector): boolean => of === "row" || key === initialHidden.key;
  const names = [...vectors.filter(isCommon), ...vectors.filter((vector) => !isCommon(vector))].map(({ image }) => image);
  const own = ["recurrent_weights", "input_weights", ...names].map((name) => [`${name.toUpperCase()}_FILE`, JSON.stringify(romFile(name))]);
  const tables = ["sigmoid", "tanh"].map((name) => [`${name.toUpperCase()}_FILE`, JSON.stringify(tableFile(name))]);
  return Object.fromEntries([...own, ...tables]) as Parameters;
}
