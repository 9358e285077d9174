import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { randomInputs } from "../rnn/packedModels.js";
import { referenceLogits } from "../rnn/packedReference.js";
import type { Tensor } from "./witness.js";

/** Timesteps that every model of the tests can read. */
export const timesteps = 7;

export interface StreamCase {
  /** The timesteps `from` up to `to` as the model's input, [T, B] or [T, B, I]. */
  readonly piece: (from: number, to: number) => Readonly<Record<string, Tensor>>;
  /** [T, B, V] in double precision. */
  readonly expected: Float64Array;
}

export function streamCase(model: DeployedModel, batch: number, seed: number): StreamCase {
  const values = randomInputs(model, timesteps, batch, seed);
  const width = model.input.kind === "dense" ? model.input.width : 1;
  const piece = (from: number, to: number): Record<string, Tensor> => {
    const part = [...values.subarray(from * batch * width, to * batch * width)];
    return model.input.kind === "dense"
      ? { input: { type: "float32", shape: [to - from, batch, width], values: part } }
      : { symbols: { type: "int64", shape: [to - from, batch], values: part } };
  };
  return { piece, expected: referenceLogits(model, values, timesteps, batch) };
}

export function largestDifference(actual: readonly number[], expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} numbers instead of ${expected.length}`);
  }
  return actual.reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected[index]!)), 0);
}
