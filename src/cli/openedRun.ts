import path from "node:path";
import type { DeployedModel } from "../rnn/deployedModel.js";
import { deployedModelFromTensors } from "../rnn/deployedModelFile.js";
import { runFiles } from "../runs/runFiles.js";
import { readRun, RunError, type RunReading } from "../runs/readRun.js";
import { readSafetensors } from "../runs/safetensors.js";
import { UsageError } from "./command.js";

/** The run in a directory that was named on the command line. @throws UsageError when there is none */
export async function openNamedRun(dir: string): Promise<RunReading> {
  try {
    return await readRun(dir);
  } catch (error) {
    throw error instanceof RunError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** The model that a finished run ships. @throws RunError when the run is not finished */
export async function finishedModel({ dir, state }: RunReading): Promise<DeployedModel> {
  if (state !== "finished") {
    const remedy = "let it finish (tritloom resume, or run.resume() in a notebook)";
    throw new RunError(`The run ${dir} has no finished model, it is ${state}: ${remedy}.`);
  }
  return deployedModelFromTensors(await readSafetensors(path.join(dir, runFiles.model)));
}
