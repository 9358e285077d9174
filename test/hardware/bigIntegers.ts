import type { FixedGru, FixedLayer, FixedLstm, FixedMatrix, FixedMinGru, FixedModel } from "../../src/hardware/fixedModel.js";
import type { LookUpTable } from "../../src/hardware/lookUpTable.js";

/**
 * The arithmetic of the accelerator once more, from its equations, in whole numbers of any size: no operation here can
 * round or overflow. Every signal is recorded, so that a test can see what widths it would have needed.
 */
export interface Signals {
  readonly recurrentSum: bigint[];
  readonly inputSum: bigint[];
  readonly recurrentTerm: bigint[];
  readonly inputTerm: bigint[];
  readonly total: bigint[];
  readonly update: bigint[];
  readonly cellTotal: bigint[];
}

export interface State {
  hidden: bigint[];
  cell: bigint[];
}

export function initialState(layer: FixedLayer): State {
  const big = (values: Int32Array): bigint[] => Array.from(values, BigInt);
  return { hidden: big(layer.initialHidden.integers), cell: layer.cell === "lstm" ? big(layer.initialCell.integers) : [] };
}

export function noSignals(): Signals {
  return { recurrentSum: [], inputSum: [], recurrentTerm: [], inputTerm: [], total: [], update: [], cellTotal: [] };
}

/** x / 2^shift to the nearest, ties upwards: (2x + 2^shift) div 2^(shift + 1), rounded down as `>>` does. */
function nearest(x: bigint, shift: number): bigint {
  return shift <= 0 ? x << BigInt(-shift) : (2n * x + (1n << BigInt(shift))) >> BigInt(shift + 1);
}

function clip(x: bigint, bits: number): bigint {
  const limit = 1n << BigInt(bits - 1);
  return x >= limit ? limit - 1n : x < -limit ? -limit : x;
}

function dot({ codes, columns }: FixedMatrix, values: readonly bigint[], column: number): bigint {
  return values.reduce((sum, value, row) => sum + BigInt(codes[row * columns + column]!) * value, 0n);
}

/** y = value + slope * segment / 2^segmentBits */
function activation(table: LookUpTable, preactivation: bigint): bigint {
  const offset = preactivation + (1n << BigInt(table.input.bits - 1));
  const word = Number(offset >> BigInt(table.segmentBits));
  const segment = offset & ((1n << BigInt(table.segmentBits)) - 1n);
  return BigInt(table.values[word]!) + nearest(BigInt(table.slopes[word]!) * segment, table.segmentBits);
}

/**
 * One timestep; changes `state`.
 * @param input number of a symbol, or integers
 */
export function bigStep(model: FixedModel, layer: FixedLayer, state: State, input: number | readonly bigint[], signals: Signals): void {
  const inputSums = (row: number): bigint =>
    typeof input === "number" ? BigInt(layer.inputWeights.codes[input * layer.inputWeights.columns + row]!) : dot(layer.inputWeights, input, row);
  if (layer.cell === "lstm") {
    bigLstm(model, layer, state, inputSums, signals);
  } else if (layer.cell === "gru") {
    bigGru(model, layer, state, inputSums, signals);
  } else {
    bigMinGru(model, layer, state, inputSums, signals);
  }
}

type Sums = (row: number) => bigint;

function gate(model: FixedModel, layer: FixedLayer, row: number, recurrentTerm: bigint, inputSum: bigint, isTanh: boolean, signals: Signals): bigint {
  return activation(isTanh ? model.tables.tanh : model.tables.sigmoid, preactivated(model, layer, row, recurrentTerm, inputSum, signals));
}

function preactivated({ formats }: FixedModel, layer: FixedLayer, row: number, recurrentTerm: bigint, inputSum: bigint, signals: Signals): bigint {
  const shift = BigInt(layer.shift.integers[row]!) << BigInt(layer.shiftAlignment);
  const inputTerm = nearest(BigInt(layer.gainInput.integers[row]!) * inputSum, layer.inputShift) + shift;
  const total = recurrentTerm + inputTerm;
  signals.inputSum.push(inputSum);
  signals.inputTerm.push(inputTerm);
  signals.recurrentTerm.push(recurrentTerm);
  signals.total.push(total);
  const preactivation = nearest(total, formats.sumFractionBits - formats.preactivation.fractionBits);
  return clip(preactivation, formats.preactivation.bits);
}

