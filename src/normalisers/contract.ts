import type * as z from "zod";

/**
 * What a normaliser is, in one value: the rest of the house asks it instead of knowing kinds. Its arithmetic at run time stands in
 * three places that are tested against each other: `src/rnn/kernels/normalise.ts` (tensors), `native/normalisation.h` (C++), and,
 * for statistics of a row, `row` here (packed inference in TypeScript, and ONNX).
 */
export interface Normaliser<Spec extends { readonly kind: string } = { readonly kind: string }> {
  readonly kind: Spec["kind"];
  /** The call that a cell makes it with: "tl.batchNorm()". */
  readonly word: `tl.${string}()`;
  readonly schema: z.ZodType<Spec>;
  /** The options that may be left out, in the schema's order. */
  readonly defaults: Omit<Spec, "kind">;
  /**
   * What its statistics are of. `minibatch`: of each column over a training minibatch, which ships as population statistics and has
   * moving averages in a TensorFlow.js layer. `row`: of each row at run time, which no constants can replace. `matrix`: of the
   * quantised matrix itself, before the kernel sees it.
   */
  readonly measures: "nothing" | "minibatch" | "row" | "matrix";
  /** Whether the cell state can have it. */
  readonly ofCell: boolean;
  /** Whether it multiplies by a trained gain. */
  readonly hasGain: boolean;
  /** What the gains are at the start of training. */
  readonly initialGain: number;
  /** The form that the compute kernel is asked for in training. */
  readonly kernelForm: string;
  /** The number of that form in `native/normalisation.h`. */
  readonly nativeNumber: number;
  /** Only where it measures rows. */
  readonly row?: RowStatistics;
  /** "layer (epsilon 0.00001)" */
  inWords(spec: Spec): string;
  /** Its constants of what ships, without the shift. */
  fold(spec: Spec, trained: TrainedNormaliser): Folded;
}

/** The values that one normaliser folds: C columns, R rows of statistics. */
export interface TrainedNormaliser {
  /** [C] */
  readonly gamma: Float32Array;
  /** [R, C] each, of the population; only where minibatches are measured. */
  readonly mean?: Float32Array | undefined;
  readonly variance?: Float32Array | undefined;
  /** 1 / |q_j| of the columns of the matrix, [C]; the cell state has none. */
  readonly inverseNorms?: () => Float64Array;
}

/** value -> gain * value + offset, [R, C] each. */
export interface Folded {
  readonly gain: Float64Array;
  readonly offset: Float64Array;
}

/** Statistics of each row over its columns, taken at run time. */
export interface RowStatistics {
  /** What the accelerator's refusal calls it: "layer normalisation". */
  readonly name: string;
  /** value -> factor * value + offset, before the gain, for the columns [first, last). */
  scaling(values: ArrayLike<number>, first: number, last: number, epsilon: number): RowScaling;
  /** The same as ONNX nodes. @param x [..., columns] @returns the name of the normalised value */
  onnx(graph: RowGraph, x: string, epsilon: number, columns: number): string;
}

export interface RowScaling {
  readonly factor: number;
  readonly offset: number;
}

/** What row statistics need of an ONNX graph; `src/interop/graphBuilder.ts` has it. */
export interface RowGraph {
  node(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, { readonly int: number } | { readonly float: number }>>): string;
  constant(name: string, shape: readonly number[], values: Float32Array): string;
  integers(name: string, ...values: number[]): string;
}
