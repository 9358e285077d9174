import type { TrainingForm } from "../../normalisers/lookup.js";

/**
 * The compute kernel of the recurrence: one LSTM, GRU or minGRU layer over a whole sequence, forward and backward, and the dense
 * products around it. `native/` implements it in C++, `tensorKernel.ts` in TensorFlow.js operations; the second is the
 * tested twin of the first.
 *
 * Shape legend: T timesteps, B batch, I inputs, H units, G gates (4 for LSTM, 3 for GRU, 2 for minGRU). Matrices are row-major
 * Float32Arrays. Sequences are time-major: [T, B, *]. The G * H gate columns are G blocks of H: g, f, i, o (candidate,
 * forget, input, output) for the LSTM, the order of the paper's released code; r, z, n (reset, update, candidate) for
 * the GRU; z, n for the minGRU.
 */

/**
 * How products, or the cell state, are normalised in this pass; each form has a gain (gamma) and a shift (beta). Of those of
 * training, `src/normalisers/` has a file each: `none`: value + beta, gammas are not read; `batch`: statistics over the batch,
 * separately at each timestep, biased variance, epsilon inside the square root; statistics over the columns of each row, all
 * G * H of a product together or the H of the cell state. The two recurrent products of a GRU that resets before the product
 * (2H columns for r and z, H for n) are two rows with statistics of their own.
 * `affine`: gamma * value + beta with statistics already folded in. Gammas and betas are [R, columns] with R = 1, the same at
 * all timesteps, or R = T. Forward only.
 */
export type Normalisation = TrainingForm | "affine";

/** Signed numbers integer * 2^-fractionBits, the integer in `bits` bits, two's complement. */
export interface FixedPoint {
  readonly bits: number;
  readonly fractionBits: number;
}

/** Formats to which the states are rounded before the first and after each timestep: nearest, ties upwards, saturated. */
export interface StateRounding {
  readonly hidden: FixedPoint;
  /** LSTM only; what the output tanh reads is the rounded cell. */
  readonly cell?: FixedPoint;
}

/**
 * Bits of the vectors that the matrices multiply, each row rounded to multiples of its largest magnitude over 2^(bits - 1) - 1 (Ma
 * et al. 2024); gradients go straight through. The recurrent vector is h, masked and reset as it enters the product.
 */
export interface ActivationRounding {
  readonly input?: number | undefined;
  readonly recurrent?: number | undefined;
}

export interface SequenceShape {
  readonly timesteps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
  /** The normalisation of the input product and the recurrent product. */
  readonly normalisation: Normalisation;
  /** Not read where nothing is measured. */
  readonly epsilon: number;
  /** States in fixed point; for kernels that say `roundsStates`. */
  readonly rounding?: StateRounding | undefined;
  /** For kernels that say `roundsStates`. */
  readonly activations?: ActivationRounding | undefined;
}

export interface LstmShape extends SequenceShape {
  /** The normalisation of the cell state before the output tanh. */
  readonly cellNormalisation: Normalisation;
}

/**
 * z, r through the logistic function, N(.) the normalisation, h_t = (1 - z) * n + z * h_{t-1}:
 * `before`: n = tanh(N((r * h) · Wn) + N(x · Vn) + beta_n), the form of Cho et al. 2014;
 * `after`: n = tanh(r * (N(h · Wn) + betaReset) + N(x · Vn) + beta_n), the form of cuDNN and PyTorch.
 * Normalised GRUs are our own design: the paper's released code has none.
 */
export interface GruShape extends SequenceShape {
  readonly reset: "before" | "after";
}

/** h_t = (1 - z) * h_{t-1} + z * n with z = sigmoid(N(x · Wz) + beta_z), n = N(x · Wn) + beta_n (Feng et al. 2024, section 3.1): no product of the state, so all timesteps are one scan. */
export interface MinGruShape extends SequenceShape {
  readonly cell: "min-gru";
}

/** What one pass multiplies with: already quantised matrices and the normalisers' trained constants. */
export interface LstmWeights {
  /** [I, 4H] */
  readonly inputWeights: Float32Array;
  /** [H, 4H] */
  readonly recurrentWeights: Float32Array;
  /** [4H] gain of the normalised input product */
  readonly gammaInput: Float32Array;
  /** [4H] gain of the normalised recurrent product */
  readonly gammaRecurrent: Float32Array;
  /** [4H] shift of the gates, the LSTM's bias */
  readonly betaRecurrent: Float32Array;
  /** [H] gain of the normalised cell state before the output tanh */
  readonly gammaCell: Float32Array;
  /** [H] */
  readonly betaCell: Float32Array;
  /** [H] hidden state before the first timestep, the same for each sequence of the batch */
  readonly initialHidden: Float32Array;
  /** [H] */
  readonly initialCell: Float32Array;
}

