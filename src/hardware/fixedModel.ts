import { cells, type CellName } from "./cells/cells.js";
import type { DeployedInput } from "../rnn/shipping/deployedModel.js";
import type { FixedPoint, FixedVector } from "./fixedPoint.js";
import type { LookUpTable } from "./lookUpTable.js";

/**
 * One weight matrix in integers, row-major: rows are inputs (symbols, features or hidden units), columns the gate rows.
 * Trits and bits have no binary point: what one code is worth is folded into the gate scales.
 */
export type FixedMatrix = { readonly rows: number; readonly columns: number } & (
  | { readonly precision: "binary" | "ternary"; readonly codes: Int8Array }
  | { readonly precision: "full"; readonly codes: Int32Array; readonly format: FixedPoint; readonly saturated: number }
);

/** Widths in bits, two's complement, in which no sum can overflow, whatever the layer reads (`layerBits.ts`). */
export interface GateBits {
  /** Bits of the accumulators. */
  readonly recurrentSum: number;
  readonly inputSum: number;
  /** Bits of the scaled sums, rounded to the binary point of `FixedFormats.sum`, with the shifts that are added to each. */
  readonly recurrentTerm: number;
  readonly inputTerm: number;
  /** Bits of both together, before rounding and saturation to the pre-activation. */
  readonly total: number;
}

export const cellRanges = ["calibrated", "trained", "assumed"] as const;
export type CellRange = (typeof cellRanges)[number];

export interface CellBits {
  /** Bits of f·c + i·g before rounding. */
  readonly update: number;
  /** Bits of the scaled cell state with its shift, before rounding and saturation. */
  readonly total: number;
}

interface FixedGates {
  /** V symbols or I features or the units below. */
  readonly inputs: number;
  /** H */
  readonly units: number;
  /** `one-hot`: the input product is one row of `inputWeights`. */
  readonly inputKind: "one-hot" | "dense";
  /** The format of x; a one-hot input is the integer 1. */
  readonly inputFormat: FixedPoint;
  readonly inputWeights: FixedMatrix;
  readonly recurrentWeights: FixedMatrix;
  readonly gainRecurrent: FixedVector;
  readonly gainInput: FixedVector;
  readonly shift: FixedVector;
  /** Right shifts that bring the scaled sums, and left shifts that bring `shift`, to the binary point of `sum`. */
  readonly recurrentShift: number;
  readonly inputShift: number;
  readonly shiftAlignment: number;
  readonly bits: GateBits;
  /** The format of h: [-1, 1); that of a minGRU, whose h no function bounds, is [-R, R) with the same bits. */
  readonly hiddenFormat: FixedPoint;
  readonly initialHidden: FixedVector;
  /** The side of the candidate's product on which the reset acts; only a GRU has it. */
  readonly reset?: "before" | "after";
  /** The format of c; absent, as all that follows, where the cell has none. */
  readonly cellFormat?: FixedPoint;
  /** Where the range of `cellFormat` comes from: seen on data, what the layer was trained with, or the default [-8, 8). */
  readonly cellRange?: CellRange;
  readonly initialCell?: FixedVector;
}

/**
 *   p = round(gainRecurrent (h·Qh)) + round(gainInput (x·Qx)) + shift, rounded and saturated
 *   c' = sigmoid(pf) c + sigmoid(pi) tanh(pg), rounded and saturated
 *   h' = sigmoid(po) tanh(gainCell c' + shiftCell), rounded
 */
export interface FixedLstm extends FixedGates {
  readonly cell: "lstm";
  readonly reset?: undefined;
  readonly gainCell: FixedVector;
  readonly shiftCell: FixedVector;
  /** Right shift of gainCell·c, left shift of `shiftCell`, to the binary point of `sum`. */
  readonly cellShiftRight: number;
  readonly cellShiftAlignment: number;
  readonly cellBits: CellBits;
  readonly cellFormat: FixedPoint;
  readonly cellRange: CellRange;
  readonly initialCell: FixedVector;
}

/**
 *   inner = round(gainRecurrent (h·Qh)) + shiftReset;    r, z: p = inner + round(gainInput (x·Qx)) + shift
 *   n: reset "after": p = round(r inner) + ...;               reset "before": h·Qh is round(r h)·Qh
 *   h' = n + round(z (h - n)), saturated
 */
export interface FixedGru extends FixedGates {
  readonly cell: "gru";
  readonly reset: "before" | "after";
  /** [H], for the candidate's rows. */
  readonly shiftReset: FixedVector;
  readonly resetShiftAlignment: number;
}

/**
 *   p = round(gainInput (x·Qx)) + shift, rounded and saturated; z = sigmoid(p) of the first H rows
 *   n = p of the others, whose gains and shifts are divided by R, rounded and saturated to the format of h
 *   h' = h + round(z (n - h)), saturated
 *
 * Its recurrent weights are a matrix of no rows, with gains of 0.
 */
export interface FixedMinGru extends FixedGates {
  readonly cell: "min-gru";
  readonly reset?: undefined;
  /** Where the range of `hiddenFormat` comes from: seen on data, what the layer was trained with, or the default [-8, 8). */
  readonly hiddenRange: CellRange;
}

export type FixedLayer = FixedLstm | FixedGru | FixedMinGru;

export interface FixedFormats {
  /** The format of h (but not of a minGRU's), of tanh and of r·h: [-1, 1). */
  readonly hidden: FixedPoint;
  /** The format of sigmoid: 0 to 1 inclusive. */
  readonly gate: FixedPoint;
  readonly preactivation: FixedPoint;
  /** Binary point of everything that is added up to a pre-activation: `guardBits` finer. */
  readonly sumFractionBits: number;
}

/**
 * How recurrent sums are kept from timestep to timestep and corrected by the columns whose h changed, as delta networks do
 * (Neil et al., ICML 2017).
 */
export interface Delta {
  /** The largest change of h, in its own steps, that is no change; at 0 all results are those of reading every column. */
  readonly threshold: number;
}

/** What an accelerator holds, integers only. */
export interface FixedModel {
  readonly version: 2;
  readonly input: DeployedInput;
  readonly formats: FixedFormats;
  readonly tables: { readonly sigmoid: LookUpTable; readonly tanh: LookUpTable };
  /** From the input on; at least one. */
  readonly layers: readonly FixedLayer[];
  /** Absent where every recurrent column is read at every timestep. */
  readonly delta?: Delta;
  /** Columns of a matrix that each MAC unit takes in one cycle: N, a power of two; 1 with `delta`. Changes no result. */
  readonly columnsPerCycle: number;
}

/** Symbols or features that the accelerator reads: V or I. */
export function modelInputs({ layers }: FixedModel): number {
  return layers[0]!.inputs;
}

/** G * H */
export function gateRows({ cell, units }: { readonly cell: CellName; readonly units: number }): number {
  return cells[cell].gates.length * units;
}

/** A vector of a layer by its name in the cell's descriptor. */
export function vectorOf(layer: FixedLayer, key: string): FixedVector {
  return (layer as unknown as Readonly<Record<string, FixedVector>>)[key]!;
}
