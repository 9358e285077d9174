import type { ChipOfRun } from "../chipOfRun.js";
import type { Services } from "../services.js";

/**
 * Opens the pipeline with exactly this chip.
 * @throws Error when the run is gone, or has no model yet
 */
export async function openChip({ runs, pipeline, panels }: Pick<Services, "runs" | "pipeline" | "panels">, { dir, options }: ChipOfRun): Promise<void> {
  await runs.refresh(dir);
  const run = runs.get(dir);
  if (!run?.isExportable) {
    const fault = run ? "has no trained model any more" : "is not there any more";
    throw new Error(`The run in ${dir} ${fault}, so its chip cannot be shown: run the cell that trains, and then this one, again.`);
  }
  pipeline.choose(dir, options);
  panels.pipeline.show();
}