/** The weights in the order in which C++ and TensorFlow.js operations take them. */
export const lstmWeightNames = [
  "inputWeights",
  "recurrentWeights",
  "gammaInput",
  "gammaRecurrent",
  "betaRecurrent",
  "gammaCell",
  "betaCell",
  "initialHidden",
  "initialCell",
] as const satisfies readonly (keyof LstmWeights)[];

export interface GruWeights {
  /** [I, 3H] */
  readonly inputWeights: Float32Array;
  /** [H, 3H] */
  readonly recurrentWeights: Float32Array;
  /** [3H] */
  readonly gammaInput: Float32Array;
  /** [3H] */
  readonly gammaRecurrent: Float32Array;
  /** [3H] shift of the gates, outside the reset */
  readonly betaRecurrent: Float32Array;
  /** [H] shift of the candidate's recurrent product, inside the reset; not read when the reset comes before the product */
  readonly betaReset: Float32Array;
  /** [H] */
  readonly initialHidden: Float32Array;
}

export const gruWeightNames = [
  "inputWeights",
  "recurrentWeights",
  "gammaInput",
  "gammaRecurrent",
  "betaRecurrent",
  "betaReset",
  "initialHidden",
] as const satisfies readonly (keyof GruWeights)[];

export interface MinGruWeights {
  /** [I, 2H], blocks z, n (update, candidate) */
  readonly inputWeights: Float32Array;
  /** [2H] gain of the normalised input product */
  readonly gammaInput: Float32Array;
  /** [2H] shift of the gates */
  readonly betaInput: Float32Array;
  /** [H] */
  readonly initialHidden: Float32Array;
}

export const minGruWeightNames = ["inputWeights", "gammaInput", "betaInput", "initialHidden"] as const satisfies readonly (keyof MinGruWeights)[];

/** Batch statistics of one forward pass, per timestep: [T, G * H] each; zeros where the products are not `batch`. */
export interface InputStatistics {
  readonly meanInput: Float32Array;
  readonly varianceInput: Float32Array;
}

export interface ProductStatistics extends InputStatistics {
  readonly meanRecurrent: Float32Array;
  readonly varianceRecurrent: Float32Array;
}

/** [T, H] for the cell; zeros where it is not `batch`. */
export interface LstmStatistics extends ProductStatistics {
  readonly meanCell: Float32Array;
  readonly varianceCell: Float32Array;
}

/** What each normalised part's statistics are called. */
export const momentNames = {
  input: { mean: "meanInput", variance: "varianceInput" },
  recurrent: { mean: "meanRecurrent", variance: "varianceRecurrent" },
  cell: { mean: "meanCell", variance: "varianceCell" },
} as const satisfies Readonly<Record<string, Readonly<Record<"mean" | "variance", keyof LstmStatistics>>>>;

/** Either one symbol a step (one-hot; the product is a row of the matrix) or real-valued vectors. */
export type SequenceInput =
  /** [T, B] symbol indices, each 0 <= id < I */
  | { readonly kind: "symbols"; readonly symbols: Int32Array }
  /** [T, B, I] */
  | { readonly kind: "dense"; readonly values: Float32Array };

export interface MinGruForwardOptions {
  /** [B, H] state to start from instead of initialHidden: a stream carried on, or a noisy start. */
  readonly carriedHidden?: Float32Array;
  /**
   * [T, B, H] share of the old state that stays: h_t = m * h_{t-1} + (1 - m) * h'_t (zoneout, Krueger et al. 2017): 0 or
   * 1 in training, the rate itself in evaluation.
   */
  readonly zoneoutHidden?: Float32Array;
  /**
   * [T, B], 1 for a row that batch statistics count and 0 for padding, which they leave out; for kernels with
   * `masksStatistics` only. The states of padded rows are held by the shares of zoneout.
   */
  readonly countedRows?: Float32Array;
}

export interface GruForwardOptions extends MinGruForwardOptions {
  /**
   * [B, H] factors on h_{t-1} where it enters the recurrent product (not where it is carried or mixed in), the same at
   * all timesteps: 0 or 1 / keep probability (Gal and Ghahramani 2016).
   */
  readonly recurrentMask?: Float32Array;
}

