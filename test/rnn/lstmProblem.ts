import type { GruWeights, LstmShape, LstmWeights, MinGruWeights, SequenceInput } from "../../src/rnn/kernels/contract.js";
import { normalAt, randomStream, integerAt } from "../../src/numbers/random.js";

type Sizes = Pick<LstmShape, "inputs" | "units">;
type SequenceSizes = Pick<LstmShape, "timesteps" | "batch" | "inputs">;

function normals(seed: number): (length: number, scale: number, offset?: number) => Float32Array {
  let matrix = 0;
  return (length, scale, offset = 0) => {
    const stream = randomStream(seed, "initial-weights", matrix++);
    return Float32Array.from({ length }, (_, index) => offset + scale * normalAt(stream, index));
  };
}

/** A small random layer and input for comparing kernels; `seed` makes each one different. */
export function randomWeights({ inputs, units }: Sizes, seed = 1): LstmWeights {
  const normal = normals(seed);
  return {
    inputWeights: normal(inputs * 4 * units, 0.4),
    recurrentWeights: normal(units * 4 * units, 0.4),
    gammaInput: normal(4 * units, 0.1, 0.5),
    gammaRecurrent: normal(4 * units, 0.1, 0.5),
    betaRecurrent: normal(4 * units, 0.5),
    gammaCell: normal(units, 0.1, 0.6),
    betaCell: normal(units, 0.2),
    initialHidden: normal(units, 0.3),
    initialCell: normal(units, 0.3),
  };
}

export function randomGruWeights({ inputs, units }: Sizes, seed = 1): GruWeights {
  const normal = normals(seed);
  return {
    inputWeights: normal(inputs * 3 * units, 0.4),
    recurrentWeights: normal(units * 3 * units, 0.4),
    gammaInput: normal(3 * units, 0.1, 0.5),
    gammaRecurrent: normal(3 * units, 0.1, 0.5),
    betaRecurrent: normal(3 * units, 0.5),
    betaReset: normal(units, 0.4),
    initialHidden: normal(units, 0.3),
  };
}

export function randomMinGruWeights({ inputs, units }: Sizes, seed = 1): MinGruWeights {
  const normal = normals(seed);
  return {
    inputWeights: normal(inputs * 2 * units, 0.6),
    gammaInput: normal(2 * units, 0.1, 0.7),
    betaInput: normal(2 * units, 0.5),
    initialHidden: normal(units, 0.4),
  };
}

/** At each timestep the sequences of the batch read different symbols, as far as there are enough: no variance is zero. */
export function randomSymbols({ timesteps, batch, inputs }: SequenceSizes, seed = 1): SequenceInput {
  const stream = randomStream(seed, "sampling", 0);
  const symbols = Int32Array.from({ length: timesteps * batch }, (_, index) => {
    const shift = integerAt(stream, Math.floor(index / batch), inputs);
    return ((index % batch) + shift) % inputs;
  });
  return { kind: "symbols", symbols };
}

export function randomDense({ timesteps, batch, inputs }: SequenceSizes, seed = 1): SequenceInput {
  return { kind: "dense", values: randomArray(timesteps * batch * inputs, seed) };
}

export function randomArray(length: number, seed: number): Float32Array {
  const stream = randomStream(seed, "sampling", 1);
  return Float32Array.from({ length }, (_, index) => normalAt(stream, index));
}

/** max |a - b| / (1e-3 + max |b|) */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    return Infinity;
  }
  let difference = 0;
  let scale = 1e-3;
  for (let index = 0; index < expected.length; index++) {
    const distance = Math.abs(actual[index]! - expected[index]!);
    difference = Math.max(difference, Number.isNaN(distance) ? Infinity : distance);
    scale = Math.max(scale, Math.abs(expected[index]!));
  }
  return difference / scale;
}
