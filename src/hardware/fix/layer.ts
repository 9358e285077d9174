import type { AcceleratorLayer, AcceleratorMatrix } from "../acceleratorModel.js";
import { gateRows, type FixedFormats, type FixedLstm, type FixedMatrix } from "../fixedModel.js";
import { fittingFormat, quantise, type FixedPoint, type FixedVector } from "../fixedPoint.js";
import { narrowFirst, widestPrecision, type Precision } from "../schedule/shape.js";
import { recurrentColumns } from "../schedule/timing.js";
import { OptionError } from "../../text/optionError.js";

/** Largest magnitudes that were seen. */
export interface Calibration {
  /** The largest dense input; unused for symbols. */
  readonly input: number;
  /** The largest cell state of each layer; 0 for a GRU, which has none. */
  readonly cells: readonly number[];
  /** The largest h of each layer; used where no function bounds it. */
  readonly hidden?: readonly number[];
}

/** What every layer's integers depend on beside the layer. */
export interface Parts {
  /** `cell` is undefined where each layer has its own. */
  readonly bits: { readonly activation: number; readonly cell: number | undefined; readonly constant: number };
  readonly formats: FixedFormats;
  readonly calibration?: Calibration;
  readonly precision?: Precision;
}

/** The range of cell states and dense inputs when nothing was seen: [-8, 8). */
const assumedIntegerBits = 3;

/** Values that were all close to 0 get this range: finer ones would need products that are not exact in the reference. */
export const narrowestRange = 2 ** -8;

/** What lies beyond the largest magnitude that was seen still fits when it is by so much larger. */
const headroom = 1.125;

/** The finest signed format whose range holds magnitudes like the one seen, down to 2^-8. */
export function rangedFormat(bits: number, seen: number | undefined): FixedPoint {
  const integerBits = seen === undefined ? assumedIntegerBits : Math.ceil(Math.log2(Math.max(seen * headroom, narrowestRange)));
  return { bits, fractionBits: bits - 1 - integerBits, signed: true };
}

/** What a layer reads. */
export type LayerInput = Pick<FixedLstm, "inputKind" | "inputFormat">;

/** The place of a vector or matrix, for errors. */
export type Named = (name: string) => string;

/** What all cells have in common: matrices, scales and shifts of the gate rows, initial hidden states. */
export function gateSums(layer: AcceleratorLayer, input: LayerInput, parts: Parts, at: Named, hiddenFormat = parts.formats.hidden) {
  const { bits, formats } = parts;
  const { inputs, units } = layer;
  const rows = gateRows(layer);
  const { inputWeights, recurrentWeights } = matrices(layer, rows, input, parts, at);
  const gainRecurrent = constant(layer.gainRecurrent, rows, bits.constant, at("gainRecurrent"));
  const gainInput = constant(layer.gainInput, rows, bits.constant, at("gainInput"));
  const shift = addend(layer.shift, rows, parts, at("shift"));
  const { sumFractionBits, hidden } = formats;
  return {
    inputs,
    units,
    ...input,
    inputWeights,
    recurrentWeights,
    gainRecurrent,
    gainInput,
    shift,
    recurrentShift: hidden.fractionBits + weightFraction(recurrentWeights) + gainRecurrent.format.fractionBits - sumFractionBits,
    inputShift: input.inputFormat.fractionBits + weightFraction(inputWeights) + gainInput.format.fractionBits - sumFractionBits,
    shiftAlignment: sumFractionBits - shift.format.fractionBits,
    hiddenFormat,
    initialHidden: quantise(checkedLength(layer.initialHidden, units, at("initialHidden")), hiddenFormat, at("initialHidden")),
  };
}

function weightFraction(matrix: FixedMatrix): number {
  return matrix.precision === "full" ? matrix.format.fractionBits : 0;
}

/** Constants rounded to integers of so many bits, in the finest format that holds them all. @throws OptionError that names the vector */
export function constant(values: Float32Array, length: number, bits: number, name: string): FixedVector {
  return quantise(checkedLength(values, length, name), fittingFormat(values, bits, name), name);
}

/** A constant that is added to the sum: no finer than the sum itself. */
export function addend(values: Float32Array, length: number, { bits, formats }: Parts, name: string): FixedVector {
  const fitting = fittingFormat(checkedLength(values, length, name), bits.constant, name);
  return quantise(values, { ...fitting, fractionBits: Math.min(fitting.fractionBits, formats.sumFractionBits) }, name);
}

/** Both matrices go through the same MAC units where the input is dense; these then take the wider of the two precisions. */
function matrices(layer: AcceleratorLayer, columns: number, { inputKind }: LayerInput, { bits, precision }: Parts, at: Named) {
  const own = {
    inputWeights: fixedMatrix(layer.inputWeights, layer.inputs, columns, bits.activation, at("inputWeights")),
    recurrentWeights: fixedMatrix(layer.recurrentWeights, recurrentColumns(layer), columns, bits.activation, at("recurrentWeights")),
  };
  const shared = inputKind === "dense" ? widestPrecision([own.inputWeights.precision, own.recurrentWeights.precision]) : undefined;
  const held = (matrix: FixedMatrix): FixedMatrix => widened(matrix, precision ?? shared ?? matrix.precision, bits.activation);
  return { inputWeights: held(own.inputWeights), recurrentWeights: held(own.recurrentWeights) };
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

/** The values themselves. @throws RangeError where they are not as many as the layer's shape says */
export function checkedLength<T extends ArrayLike<number>>(values: T, length: number, name: string): T {
  if (values.length !== length) {
    throw new RangeError(`${name} has ${values.length} values, but the model needs ${length}.`);
  }
  return values;
}
