import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";

/** Opens the curves with one run alone; the pipeline follows when that run has a model. */
export function openRunCurves({ selection, pipeline, panels }: Services, run: ListedRun): void {
  selection.select([run.dir]);
  if (run.isExportable) {
    pipeline.choose(run.dir);
  }
  panels.curves.show();
}
