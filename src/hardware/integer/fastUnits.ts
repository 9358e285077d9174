import type { FixedFormats, FixedMatrix } from "../fixedModel.js";
import type { SaturationCounts } from "./layerUnits.js";

/** The exact sums of a matrix's columns, each row times its value. */
export type MatrixProduct = (values: Int32Array, sums: Float64Array) => void;

/** @param sumBits width in two's complement that holds every sum and every partial sum */
export type ProductOf = (matrix: FixedMatrix, sumBits: number) => MatrixProduct;

/** Everything that does not depend on the timestep, in the form that the loops read. */
export interface Constants {
  readonly scaleRecurrent: Float64Array;
  readonly recurrentFactor: number;
  /** From a sum's binary point to that of a pre-activation. */
  readonly sumFactor: number;
  readonly gateFactor: number;
  readonly least: number;
  readonly most: number;
  readonly hiddenMost: number;
  readonly sigmoid: Int32Array;
  readonly tanh: Int32Array;
}

/** What a cell's step works on: the recurrent sums are there, gates and states are its results. */
export interface FastUnits {
  readonly constants: Constants;
  readonly formats: FixedFormats;
  readonly saturations: SaturationCounts;
  readonly sums: Float64Array;
  readonly gates: Int32Array;
  readonly hidden: Int32Array;
  readonly cell: Int32Array;
  readonly multiplyRecurrent: MatrixProduct;
  /** Gates of the rows `first` to `end`-1 whose recurrent term is scaled and nothing else. */
  readonly activate: (first: number, end: number, terms: Float64Array, table: Int32Array) => void;
  /** Place in a table of a sum of terms: rounded, saturated. */
  readonly preactivation: (total: number) => number;
}

/** @param terms the scaled input sums with their shifts */
export type FastStep = (terms: Float64Array) => void;

/** Integers shifted left to a common binary point. */
export function aligned(integers: Int32Array, left: number): Float64Array {
  return Float64Array.from(integers, (integer) => integer * 2 ** left);
}
