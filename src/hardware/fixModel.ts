import type { AcceleratorGru, AcceleratorLayer, AcceleratorLstm, AcceleratorMatrix, AcceleratorModel } from "./acceleratorModel.js";
import { gateRows } from "./fixedModel.js";
import type { Delta, FixedFormats, FixedGru, FixedLayer, FixedLstm, FixedMatrix, FixedModel } from "./fixedModel.js";
import { fittingFormat, quantise } from "./fixedPoint.js";
import type { FixedPoint, FixedVector } from "./fixedPoint.js";
import { cellBits, gateBits, gruRows } from "./layerBits.js";
import { lookUpTable, preactivationFormat } from "./lookUpTable.js";
import type { LookUpOptions } from "./lookUpTable.js";
import { OptionError, wrongOption, type OptionName } from "../text/optionError.js";
import { defaultActivationBits, isColumnsPerCycle, mostColumnsPerCycle } from "./schedule/shape.js";

export interface FixedModelOptions {
  /**
   * Bits of hidden states, gates, dense inputs and full-precision weights, 4 to 16. Default: those of the hidden states that the
   * model was trained with, else 12, the paper's (remembered).
   */
  readonly activationBits?: number;
  /**
   * Bits of the cell state, 4 to 24. Default: those that the layer was trained with, else 16: it is a sum over all timesteps, so its
   * rounding errors add up. A range that the layer was trained with stays.
   */
  readonly cellBits?: number;
  /** Bits of each scale and shift, 4 to 24. Default 16. */
  readonly constantBits?: number;
  readonly lookUp?: LookUpOptions;
  /** Skip the columns of hidden units that changed by at most so many steps of h since they were last read. Default: read all. */
  readonly deltaThreshold?: number;
  /** Columns that each MAC unit takes in one cycle, a power of two. Default 1. */
  readonly columnsPerCycle?: number;
  /** MAC units that hold these weights: theirs by default, or wider ones, for comparison. */
  readonly precision?: Precision;
  /** What was seen on data (`calibrate`); without it ranges that the model was not trained with are assumed. */
  readonly calibration?: Calibration;
}

/** Largest magnitudes that were seen. */
export interface Calibration {
  /** Of dense input; unused for symbols. */
  readonly input: number;
  /** Of each layer's cell state; 0 for a GRU, which has none. */
  readonly cells: readonly number[];
}

export { defaultActivationBits };
export const defaultCellBits = 16;
export const defaultConstantBits = 16;

/** Bits below a pre-activation's last one that its terms are rounded to before they are added. */
const guardBits = 3;

/** The range of cell states and dense inputs when nothing was seen: [-8, 8). */
const assumedIntegerBits = 3;

/** Values that were all close to 0 get this range: finer ones would need products that are not exact in the reference. */
const narrowestRange = 2 ** -8;

/** What lies beyond the largest magnitude that was seen still fits when it is by so much larger. */
const headroom = 1.125;

/**
 * The integers of a trained model. Scales, shifts and full-precision weights get the finest format that holds their
 * largest magnitude, one format per vector or matrix.
 * @throws OptionError for an option out of range, or one that trained states ask for; RangeError for a vector of the wrong length, a
 *   number that is not finite
 */
export function fixedModel(model: AcceleratorModel, options: FixedModelOptions = {}): FixedModel {
  const { activationBits = trainedHiddenBits(model) ?? defaultActivationBits, lookUp = {} } = options;
  const bits = {
    activation: checkedBits("activationBits", activationBits, 16),
    cell: options.cellBits === undefined ? undefined : checkedBits("cellBits", options.cellBits, 24),
    constant: checkedBits("constantBits", options.constantBits ?? defaultConstantBits, 24),
  };
  const preactivation = preactivationFormat(activationBits, lookUp);
  const formats: FixedFormats = {
    hidden: { bits: activationBits, fractionBits: activationBits - 1, signed: true },
    gate: { bits: activationBits, fractionBits: activationBits - 1, signed: false },
    preactivation,
    sumFractionBits: preactivation.fractionBits + guardBits,
  };
  const parts: Parts = { bits, formats, calibration: options.calibration, precision: options.precision };
  return {
    version: 2,
    input: model.input,
    formats,
    tables: { sigmoid: lookUpTable("sigmoid", activationBits, lookUp), tanh: lookUpTable("tanh", activationBits, lookUp) },
    layers: model.layers.map((layer, index) => fixedLayer(layer, index, inputOf(model, index, parts), parts)),
    ...(options.deltaThreshold !== undefined && { delta: deltaOf(model, options.deltaThreshold, activationBits) }),
    columnsPerCycle: checkedColumns(options),
  };
}

interface Parts {
  /** `cell` is undefined where each layer has its own. */
  readonly bits: { readonly activation: number; readonly cell: number | undefined; readonly constant: number };
  readonly formats: FixedFormats;
  readonly calibration?: Calibration;
  readonly precision?: Precision;
}

