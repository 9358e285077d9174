import { gruWeightNames, lstmWeightNames, minGruWeightNames } from "./contract.js";
import type {
  GruForward,
  GruForwardOptions,
  GruShape,
  GruWeights,
  InputStatistics,
  LstmForward,
  LstmForwardOptions,
  LstmShape,
  LstmWeights,
  MinGruForward,
  MinGruForwardOptions,
  MinGruShape,
  MinGruWeights,
  ProductStatistics,
} from "./contract.js";
import { KernelArgumentError, type CellShape } from "./nativeArguments.js";

/** What passes of each cell take and give across the border to C++, in the order of `native/pass_arguments.h`. */

/** How many numbers an array has at a shape. */
type Length = (shape: CellShape) => number;

/** A part of a layer that has a normaliser: the products, or the cell state. */
type NormalisedPart = "normalisation" | "cellNormalisation";

export interface WeightArray {
  readonly length: Length;
  /** The part whose normaliser has these constants, [R, length] where that is affine. */
  readonly constantOf?: NormalisedPart;
}

export interface NativeCell<Shape extends CellShape, Weights, Options, Forward> {
  /** C++'s number of the cell: its place among the makers of passes. */
  readonly number: number;
  /** As errors name it. */
  readonly name: string;
  /** The kernel's method that makes its passes. */
  readonly maker: string;
  /** G */
  readonly gates: number;
  readonly normalised: readonly (NormalisedPart & keyof Shape)[];
  /** What the shape has beside sizes, normalisation and epsilon, as C++ numbers it. @throws KernelArgumentError */
  readonly otherForms?: (shape: Shape) => readonly number[];
  readonly weightNames: readonly (keyof Weights & string)[];
  readonly weights: Readonly<Record<keyof Weights, WeightArray>>;
  readonly options: Readonly<Record<Exclude<keyof Options, "countedRows">, Length>>;
  /** The options that are states to start from: all of them are given, or none. */
  readonly carried: readonly (keyof Options & string)[];
  /** There where a part is normalised over the batch. */
  readonly statistics: Readonly<Record<keyof NonNullable<Forward extends { readonly statistics?: infer Statistics } ? Statistics : never>, Length>>;
  readonly states: Readonly<Record<Exclude<keyof Forward, "statistics">, Length>>;
}

const units: Length = (shape) => shape.units;
const state: Length = ({ batch, units }) => batch * units;
const sequence: Length = ({ timesteps, batch, units }) => timesteps * batch * units;
const columns =
  (gates: number): Length =>
  ({ units }) =>
    gates * units;
const matrix =
  (rows: "inputs" | "units", gates: number): Length =>
  (shape) =>
    shape[rows] * gates * shape.units;
const everyTimestep =
  (row: Length): Length =>
  (shape) =>
    shape.timesteps * row(shape);

/** Constants of the products' normaliser. */
function productConstants(length: Length): WeightArray {
  return { length, constantOf: "normalisation" };
}

function inputStatistics(gates: number): Readonly<Record<keyof InputStatistics, Length>> {
  const rows = everyTimestep(columns(gates));
  return { meanInput: rows, varianceInput: rows };
}

function productStatistics(gates: number): Readonly<Record<keyof ProductStatistics, Length>> {
  const rows = everyTimestep(columns(gates));
  return { ...inputStatistics(gates), meanRecurrent: rows, varianceRecurrent: rows };
}

export const lstmCell: NativeCell<LstmShape, LstmWeights, LstmForwardOptions, LstmForward> = {
  number: 0,
  name: "LSTM",
  maker: "lstm",
  gates: 4,
  normalised: ["normalisation", "cellNormalisation"],
  weightNames: lstmWeightNames,
  weights: {
    inputWeights: { length: matrix("inputs", 4) },
    recurrentWeights: { length: matrix("units", 4) },
    gammaInput: productConstants(columns(4)),
    gammaRecurrent: productConstants(columns(4)),
    betaRecurrent: productConstants(columns(4)),
    gammaCell: { length: units, constantOf: "cellNormalisation" },
    betaCell: { length: units, constantOf: "cellNormalisation" },
    initialHidden: { length: units },
    initialCell: { length: units },
  },
  options: { carriedHidden: state, carriedCell: state, recurrentMask: state, zoneoutHidden: sequence, zoneoutCell: sequence },
  carried: ["carriedHidden", "carriedCell"],
  statistics: { ...productStatistics(4), meanCell: everyTimestep(units), varianceCell: everyTimestep(units) },
  states: { hidden: sequence, lastCell: state },
};

export const gruCell: NativeCell<GruShape, GruWeights, GruForwardOptions, GruForward> = {
  number: 1,
  name: "GRU",
  maker: "gru",
  gates: 3,
  normalised: ["normalisation"],
  otherForms: ({ reset }) => {
    if (reset !== "before" && reset !== "after") {
      throw new KernelArgumentError(`GRU shape: reset is "${String(reset)}"; known: before, after`);
    }
    return [reset === "before" ? 1 : 0];
  },
  weightNames: gruWeightNames,
  weights: {
    inputWeights: { length: matrix("inputs", 3) },
    recurrentWeights: { length: matrix("units", 3) },
    gammaInput: productConstants(columns(3)),
    gammaRecurrent: productConstants(columns(3)),
    betaRecurrent: productConstants(columns(3)),
    betaReset: productConstants(units),
    initialHidden: { length: units },
  },
  options: { carriedHidden: state, recurrentMask: state, zoneoutHidden: sequence },
  carried: ["carriedHidden"],
  statistics: productStatistics(3),
  states: { hidden: sequence },
};

export const minGruCell: NativeCell<MinGruShape, MinGruWeights, MinGruForwardOptions, MinGruForward> = {
  number: 2,
  name: "minGRU",
  maker: "minGru",
  gates: 2,
  normalised: ["normalisation"],
  weightNames: minGruWeightNames,
  weights: {
    inputWeights: { length: matrix("inputs", 2) },
    gammaInput: productConstants(columns(2)),
    betaInput: productConstants(columns(2)),
    initialHidden: { length: units },
  },
  options: { carriedHidden: state, zoneoutHidden: sequence },
  carried: ["carriedHidden"],
  statistics: inputStatistics(2),
  states: { hidden: sequence },
};
