import { expect } from "vitest";
import { lstmWeightNames } from "../../src/rnn/kernels/contract.js";
import type {
  LstmForwardOptions,
  LstmShape,
  LstmWeights,
  Normalisation,
  RecurrentKernel,
  SequenceInput,
} from "../../src/rnn/kernels/contract.js";
import { loadNativeKernel, type NativeOptions } from "../../src/rnn/kernels/native.js";
import { lstmCell } from "../../src/rnn/kernels/nativeCells.js";
import { weightLengths } from "../../src/rnn/kernels/nativePass.js";
import type { Numbers, ReferenceWeights } from "./referenceLstm.js";

/** Random layers for the tests: the same for the same seed. */

export function kernelWith(options: NativeOptions = {}): RecurrentKernel {
  const kernel = loadNativeKernel(options);
  if ("missing" in kernel) {
    throw new Error(kernel.missing);
  }
  return kernel;
}

/** Uniform numbers in [-1, 1); mulberry32. */
export function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

export function randomFloats(length: number, random: () => number, scale = 1, shift = 0): Float32Array {
  return Float32Array.from({ length }, () => random() * scale + shift);
}

export interface LstmCase {
  readonly shape: LstmShape;
  readonly weights: LstmWeights;
  readonly input: SequenceInput;
  readonly options: LstmForwardOptions;
  /** [T, B, H] gradient of the loss sum(hidden * gradHidden) */
  readonly gradHidden: Float32Array;
}

export type CaseSizes = Pick<LstmShape, "timesteps" | "batch" | "inputs" | "units">;

export interface CaseForm {
  readonly normalisation: Normalisation;
  readonly cellNormalisation: Normalisation;
  readonly kind: SequenceInput["kind"];
  readonly options?: readonly ("carried" | "recurrentMask" | "zoneoutHidden" | "zoneoutCell")[];
}

export function randomCase(sizes: CaseSizes, form: CaseForm, seed = 1): LstmCase {
  const random = uniformNumbers(seed);
  const { normalisation, cellNormalisation, kind } = form;
  // A large epsilon: with two rows and a small one, normalisation is almost a sign function, which no precision follows.
  const shape: LstmShape = { ...sizes, normalisation, cellNormalisation, epsilon: 0.05 };
  const lengths = weightLengths(lstmCell, shape);
  const spread = 1.5 / Math.sqrt(sizes.units);
  // Affine constants with one row, or with one for each timestep: some of both.
  const productRows = normalisation === "affine" ? sizes.timesteps : 1;
  const cellRows = cellNormalisation === "affine" ? sizes.timesteps : 1;
  const weights: LstmWeights = {
    inputWeights: randomFloats(lengths.inputWeights, random),
    recurrentWeights: randomFloats(lengths.recurrentWeights, random, spread),
    gammaInput: randomFloats(lengths.gammaInput * productRows, random, 0.5, 0.8),
    gammaRecurrent: randomFloats(lengths.gammaRecurrent, random, 0.5, 0.8),
    betaRecurrent: randomFloats(lengths.betaRecurrent * productRows, random),
    gammaCell: randomFloats(lengths.gammaCell, random, 0.5, 0.8),
    betaCell: randomFloats(lengths.betaCell * cellRows, random, 0.5),
    initialHidden: randomFloats(lengths.initialHidden, random, 0.5),
    initialCell: randomFloats(lengths.initialCell, random),
  };
  const rows = sizes.timesteps * sizes.batch;
  const input: SequenceInput =
    kind === "symbols"
      ? { kind, symbols: Int32Array.from({ length: rows }, () => Math.floor(((random() + 1) / 2) * sizes.inputs)) }
      : { kind, values: randomFloats(rows * sizes.inputs, random) };
  const gradHidden = randomFloats(rows * sizes.units, random);
  return { shape, weights, input, options: randomOptions(sizes, form.options ?? [], random), gradHidden };
}

function randomOptions(
  { timesteps, batch, units }: CaseSizes,
  chosen: NonNullable<CaseForm["options"]>,
  random: () => number,
): LstmForwardOptions {
  const states = (scale: number) => randomFloats(batch * units, random, scale);
  const shares = () => Float32Array.from({ length: timesteps * batch * units }, () => zoneoutShare(random()));
  return {
    ...(chosen.includes("carried") && { carriedHidden: states(0.5), carriedCell: states(1) }),
    ...(chosen.includes("recurrentMask") && { recurrentMask: states(1).map((value) => (value < -0.4 ? 0 : 1 / 0.7)) }),
    ...(chosen.includes("zoneoutHidden") && { zoneoutHidden: shares() }),
    ...(chosen.includes("zoneoutCell") && { zoneoutCell: shares() }),
  };
}

/** 0, 1, as in training, or between, as in evaluation. */
function zoneoutShare(uniform: number): number {
  return Math.min(1, Math.max(0, uniform + 0.3));
}

export function doubled(weights: LstmWeights): ReferenceWeights {
  const entries = lstmWeightNames.map((name) => [name, Float64Array.from(weights[name])]);
  return Object.fromEntries(entries) as ReferenceWeights;
}

/** Every element within `tolerance`, relative to the largest magnitude of the whole, or to `least` where that is more. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: Numbers,
  tolerance: number,
  name: string,
  least = 1e-3,
): void {
  expect(actual.length, `${name}: length`).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), least);
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    const distance = Math.abs(actual[index]! - expected[index]!);
    worst = distance <= worst ? worst : distance; // a NaN is kept
  }
  expect(worst / scale, `${name}: largest error`).toBeLessThanOrEqual(tolerance);
}
