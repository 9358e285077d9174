import * as z from "zod";
import { type PipelineSnapshot, pipelineSnapshotSchema } from "../../../webview/contract.js";
import { chipArguments } from "../../jobs/chipArguments.js";
import type { ChipOptions } from "../../hardware/chipOptions.js";
import { runTritloom } from "../tritloomProcess.js";

const answerSchema = z.object({ integers: pipelineSnapshotSchema });

/**
 * A run's chip in one timestep of its data. Calibration takes seconds, so a process of its own makes it.
 * @param program dist/cli.js
 * @returns undefined when it was stopped
 * @throws Error when the run, its model or its data cannot be read; the message says what to do
 */
export async function makePipeline(program: string, dir: string, options: ChipOptions, signal: AbortSignal): Promise<PipelineSnapshot | undefined> {
  const answer = await runTritloom(program, ["schedule", dir, "--integers", ...chipArguments(options)], { signal });
  return answer === undefined ? undefined : answerSchema.parse(answer).integers;
}
