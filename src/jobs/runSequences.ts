import type { DataPart, TaskData } from "../data/contract.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import type { Sequence } from "../hardware/calibrate.js";
import { embed } from "../hardware/embed.js";
import type { DeployedInput, DeployedModel } from "../rnn/shipping/deployedModel.js";
import { taskData } from "./taskData.js";

/**
 * What a run's model reads of a part of its data, as an accelerator gets it: the first so many symbols of a text in one
 * stream, their vectors where the model has some, or as many whole sequences as hold that many timesteps.
 * @param run a run's directory and what is in its spec.json
 * @param timesteps at least so many, where there are
 * @throws when the data is missing, or no longer the same
 */
export async function runSequences(
  run: { readonly dir: string; readonly spec: Pick<ExperimentSpec, "task"> },
  model: Pick<DeployedModel, "input">,
  part: DataPart,
  timesteps: number,
): Promise<Sequence[]> {
  return partSequences(await taskData(run.spec.task, run.dir), model.input, part, timesteps);
}

/** The same from data at hand. */
export function partSequences(data: TaskData, input: DeployedInput, part: DataPart, timesteps: number): Sequence[] {
  if (data.kind === "symbols") {
    return [symbolSequence(input, data[part].subarray(0, timesteps))];
  }
  const { values, labels } = data[part];
  const count = Math.min(labels.length, Math.ceil(timesteps / data.timesteps));
  const size = data.timesteps * data.width;
  return Array.from({ length: count }, (_, index) => ({
    kind: "dense",
    width: data.width,
    values: values.subarray(index * size, (index + 1) * size),
  }));
}

function symbolSequence(input: DeployedInput, symbols: Int32Array): Sequence {
  return input.kind === "embedding"
    ? { kind: "dense", width: input.units, values: embed(input, symbols) }
    : { kind: "symbols", symbols };
}
