import path from "node:path";
import type { NamedTensors } from "../files/namedTensors.js";
import { runFiles } from "./runFiles.js";
import { RunError } from "./readRun.js";
import { InvalidSafetensorsError, readSafetensors } from "../files/safetensors.js";

/**
 * What a run's training goes on from.
 * @throws RunError when the run has none yet; InvalidSafetensorsError when its file is damaged
 */
export async function readCheckpoint(dir: string): Promise<NamedTensors> {
  try {
    return await readSafetensors(path.join(dir, runFiles.checkpoint));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new RunError(`The run ${dir} stopped before its first checkpoint: start it anew.`);
    }
    if (error instanceof InvalidSafetensorsError) {
      throw new InvalidSafetensorsError(`${error.message} Put back a copy of the file, or start a new run.`, { cause: error });
    }
    throw error;
  }
}
