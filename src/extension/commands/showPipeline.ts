import type { Services } from "../services.js";

/** Opens the pipeline of the chip chosen last, in the panel or by a cell; else of the newest trained run, or of a preset while there is none. */
export function showPipeline({ pipelinePanel }: Services): void {
  pipelinePanel.show();
}