/** All layers of an accelerator have hidden states of the same bits. */
function trainedHiddenBits({ layers }: AcceleratorModel): number | undefined {
  const trained = [...new Set(layers.flatMap(({ hiddenBits }) => hiddenBits ?? []))];
  const [bits] = trained;
  if (trained.length > 1 || (bits !== undefined && (bits < 4 || bits > 16))) {
    const has = "an accelerator has the same for all layers, 4 to 16";
    const fault = `The model was trained with hidden states of ${trained.join(" and ")} bits, but ${has}`;
    throw new OptionError((name) => `${fault}; say ${name("activationBits")}.`);
  }
  return bits;
}

/** @throws OptionError for no power of two, or several columns with delta updates, whose list has one column a cycle */
function checkedColumns({ columnsPerCycle = 1, deltaThreshold }: FixedModelOptions): number {
  if (!isColumnsPerCycle(columnsPerCycle)) {
    throw wrongOption("columnsPerCycle", columnsPerCycle, `choose a power of two from 1 to ${mostColumnsPerCycle}`);
  }
  if (columnsPerCycle > 1 && deltaThreshold !== undefined) {
    const why = "but delta updates read a list of changes, one column a cycle; choose one of both";
    throw new OptionError((name) => `${name("columnsPerCycle")} is ${columnsPerCycle}, ${why}.`);
  }
  return columnsPerCycle;
}

/** @throws OptionError for a threshold out of range, or a GRU whose recurrent sums are not of h itself */
function deltaOf({ layers }: AcceleratorModel, threshold: number, activationBits: number): Delta {
  const most = 2 ** activationBits - 1;
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > most) {
    throw wrongOption("deltaThreshold", threshold, `choose a whole number from 0 to ${most}, in steps of h`);
  }
  if (layers.some((layer) => layer.cell === "gru" && layer.reset === "before")) {
    const why = 'does not go with a GRU that resets before the product, whose sums are of r·h; train with reset: "after"';
    throw new OptionError((name) => `${name("deltaThreshold")} ${why}.`);
  }
  return { threshold };
}

function checkedBits(name: OptionName, bits: number, most: number): number {
  if (!Number.isInteger(bits) || bits < 4 || bits > most) {
    throw wrongOption(name, bits, `choose a whole number from 4 to ${most}`);
  }
  return bits;
}

type LayerInput = Pick<FixedLstm, "inputKind" | "inputFormat">;

const oneHot: LayerInput = { inputKind: "one-hot", inputFormat: { bits: 1, fractionBits: 0, signed: false } };

function inputOf({ input }: AcceleratorModel, layer: number, { bits, formats, calibration }: Parts): LayerInput {
  if (layer > 0) {
    return { inputKind: "dense", inputFormat: formats.hidden };
  }
  if (input.kind === "one-hot") {
    return oneHot;
  }
  // All word vectors are known, whatever a calibration saw of them.
  const seen = input.kind === "embedding" ? largestMagnitude(input.table) : calibration?.input;
  return { inputKind: "dense", inputFormat: rangedFormat(bits.activation, seen) };
}

/** The finest signed format whose range holds magnitudes like the one seen, down to 2^-8. */
function rangedFormat(bits: number, seen: number | undefined): FixedPoint {
  const integerBits = seen === undefined ? assumedIntegerBits : Math.ceil(Math.log2(Math.max(seen * headroom, narrowestRange)));
  return { bits, fractionBits: bits - 1 - integerBits, signed: true };
}

