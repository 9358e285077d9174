import { access } from "node:fs/promises";
import path from "node:path";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import { deployedModelFromTensors } from "../rnn/shipping/deployedModelFile.js";
import { RunError, type RunReading } from "./readRun.js";
import { runFiles } from "./runFiles.js";
import { readSafetensors } from "../files/safetensors.js";

/**
 * The model that a run ships: of a finished run, or of an interrupted one for which a cell has chosen the weights. Training on
 * removes that file, so it is always that of the last step.
 * @throws RunError when there is none yet; InvalidTensorsError
 */
export async function shippedModel({ dir, state }: Pick<RunReading, "dir" | "state">): Promise<DeployedModel> {
  const file = path.join(dir, runFiles.model);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (state === "running" || !isThere) {
    const remedy = "let it finish (tritloom resume, or run.resume() in a notebook)";
    throw new RunError(`The run ${dir} has no finished model, it is ${state}: ${remedy}.`);
  }
  return deployedModelFromTensors(await readSafetensors(file));
}
