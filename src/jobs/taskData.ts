import path from "node:path";
import { corpusFromSpec, splitCorpus } from "../data/corpus.js";
import type { SequenceData, TaskData } from "../data/contract.js";
import { sequencesFromSpec } from "../data/sequenceCorpus.js";
import { groupedTimesteps, permutedTimesteps } from "../data/sequences.js";
import type { ClassificationSpec, TaskSpec } from "../experiment/taskSpec.js";
import { permutation, randomStream } from "../numbers/random.js";
import { runFiles } from "../runs/runFiles.js";
import { readSafetensors } from "../files/safetensors.js";

/**
 * The data of a run, found again.
 * @param runDir where what was given in a cell is kept
 * @throws when it is missing, or no longer the same
 */
export async function taskData(task: TaskSpec, runDir: string): Promise<TaskData> {
  if (task.kind !== "classification") {
    return splitCorpus(await corpusFromSpec(task.corpus, runDir), task);
  }
  const kept = path.join(runDir, runFiles.data);
  const { data } = await sequencesFromSpec(task.data, () => readSafetensors(kept), kept);
  return asTask(data, task);
}

/**
 * The sequences as the task reads them: timesteps side by side where it wants that, then in its order.
 * @throws SequenceError when timesteps are left over
 */
export function asTask(data: SequenceData, { grouped = 1, order }: Pick<ClassificationSpec, "grouped" | "order">): SequenceData {
  const lines = groupedTimesteps(data, grouped);
  return order.kind === "given"
    ? lines
    : permutedTimesteps(lines, permutation(randomStream(order.seed, "permutation", 0), lines.timesteps));
}