function largestMagnitude(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function fixedLayer(layer: AcceleratorLayer, index: number, input: LayerInput, parts: Parts): FixedLayer {
  const at = (name: string): string => `layers[${index}].${name}`;
  return layer.cell === "lstm" ? fixedLstm(layer, index, input, parts, at) : fixedGru(layer, input, parts, at);
}

type Named = (name: string) => string;

function fixedLstm(layer: AcceleratorLstm, index: number, input: LayerInput, parts: Parts, at: Named): FixedLstm {
  const { bits, formats } = parts;
  const sums = gateSums(layer, input, parts, at);
  const { cellFormat, cellRange } = cellStates(layer, index, parts);
  const cellScale = constant(layer.cellScale, layer.units, bits.constant, at("cellScale"));
  const cellShift = addend(layer.cellShift, layer.units, parts, at("cellShift"));
  const cell = {
    cellFormat,
    cellScale,
    cellShift,
    cellShiftRight: cellFormat.fractionBits + cellScale.format.fractionBits - formats.sumFractionBits,
    cellShiftAlignment: formats.sumFractionBits - cellShift.format.fractionBits,
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

function fixedGru(layer: AcceleratorGru, input: LayerInput, parts: Parts, at: Named): FixedGru {
  const sums = gateSums(layer, input, parts, at);
  const resetShift = addend(layer.resetShift, layer.units, parts, at("resetShift"));
  const gru = {
    units: layer.units,
    reset: layer.reset,
    resetShift,
    resetShiftAlignment: parts.formats.sumFractionBits - resetShift.format.fractionBits,
  };
  return { cell: "gru", ...sums, ...gru, bits: gateBits({ ...sums, ...gruRows(gru) }, parts.formats) };
}

function gateSums(layer: AcceleratorLayer, input: LayerInput, parts: Parts, at: Named) {
  const { bits, formats } = parts;
  const { inputs, units } = layer;
  const rows = gateRows(layer);
  const { inputWeights, recurrentWeights } = matrices(layer, rows, input, parts, at);
  const gateScaleRecurrent = constant(layer.gateScaleRecurrent, rows, bits.constant, at("gateScaleRecurrent"));
  const gateScaleInput = constant(layer.gateScaleInput, rows, bits.constant, at("gateScaleInput"));
  const gateShift = addend(layer.gateShift, rows, parts, at("gateShift"));
  const { sumFractionBits, hidden } = formats;
  return {
    inputs,
    units,
    ...input,
    inputWeights,
    recurrentWeights,
    gateScaleRecurrent,
    gateScaleInput,
    gateShift,
    recurrentShift: hidden.fractionBits + weightFraction(recurrentWeights) + gateScaleRecurrent.format.fractionBits - sumFractionBits,
    inputShift: input.inputFormat.fractionBits + weightFraction(inputWeights) + gateScaleInput.format.fractionBits - sumFractionBits,
    shiftAlignment: sumFractionBits - gateShift.format.fractionBits,
    initialHidden: quantise(checkedLength(layer.initialHidden, units, at("initialHidden")), hidden, at("initialHidden")),
  };
}

function weightFraction(matrix: FixedMatrix): number {
  return matrix.precision === "full" ? matrix.format.fractionBits : 0;
}

function constant(values: Float32Array, length: number, bits: number, name: string): FixedVector {
  return quantise(checkedLength(values, length, name), fittingFormat(values, bits, name), name);
}

/** A constant that is added to the sum: no finer than the sum itself. */
function addend(values: Float32Array, length: number, { bits, formats }: Parts, name: string): FixedVector {
  const fitting = fittingFormat(checkedLength(values, length, name), bits.constant, name);
  return quantise(values, { ...fitting, fractionBits: Math.min(fitting.fractionBits, formats.sumFractionBits) }, name);
}

/** With dense input both matrices go through the same MAC units, which then take the wider of two precisions. */
function matrices(layer: AcceleratorLayer, columns: number, { inputKind }: LayerInput, { bits, precision }: Parts, at: Named) {
  const own = {
    inputWeights: fixedMatrix(layer.inputWeights, layer.inputs, columns, bits.activation, at("inputWeights")),
    recurrentWeights: fixedMatrix(layer.recurrentWeights, layer.units, columns, bits.activation, at("recurrentWeights")),
  };
  const shared = inputKind === "dense" ? widest(own.inputWeights, own.recurrentWeights) : undefined;
  const held = (matrix: FixedMatrix): FixedMatrix => widened(matrix, precision ?? shared ?? matrix.precision, bits.activation);
  return { inputWeights: held(own.inputWeights), recurrentWeights: held(own.recurrentWeights) };
}

type Precision = FixedMatrix["precision"];
const narrowFirst: readonly Precision[] = ["binary", "ternary", "full"];

function widest(a: FixedMatrix, b: FixedMatrix): Precision {
  return narrowFirst[Math.max(narrowFirst.indexOf(a.precision), narrowFirst.indexOf(b.precision))]!;
}

/**
 * The same weights held by wider MAC units: bits as trits, trits as whole numbers.
 * @throws OptionError for a precision that cannot hold them
 */
export function widened(matrix: FixedMatrix, precision: Precision, bits: number): FixedMatrix {
  if (matrix.precision === precision) {
    return matrix;
  }
  const { rows, columns, codes } = matrix;
  if (matrix.precision === "binary" && precision === "ternary") {
    return { rows, columns, precision, codes: matrix.codes };
  }
  if (matrix.precision !== "full" && precision === "full") {
    const format: FixedPoint = { bits, fractionBits: 0, signed: true };
    return { rows, columns, precision, codes: Int32Array.from(codes), format, saturated: 0 };
  }
  const wide = narrowFirst.slice(narrowFirst.indexOf(matrix.precision)).join(" or ");
  throw new OptionError(() => `${matrix.precision} weights do not fit ${precision} MAC units; choose ${wide}.`);
}

function fixedMatrix(matrix: AcceleratorMatrix, rows: number, columns: number, bits: number, name: string): FixedMatrix {
  if (matrix.rows !== rows || matrix.columns !== columns) {
    throw new RangeError(`${name} is ${matrix.rows} x ${matrix.columns}, but the model needs ${rows} x ${columns}.`);
  }
  const length = rows * columns;
  if (matrix.kind === "quantised") {
    return { precision: matrix.levels, rows, columns, codes: checkedLength(matrix.codes, length, name) };
  }
  const values = checkedLength(matrix.values, length, name);
  const { format, integers, saturated } = quantise(values, fittingFormat(values, bits, name), name);
  return { precision: "full", rows, columns, codes: integers, format, saturated };
}

function checkedLength<T extends ArrayLike<number>>(values: T, length: number, name: string): T {
  if (values.length !== length) {
    throw new RangeError(`${name} has ${values.length} values, but the model needs ${length}.`);
  }
  return values;
}
