import type { ShippedMatrix } from "./shippedMatrix.js";
import type { RandomStream } from "../numbers/random.js";

export type Sampling = "stochastic" | "deterministic";

/** What a quantiser may look at beside the latent weights. */
export interface QuantiserContext {
  /** One number of it for each weight; read by stochastic rules only. */
  readonly stream: RandomStream;
  /** Another sampling than the spec's; rules without a choice ignore it. */
  readonly sampling?: Sampling;
  /** How much of the effective weights is quantised, 0 to 1; the rest is latent. Default 1. */
  readonly share?: number | undefined;
  /** Adam's second moment of the latent matrix, uncorrected; read by loss-aware rules, which take zeros as all equal. */
  readonly secondMoment?: Float32Array;
  /** The learned scales, as long as `initialScales`; read by TTQ only. */
  readonly scales?: Float32Array;
}

/**
 * One matrix's quantiser: owns its work space, allocated once. Matrices are [rows, columns] row-major, a column for each
 * output (gate column, symbol).
 */
export interface Quantiser {
  readonly rows: number;
  readonly columns: number;
  /**
   * The latent weight at which a stochastic rule is certain, the histogram's unit: W0 of the paper, the magnitude of
   * BinaryConnect; null where there is none.
   */
  readonly saturation: number | null;
  /** Scales that training learns, at their start; empty for all rules but TTQ, which has two. */
  initialScales(latent: Float32Array): Float32Array;
  /**
   * The matrix that a pass multiplies with; valid until the next call.
   * @param latent the full-precision weights that training updates
   */
  quantise(latent: Float32Array, context: QuantiserContext): Float32Array;
  /** Sign or signed level of each weight of the last `quantise`, for reports; empty for full precision. */
  readonly codes: Int8Array;
  /**
   * Turns the gradient at the last quantised matrix into that at the latent one, in place (straight-through rules leave
   * it), and returns the gradient of the scales.
   */
  backward(latent: Float32Array, gradient: Float32Array): Float32Array;
  /** Brings latent weights back into their range after an update; most rules have none. */
  constrain(latent: Float32Array): void;
  /** The matrix of the last `quantise` as it ships: copies. */
  ship(): ShippedMatrix;
}
