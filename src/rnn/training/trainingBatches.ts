import type { TaskData } from "../../data/contract.js";
import type { TaskSpec } from "../../experiment/taskSpec.js";
import type { MinibatchShape, TrainingBatches } from "./minibatch.js";
import { ShuffledSequences } from "./sequenceBatches.js";
import { ConsecutiveWindows, ShuffledWindows } from "./windows.js";

/** T and B of a task's minibatches. */
export function minibatchShape(task: TaskSpec, data: TaskData): MinibatchShape {
  const timesteps = data.kind === "sequences" ? data.timesteps : "sequenceLength" in task ? task.sequenceLength : 1;
  return { timesteps, batch: task.batchSize };
}

/**
 * What training reads.
 * @param inOrder whether layers carry their state, so that windows must follow each other
 */
export function trainingBatches(data: TaskData, shape: MinibatchShape, seed: number, inOrder: boolean): TrainingBatches {
  if (data.kind === "sequences") {
    return new ShuffledSequences(data.train, data, shape.batch, seed);
  }
  return inOrder ? new ConsecutiveWindows(data.train, shape) : new ShuffledWindows(data.train, shape, seed);
}
