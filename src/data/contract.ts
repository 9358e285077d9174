/** What training and evaluation read, whatever it was made from. */
export type TaskData = SymbolData | SequenceData;

export type DataPart = "train" | "validation" | "test";

/** A text as symbol ids in three parts, for character models (symbols are characters) and word models (words). */
export interface SymbolData {
  readonly kind: "symbols";
  /** The V symbols; index = symbol id. */
  readonly symbols: readonly string[];
  /** Symbol ids in text order, each 0 <= id < V. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** N sequences with a class each. */
export interface LabelledSequences {
  /** [N, T, I] */
  readonly values: Float32Array;
  /** [N], each 0 <= label < the number of classes */
  readonly labels: Int32Array;
}

/** What was subtracted from each value of a timestep, and by what it was then divided (0: by 1). */
export interface Scaling {
  /** [I] */
  readonly means: readonly number[];
  /** [I] */
  readonly deviations: readonly number[];
}

/** Labelled sequences of one length, in three parts. */
export interface SequenceData {
  readonly kind: "sequences";
  /** T */
  readonly timesteps: number;
  /** I: values at each timestep. */
  readonly width: number;
  /** Names of the classes; index = label. */
  readonly classes: readonly string[];
  /** How the values were standardised, which new sequences need too; absent where they were not. */
  readonly scaling?: Scaling;
  readonly train: LabelledSequences;
  readonly validation: LabelledSequences;
  readonly test: LabelledSequences;
}
