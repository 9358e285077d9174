import { minGruWeightNames } from "../../src/rnn/kernels/contract.js";
import type { MinGruForwardOptions, MinGruShape, MinGruWeights, Normalisation, SequenceInput } from "../../src/rnn/kernels/contract.js";
import { minGruCell } from "../../src/rnn/kernels/nativeCells.js";
import { weightLengths } from "../../src/rnn/kernels/nativePass.js";
import { randomFloats, uniformNumbers } from "./lstmCases.js";

/**
 * The minGRU's equations in plain double precision, one scalar and one timestep after the other, and random layers for
 * the tests, the same for the same seed:
 *   z = sigmoid(N(x · Wz) + beta_z), n = N(x · Wn) + beta_n, h' = (1 - z) h_{t-1} + z n, h_t = m h_{t-1} + (1 - m) h'
 */

export type Numbers = Float64Array;
export type ReferenceWeights = { readonly [K in keyof MinGruWeights]: Numbers };

/** As SequenceInput, with dense values in either precision. */
export type ReferenceInput =
  | { readonly kind: "symbols"; readonly symbols: Int32Array }
  | { readonly kind: "dense"; readonly values: Float32Array | Numbers };

export interface ReferenceOptions {
  readonly carriedHidden?: ArrayLike<number>;
  readonly zoneoutHidden?: ArrayLike<number>;
}

export interface ReferenceResult {
  /** [T, B, H] */
  readonly hidden: Numbers;
  /** [T, 2H] each; zeros where the product is not normalised over the batch */
  readonly meanInput: Numbers;
  readonly varianceInput: Numbers;
}

export interface MinGruCase {
  readonly shape: MinGruShape;
  readonly weights: MinGruWeights;
  readonly input: SequenceInput;
  readonly options: MinGruForwardOptions;
  /** [T, B, H] gradient of the loss sum(hidden * gradHidden) */
  readonly gradHidden: Float32Array;
}

export interface MinGruCaseKind {
  readonly sizes: Pick<MinGruShape, "timesteps" | "batch" | "inputs" | "units">;
  readonly normalisation: Normalisation;
  readonly kind: SequenceInput["kind"];
  readonly everyOption?: boolean;
  /** Rows of each normaliser constant, for affine passes. */
  readonly rows?: number;
}

export function randomMinGru({ sizes, normalisation, kind, everyOption = false, rows = 1 }: MinGruCaseKind, seed = 1): MinGruCase {
  const random = uniformNumbers(seed);
  // A large epsilon: with two rows and a small one, normalisation is almost a sign function, which no precision follows.
  const shape: MinGruShape = { ...sizes, cell: "min-gru", normalisation, epsilon: 0.05 };
  const lengths = weightLengths(minGruCell, shape);
  const weights: MinGruWeights = {
    inputWeights: randomFloats(lengths.inputWeights, random, kind === "dense" ? 2 / Math.sqrt(sizes.inputs) : 1),
    gammaInput: randomFloats(rows * lengths.gammaInput, random, 0.5, 0.8),
    betaInput: randomFloats(rows * lengths.betaInput, random),
    initialHidden: randomFloats(lengths.initialHidden, random, 0.5),
  };
  const steps = sizes.timesteps * sizes.batch;
  const input: SequenceInput =
    kind === "symbols"
      ? { kind, symbols: Int32Array.from({ length: steps }, () => Math.floor(((random() + 1) / 2) * sizes.inputs)) }
      : { kind, values: randomFloats(steps * sizes.inputs, random) };
  const options: MinGruForwardOptions = everyOption
    ? {
        carriedHidden: randomFloats(sizes.batch * sizes.units, random, 0.5),
        zoneoutHidden: Float32Array.from({ length: steps * sizes.units }, () => Math.min(1, Math.max(0, random() + 0.2))),
      }
    : {};
  return { shape, weights, input, options, gradHidden: randomFloats(steps * sizes.units, random) };
}

