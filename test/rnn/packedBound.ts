import type { DeployedGru, DeployedLayer, DeployedLstm, ShippedMatrix } from "../../src/rnn/shipping/deployedModel.js";
import { type Bounded, exact, hyperbolicTangent, minus, plus, rounded, sigmoid, times, unitRoundoff } from "./runningError.js";

/**
 * One timestep of packed inference in double precision, with a bound of how far an engine may be from it: docs/engine.md,
 * "Packed inference", in which this is derived.
 */

type Row = readonly Bounded[];

/** How an engine departs from exact sums. */
export interface EngineRounding {
  /** Largest error of a number of the vector that a plane multiplies, relative to the largest magnitude in the vector. */
  readonly binary: number;
  readonly ternary: number;
  /** Whether layer normalisation sums its statistics in single precision. */
  readonly singleStatistics: boolean;
}

/** Sums of single precision, of numbers as they are. */
export const singlePrecision: EngineRounding = { binary: 0, ternary: 0, singleStatistics: false };
/** The compute kernel that trains and evaluates. */
export const floatPath: EngineRounding = { ...singlePrecision, singleStatistics: true };
/** Integers up to 131071: half of one, and the rounding of what is rounded to them. */
const tables16 = { ...singlePrecision, binary: 0.52 / 131071, ternary: 0.52 / 131071 };

/** By the name of a packed engine. */
export const engineRoundings: Readonly<Record<string, EngineRounding>> = {
  // Half of what an integer is worth, the smallest power of two with which the vector fits.
  "native avx512vbmi": { ...singlePrecision, binary: 1 / 8388607, ternary: 2 ** -24 },
  "native avx512": tables16,
  "native avx2": tables16,
  "native scalar": process.arch === "arm64" ? tables16 : singlePrecision,
  "wasm simd128": tables16,
  typescript: singlePrecision,
};

/** A vector whose largest magnitude is below this may count as zeros. */
const smallest = 2 ** -102;

/** x · W for the columns [first, last). */
function product(matrix: ShippedMatrix, x: Row, rounding: EngineRounding, first = 0, last = matrix.columns): Row {
  const peak = x.reduce((most, { value, error }) => Math.max(most, Math.abs(value) + error), 0);
  const terms = matrix.kind === "planes" ? matrix.planes : [matrix];
  const sums = Array.from({ length: last - first }, () => ({ value: 0, size: 0, error: 0 }));
  for (const term of terms) {
    const own = "levels" in term ? peak * rounding[term.levels] + smallest : 0;
    // Zero and the largest magnitude are integers themselves.
    const read = x.map(({ value, error }) => ({ value, error: value === 0 || Math.abs(value) === peak ? error : error + own }));
    addTerm(term, matrix.columns, read, sums, first);
  }
  // A sum of n products in single precision: at most n roundings each, in any order; 20 more where tables of 8 rows are
  // looked up twice for one sum, and 4 a plane for its scale.
  const roundings = matrix.rows + 20 + 4 * terms.length;
  return sums.map(({ value, size, error }) => ({ value, error: error + roundings * unitRoundoff * (size + error) }));
}

type Term = Extract<ShippedMatrix, { kind: "full-precision" }> | Extract<ShippedMatrix, { kind: "planes" }>["planes"][number];

