import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import type { PackedState, PackedStream } from "../../src/rnn/inference/packed/packedStream.js";
import { boundedLogits, type BoundedState, boundedStep, engineRoundings } from "./packedBound.js";
import { inputRow } from "./packedReference.js";
import { type Bounded, exact } from "./runningError.js";

function stateOf({ hidden, cell }: PackedState["layers"][number], stream: number, units: number): BoundedState {
  const row = (values: Float32Array): Bounded[] => [...values.subarray(stream * units, (stream + 1) * units)].map(exact);
  return { hidden: row(hidden), cell: cell === undefined ? [] : row(cell) };
}

/** The largest distance from the reference in units of its bound; NaN is infinitely far. */
function distance(actual: readonly number[], expected: readonly Bounded[]): number {
  const distances = expected.map(({ value, error }, index) => Math.abs(actual[index]! - value) / error);
  return distances.reduce((most, each) => (Number.isNaN(each) ? Infinity : Math.max(most, each)), 0);
}

/**
 * Steps the stream through [T, B] inputs. Each state and all logits are compared with one step of the equations in double
 * precision from the engine's own state before, so that no bound has to follow errors through many timesteps.
 * @returns the largest distance in units of the derived bound, which an engine keeps to 1, and the logits [T, B, V]
 */
export function followStream(
  model: DeployedModel,
  stream: PackedStream,
  input: Int32Array | Float32Array,
  timesteps: number,
  batch: number,
): { readonly worst: number; readonly logits: number[] } {
  const rounding = engineRoundings[stream.engine]!;
  const { outputWeights, outputBias, outputs } = model;
  const width = input.length / timesteps;
  const all: number[] = [];
  let worst = 0;
  for (let t = 0; t < timesteps; t++) {
    const before = stream.state.layers;
    const logits = [...stream.step(input.subarray(t * width, (t + 1) * width))];
    const after = stream.state.layers;
    for (let index = 0; index < batch; index++) {
      const top = model.layers.reduce<readonly Bounded[]>(
        (x, layer, number) => {
          const expected = boundedStep(layer, x, stateOf(before[number]!, index, layer.units), t, rounding);
          const actual = stateOf(after[number]!, index, layer.units);
          const values = (row: readonly Bounded[]): number[] => row.map(({ value }) => value);
          worst = Math.max(worst, distance(values(actual.hidden), expected.hidden), distance(values(actual.cell), expected.cell));
          return actual.hidden;
        },
        inputRow(model, input, t * batch + index).map(exact),
      );
      const own = logits.slice(index * outputs.length, (index + 1) * outputs.length);
      worst = Math.max(worst, distance(own, boundedLogits(outputWeights, outputBias, top, rounding)));
    }
    all.push(...logits);
  }
  return { worst, logits: all };
}