export interface LstmForwardOptions extends GruForwardOptions {
  /** [B, H]; given together with carriedHidden. */
  readonly carriedCell?: Float32Array;
  /** [T, B, H]; c_t = m * c_{t-1} + (1 - m) * c'_t, while h'_t is computed from c'_t itself, as in the zoneout paper. */
  readonly zoneoutCell?: Float32Array;
}

export interface MinGruForward {
  /** [T, B, H] */
  readonly hidden: Float32Array;
  /** Only where the product is `batch`. */
  readonly statistics?: InputStatistics;
}

export interface GruForward {
  /** [T, B, H] */
  readonly hidden: Float32Array;
  /** Only where the products are `batch`. */
  readonly statistics?: ProductStatistics;
}

export interface LstmForward {
  /** [T, B, H] */
  readonly hidden: Float32Array;
  /** [B, H] cell state after the last timestep */
  readonly lastCell: Float32Array;
  /** Only where products or cell are `batch`. */
  readonly statistics?: LstmStatistics;
}

/**
 * Gradients of a scalar loss with respect to every weight, same shapes. After a carried pass those of the initial states
 * are those of what was carried in, summed over the batch: a shift that all sequences share.
 */
export type Gradients<Weights> = { readonly [K in keyof Weights]: Float32Array } & {
  /** [T, B, I]; only for dense input */
  readonly input?: Float32Array;
};

/** One layer's pass at one shape; owns its work space, allocated once, so a training loop does not allocate. */
export interface RecurrentPass<Shape, Weights, Options, Forward> {
  readonly shape: Shape;
  /** Arrays in the result stay valid until the next call of `forward`. */
  forward(weights: Weights, input: SequenceInput, options?: Options): Forward;
  /**
   * Gradients at the last `forward`, which must not have been `affine`.
   * @param gradHidden [T, B, H] gradient of the loss with respect to `hidden`
   * Arrays in the result stay valid until the next call of `backward`.
   */
  backward(gradHidden: Float32Array): Gradients<Weights>;
  dispose(): void;
}

export type LstmPass = RecurrentPass<LstmShape, LstmWeights, LstmForwardOptions, LstmForward>;
export type GruPass = RecurrentPass<GruShape, GruWeights, GruForwardOptions, GruForward>;
export type MinGruPass = RecurrentPass<MinGruShape, MinGruWeights, MinGruForwardOptions, MinGruForward>;

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export interface RecurrentKernel {
  /** Recorded in the run: "native avx512", "native avx2", "native scalar", "tensor (wasm)", "tensor (cpu)", "tensor (tensorflow)". */
  readonly name: string;
  /** Threads that a pass uses. */
  readonly threads: number;
  /** Whether passes may have `rounding` and `activations`. */
  readonly roundsStates?: boolean;
  /** Whether batch statistics may leave rows out: `countedRows`. */
  readonly masksStatistics?: boolean;
  lstm(shape: LstmShape): LstmPass;
  gru(shape: GruShape): GruPass;
  minGru(shape: MinGruShape): MinGruPass;
  /** op(a)·op(b) with op the transpose where asked; into `out` where given (overwritten). */
  multiply(a: Matrix, b: Matrix, options?: { transposeA?: boolean; transposeB?: boolean; out?: Float32Array }): Float32Array;
  /**
   * Mean cross-entropy of softmax(logits) against the targets, in nats, and its gradient.
   * Optional: a kernel without it leaves the work to the caller's TypeScript.
   * @param logits [N, V]
   * @param targets [N] class indices, each 0 <= id < V
   * @param gradLogits [N, V], overwritten with (softmax - one-hot) / N; leave it out for the loss alone
   */
  softmaxCrossEntropy?(logits: Matrix, targets: Int32Array, gradLogits?: Float32Array): number;
  /**
   * One Adam update in place: moments decay towards the gradient and its square, then
   * parameter -= stepSize * moment1 / (sqrt(moment2) + epsilon). The bias correction is folded into stepSize by the
   * caller: rate * sqrt(1 - beta2^n) / (1 - beta1^n). All four arrays have one length. Optional, as above.
   */
  adamUpdate?(
    parameters: Float32Array,
    gradient: Float32Array,
    moment1: Float32Array,
    moment2: Float32Array,
    constants: { readonly stepSize: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number },
  ): void;
}
