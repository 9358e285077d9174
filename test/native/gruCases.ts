import { gruWeightNames } from "../../src/rnn/kernels/contract.js";
import type { GruForwardOptions, GruShape, GruWeights, SequenceInput } from "../../src/rnn/kernels/contract.js";
import { gruCell } from "../../src/rnn/kernels/nativeCells.js";
import { weightLengths } from "../../src/rnn/kernels/nativePass.js";
import { randomFloats, uniformNumbers } from "./lstmCases.js";
import type { ReferenceWeights } from "./referenceGru.js";

/** Random GRU layers for the tests: the same for the same seed. */

export interface GruCase {
  readonly shape: GruShape;
  readonly weights: GruWeights;
  readonly input: SequenceInput;
  readonly options: GruForwardOptions;
  /** [T, B, H] gradient of the loss sum(hidden * gradHidden) */
  readonly gradHidden: Float32Array;
}

export interface GruCaseKind {
  readonly sizes: Pick<GruShape, "timesteps" | "batch" | "inputs" | "units">;
  readonly reset: GruShape["reset"];
  readonly normalisation: GruShape["normalisation"];
  readonly kind: SequenceInput["kind"];
  /** With every option of the forward pass. */
  readonly everyOption?: boolean;
  /** Rows of each normaliser constant, for affine passes. */
  readonly rows?: number;
}

export function randomGru(wanted: GruCaseKind, seed = 1): GruCase {
  const random = uniformNumbers(seed);
  const { sizes, reset, normalisation, kind, rows = 1 } = wanted;
  // A large epsilon: with two rows and a small one, normalisation is almost a sign function, which no precision follows.
  const shape: GruShape = { ...sizes, reset, normalisation, epsilon: 0.05 };
  const lengths = weightLengths(gruCell, shape);
  const weights: GruWeights = {
    inputWeights: randomFloats(lengths.inputWeights, random),
    recurrentWeights: randomFloats(lengths.recurrentWeights, random, 1.5 / Math.sqrt(sizes.units)),
    gammaInput: randomFloats(rows * lengths.gammaInput, random, 0.5, 0.8),
    gammaRecurrent: randomFloats(rows * lengths.gammaRecurrent, random, 0.5, 0.8),
    betaRecurrent: randomFloats(rows * lengths.betaRecurrent, random),
    betaReset: randomFloats(rows * lengths.betaReset, random, 0.5),
    initialHidden: randomFloats(lengths.initialHidden, random, 0.5),
  };
  const steps = sizes.timesteps * sizes.batch;
  const input: SequenceInput =
    kind === "symbols"
      ? { kind, symbols: Int32Array.from({ length: steps }, () => Math.floor(((random() + 1) / 2) * sizes.inputs)) }
      : { kind, values: randomFloats(steps * sizes.inputs, random) };
  const state = sizes.batch * sizes.units;
  const options: GruForwardOptions = wanted.everyOption
    ? {
        carriedHidden: randomFloats(state, random, 0.5),
        recurrentMask: Float32Array.from({ length: state }, () => (random() < 0.5 ? 1 / 0.75 : 0)),
        zoneoutHidden: Float32Array.from({ length: steps * sizes.units }, () => Math.max(0, random())),
      }
    : {};
  return { shape, weights, input, options, gradHidden: randomFloats(steps * sizes.units, random) };
}

export function doubledGru(weights: GruWeights): ReferenceWeights {
  const entries = gruWeightNames.map((name) => [name, Float64Array.from(weights[name])]);
  return Object.fromEntries(entries) as ReferenceWeights;
}
