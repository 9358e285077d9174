import type { TaskData } from "../data/contract.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import { acceleratorModel } from "../hardware/acceleratorModel.js";
import { calibrationPart, type ChipSource } from "../hardware/chip.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import { partSequences } from "./runSequences.js";
import { taskData } from "./taskData.js";

/** What a run's chip is made from. @throws UnsupportedModelError for a model that there is no accelerator for */
export function chipSource(name: string, deployed: DeployedModel, data: TaskData): ChipSource {
  return {
    name,
    model: acceleratorModel(deployed),
    read: (timesteps) => partSequences(data, deployed.input, calibrationPart, timesteps),
  };
}

/** A run's data cannot be had; the message names the run, the cause and the remedy. */
export class RunDataError extends Error {
  override readonly name = "RunDataError";
}

/**
 * The data of a run, for its chip.
 * @throws RunDataError
 */
export async function chipData(run: { readonly dir: string; readonly spec: Pick<ExperimentSpec, "name" | "task"> }): Promise<TaskData> {
  try {
    return await taskData(run.spec.task, run.dir);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new RunDataError(`The data of the run "${run.spec.name}" (${run.dir}) cannot be had: ${cause} Put it back as it was, or train again.`, { cause: error });
  }
}
