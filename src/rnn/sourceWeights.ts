/**
 * Float weights of a recurrent network, from wherever they come, in the layout of latent weights: matrices are [inputs, G * H]
 * row-major, gate columns in blocks g, f, i, o (LSTM) or r, z, n (GRU). I inputs, H units, G gates, V outputs.
 */
export interface SourceWeights {
  /** The cell of all layers. */
  readonly cell: "lstm" | "gru";
  /** Tells of a GRU whether the reset gate multiplies the candidate's product with h (as in PyTorch and cuDNN) or h before it. */
  readonly resetAfter?: boolean;
  /** The vector of each symbol that the first layer reads; absent where it reads values or one-hot symbols. */
  readonly embedding?: SourceEmbedding;
  /** The layers from the input on; at least one. */
  readonly layers: readonly SourceLayer[];
  /** The dense layer over the last hidden state; absent where the network ends with its recurrent layers. */
  readonly dense?: SourceDense;
}

/** The vectors of symbols, which the first layer reads in place of one-hot symbols. */
export interface SourceEmbedding {
  readonly symbols: number;
  /** Width of a vector: I of the first layer. */
  readonly units: number;
  /** [symbols, units] */
  readonly table: Float32Array;
}

/** The weights of one recurrent layer. */
export interface SourceLayer {
  /** I */
  readonly inputs: number;
  /** H */
  readonly units: number;
  /** [I, G * H] */
  readonly inputWeights: Float32Array;
  /** [H, G * H] */
  readonly recurrentWeights: Float32Array;
  /** [G * H], the biases of both products together, but for what `resetBias` holds. */
  readonly bias: Float32Array;
  /** [H], added to the candidate's recurrent product inside of the reset; only where `resetAfter`. */
  readonly resetBias?: Float32Array;
}

/** The weights of the dense layer. */
export interface SourceDense {
  /** H of the last layer. */
  readonly inputs: number;
  /** V */
  readonly outputs: number;
  /** [H, V] */
  readonly weights: Float32Array;
  /** [V] */
  readonly bias: Float32Array;
}