export function doubledMinGru(weights: MinGruWeights): ReferenceWeights {
  return Object.fromEntries(minGruWeightNames.map((name) => [name, Float64Array.from(weights[name])])) as unknown as ReferenceWeights;
}

/** [B][2H] of one timestep. */
function productOf({ batch, inputs, units }: MinGruShape, weights: Numbers, input: ReferenceInput, t: number): number[][] {
  return Array.from({ length: batch }, (_, b) => {
    const row = t * batch + b;
    return Array.from({ length: 2 * units }, (_unused, column) => {
      if (input.kind === "symbols") {
        return weights[input.symbols[row]! * 2 * units + column]!;
      }
      let sum = 0;
      for (let k = 0; k < inputs; k++) {
        sum += input.values[row * inputs + k]! * weights[k * 2 * units + column]!;
      }
      return sum;
    });
  });
}

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/** Mean and variance of each element of a timestep's product: of its column, of its row, or 0 and what leaves it as it is. */
function momentsFor({ normalisation, epsilon }: MinGruShape, products: readonly number[][]): (b: number, column: number) => { mean: number; variance: number } {
  switch (normalisation) {
    case "batch": {
      const columns = products[0]!.map((_, column) => momentsOf(products.map((row) => row[column]!)));
      return (_, column) => columns[column]!;
    }
    case "layer": {
      const rows = products.map(momentsOf);
      return (b) => rows[b]!;
    }
    case "rms": {
      const rows = products.map((row) => ({ mean: 0, variance: row.reduce((sum, value) => sum + value ** 2, 0) / row.length }));
      return (b) => rows[b]!;
    }
    default:
      return () => ({ mean: 0, variance: 1 - epsilon });
  }
}

/** The row of timestep t of [R, width]: the only one there is, or the t-th. */
function rowOf(constants: Numbers, t: number, width: number): Numbers {
  return constants.length === width ? constants : constants.subarray(t * width, (t + 1) * width);
}

export function referenceMinGru(
  shape: MinGruShape,
  weights: ReferenceWeights,
  input: ReferenceInput,
  { carriedHidden, zoneoutHidden }: ReferenceOptions = {},
): ReferenceResult {
  const { timesteps, batch, units, normalisation, epsilon } = shape;
  const width = 2 * units;
  const statistics = { meanInput: new Float64Array(timesteps * width), varianceInput: new Float64Array(timesteps * width) };
  const hidden = new Float64Array(timesteps * batch * units);
  const state = Float64Array.from({ length: batch * units }, (_, index) => carriedHidden?.[index] ?? weights.initialHidden[index % units]!);
  for (let t = 0; t < timesteps; t++) {
    const products = productOf(shape, weights.inputWeights, input, t);
    const moments = momentsFor(shape, products);
    const gamma = rowOf(weights.gammaInput, t, width);
    const beta = rowOf(weights.betaInput, t, width);
    const sumOf = (b: number, column: number): number => {
      const { mean, variance } = moments(b, column);
      const gain = normalisation === "none" ? 1 : gamma[column]!;
      return (gain * (products[b]![column]! - mean)) / Math.sqrt(variance + epsilon) + beta[column]!;
    };
    for (let column = 0; column < width && normalisation === "batch"; column++) {
      statistics.meanInput[t * width + column] = moments(0, column).mean;
      statistics.varianceInput[t * width + column] = moments(0, column).variance;
    }
    for (let index = 0; index < batch * units; index++) {
      const [b, u] = [Math.floor(index / units), index % units];
      const update = 1 / (1 + Math.exp(-sumOf(b, u)));
      const fresh = (1 - update) * state[index]! + update * sumOf(b, units + u);
      const stays = zoneoutHidden?.[t * batch * units + index] ?? 0;
      state[index] = stays * state[index]! + (1 - stays) * fresh;
    }
    hidden.set(state, t * batch * units);
  }
  return { hidden, ...statistics };
}
