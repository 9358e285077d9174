import { readRun, RunError, type RunReading } from "../runs/readRun.js";
import { UsageError } from "./command.js";

/** The run in a directory that was named on the command line. @throws UsageError when there is none */
export async function openNamedRun(dir: string): Promise<RunReading> {
  try {
    return await readRun(dir);
  } catch (error) {
    throw error instanceof RunError ? new UsageError(error.message, { cause: error }) : error;
  }
}