function scaled(layer: FixedLayer, row: number, sum: bigint, signals: Signals): bigint {
  signals.recurrentSum.push(sum);
  const term = nearest(BigInt(layer.gainRecurrent.integers[row]!) * sum, layer.recurrentShift);
  signals.recurrentTerm.push(term);
  return term;
}

function bigLstm(model: FixedModel, layer: FixedLstm, state: State, inputSum: Sums, signals: Signals): void {
  const { formats, tables } = model;
  const { units, cellFormat } = layer;
  const before = [...state.hidden];
  const gates = Array.from({ length: 4 * units }, (_, row) =>
    gate(model, layer, row, scaled(layer, row, dot(layer.recurrentWeights, before, row), signals), inputSum(row), row < units, signals),
  );
  for (let unit = 0; unit < units; unit++) {
    const [g, f, i, o] = [0, 1, 2, 3].map((block) => gates[block * units + unit]!) as [bigint, bigint, bigint, bigint];
    // f c has gate + cell fraction bits, i g has gate + hidden ones: both at the finer of the two.
    const finer = Math.max(cellFormat.fractionBits, formats.hidden.fractionBits);
    const update =
      ((f * state.cell[unit]!) << BigInt(finer - cellFormat.fractionBits)) + ((i * g) << BigInt(finer - formats.hidden.fractionBits));
    signals.update.push(update);
    state.cell[unit] = clip(nearest(update, formats.gate.fractionBits + finer - cellFormat.fractionBits), cellFormat.bits);
    const shift = BigInt(layer.shiftCell.integers[unit]!) << BigInt(layer.cellShiftAlignment);
    const total = nearest(BigInt(layer.gainCell.integers[unit]!) * state.cell[unit]!, layer.cellShiftRight) + shift;
    signals.cellTotal.push(total);
    const preactivation = nearest(total, formats.sumFractionBits - formats.preactivation.fractionBits);
    const tanh = activation(tables.tanh, clip(preactivation, formats.preactivation.bits));
    state.hidden[unit] = clip(nearest(o * tanh, formats.gate.fractionBits), formats.hidden.bits);
  }
}

function bigGru(model: FixedModel, layer: FixedGru, state: State, inputSum: Sums, signals: Signals): void {
  const { formats } = model;
  const { units, reset } = layer;
  const fraction = formats.gate.fractionBits;
  const before = [...state.hidden];
  const recurrent = (row: number, hidden: readonly bigint[]): bigint => scaled(layer, row, dot(layer.recurrentWeights, hidden, row), signals);
  const sigmoids = Array.from({ length: 2 * units }, (_, row) => gate(model, layer, row, recurrent(row, before), inputSum(row), false, signals));
  const [r, z] = [sigmoids.slice(0, units), sigmoids.slice(units)];
  const read = reset === "before" ? before.map((value, unit) => nearest(r[unit]! * value, fraction)) : before;
  for (let unit = 0; unit < units; unit++) {
    const row = 2 * units + unit;
    const inner = recurrent(row, read) + (BigInt(layer.shiftReset.integers[unit]!) << BigInt(layer.resetShiftAlignment));
    signals.recurrentTerm.push(inner);
    const outer = reset === "after" ? nearest(r[unit]! * inner, fraction) : inner;
    const n = gate(model, layer, row, outer, inputSum(row), true, signals);
    state.hidden[unit] = clip(n + nearest(z[unit]! * (before[unit]! - n), fraction), formats.hidden.bits);
  }
}

/** h + z (n - h); the integers of n are those of h, which has as many bits after the point as there are beside its sign. */
function bigMinGru(model: FixedModel, layer: FixedMinGru, state: State, inputSum: Sums, signals: Signals): void {
  const { formats } = model;
  const { units } = layer;
  for (let unit = 0; unit < units; unit++) {
    const z = activation(model.tables.sigmoid, preactivated(model, layer, unit, 0n, inputSum(unit), signals));
    const candidate = preactivated(model, layer, units + unit, 0n, inputSum(units + unit), signals);
    const n = clip(nearest(candidate, formats.preactivation.fractionBits - (formats.hidden.bits - 1)), formats.hidden.bits);
    const before = state.hidden[unit]!;
    state.hidden[unit] = clip(before + nearest(z * (n - before), formats.gate.bits - 1), formats.hidden.bits);
  }
}