function addTerm(term: Term, columns: number, x: Row, sums: { value: number; size: number; error: number }[], first: number): void {
  const weights = "codes" in term ? term.codes : term.values;
  x.forEach(({ value, error }, row) => {
    for (let index = 0; index < sums.length; index++) {
      const column = first + index;
      const scale = "codes" in term ? term.scales[Math.floor((column * term.scales.length) / columns)]! : 1;
      const weight = weights[row * columns + column]! * scale;
      const sum = sums[index]!;
      sum.value += weight * value;
      sum.size += Math.abs(weight * value);
      sum.error += Math.abs(weight) * error;
    }
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** (value - mean) / root of (biased variance + epsilon), computed as value * factor + offset. */
function standardised(row: Row, epsilon: number, { singleStatistics }: EngineRounding): Row {
  const values = row.map(({ value }) => value);
  const middle = mean(values);
  const perSum = singleStatistics ? (row.length + 4) * unitRoundoff : 0;
  const middleError = mean(row.map(({ error }) => error)) + perSum * mean(values.map(Math.abs));
  const variance = mean(values.map((value) => (value - middle) ** 2));
  const moved = mean(row.map(({ value, error }) => 2 * Math.abs(value - middle) * (error + middleError) + (error + middleError) ** 2));
  const spread = moved + perSum * variance + unitRoundoff * epsilon;
  const inverse = 1 / Math.sqrt(variance + epsilon);
  const factor = rounded(inverse, 1 / Math.sqrt(Math.max(variance - spread, 0) + epsilon) - inverse);
  const offset = times({ value: -middle, error: middleError }, factor);
  return row.map((value) => plus(times(value, factor), offset));
}

/** Row `t` of the constants [R, columns], the only one where R is 1. */
function constants(values: Float32Array, columns: number, t: number): Row {
  const start = values.length === columns ? 0 : t * columns;
  return [...values.subarray(start, start + columns)].map(exact);
}

/** share * old + (1 - share) * fresh */
function mixed(old: Bounded, fresh: Bounded, share: number): Bounded {
  return plus(times(rounded(share), old), times(rounded(1 - share, unitRoundoff), fresh));
}

export interface BoundedState {
  readonly hidden: Row;
  /** Empty for a GRU. */
  readonly cell: Row;
}

/** A layer's state after timestep t. */
export function boundedStep(layer: DeployedLayer, x: Row, state: BoundedState, t: number, rounding: EngineRounding): BoundedState {
  return "cellNormalisation" in layer ? lstmStep(layer, x, state, t, rounding) : gruStep(layer as DeployedGru, x, state, t, rounding);
}

function normaliserOf(layer: DeployedLayer, rounding: EngineRounding): (row: Row) => Row {
  return layer.normalisation === "layer" ? (row) => standardised(row, layer.epsilon, rounding) : (row) => row;
}

/** What the input and the shift add to each gate. */
function inputPart(layer: DeployedLayer, x: Row, t: number, rounding: EngineRounding): Row {
  const columns = layer.inputWeights.columns;
  const [gain, shift] = [constants(layer.gainInput, columns, t), constants(layer.shift, columns, t)];
  const normalised = normaliserOf(layer, rounding)(product(layer.inputWeights, x, rounding));
  return normalised.map((value, column) => plus(times(value, gain[column]!), shift[column]!));
}

function lstmStep(layer: DeployedLstm, x: Row, { hidden, cell }: BoundedState, t: number, rounding: EngineRounding): BoundedState {
  const { units, spec } = layer;
  const gain = constants(layer.gainRecurrent, 4 * units, t);
  const rest = inputPart(layer, x, t, rounding);
  const products = normaliserOf(layer, rounding)(product(layer.recurrentWeights, hidden, rounding));
  const gate = (block: number, unit: number): Bounded => {
    const column = block * units + unit;
    return plus(times(products[column]!, gain[column]!), rest[column]!);
  };
  const fresh = cell.map((old, unit) =>
    plus(times(sigmoid(gate(1, unit)), old), times(sigmoid(gate(2, unit)), hyperbolicTangent(gate(0, unit)))),
  );
  const read = layer.cellNormalisation === "layer" ? standardised(fresh, layer.epsilon, rounding) : fresh;
  const [gainCell, shiftCell] = [constants(layer.gainCell, units, t), constants(layer.shiftCell, units, t)];
  const output = read.map((value, unit) =>
    times(sigmoid(gate(3, unit)), hyperbolicTangent(plus(times(value, gainCell[unit]!), shiftCell[unit]!))),
  );
  return {
    hidden: output.map((value, unit) => mixed(hidden[unit]!, value, spec.zoneout.hidden)),
    cell: fresh.map((value, unit) => mixed(cell[unit]!, value, spec.zoneout.cell)),
  };
}

function gruStep(layer: DeployedGru, x: Row, { hidden }: BoundedState, t: number, rounding: EngineRounding): BoundedState {
  const { units, spec, recurrentWeights } = layer;
  const before = spec.reset === "before";
  const normalise = normaliserOf(layer, rounding);
  const gain = constants(layer.gainRecurrent, 3 * units, t);
  const rest = inputPart(layer, x, t, rounding);
  const products = normalise(product(recurrentWeights, hidden, rounding, 0, before ? 2 * units : 3 * units));
  const gate = (column: number): Bounded => sigmoid(plus(times(products[column]!, gain[column]!), rest[column]!));
  const reset = hidden.map((_, unit) => gate(unit));
  const masked = hidden.map((value, unit) => times(value, reset[unit]!));
  const inner = before ? normalise(product(recurrentWeights, masked, rounding, 2 * units, 3 * units)) : products.slice(2 * units);
  const shiftReset = constants(layer.shiftReset, units, t);
  const fresh = hidden.map((old, unit) => {
    const scaled = times(inner[unit]!, gain[2 * units + unit]!);
    const recurrent = before ? scaled : times(reset[unit]!, plus(scaled, shiftReset[unit]!));
    const candidate = hyperbolicTangent(plus(recurrent, rest[2 * units + unit]!));
    return mixed(old, plus(candidate, times(gate(units + unit), minus(old, candidate))), spec.zoneout.hidden);
  });
  return { hidden: fresh, cell: [] };
}

export function boundedLogits(weights: ShippedMatrix, bias: Float32Array, hidden: Row, rounding: EngineRounding): Row {
  return product(weights, hidden, rounding).map((value, output) => plus(value, exact(bias[output]!)));
}
