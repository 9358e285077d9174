/** Every command of the extension, as package.json contributes it. */
export const commandIds = {
  newNotebook: "tritloom.newNotebook",
  showCurves: "tritloom.showCurves",
  showPipeline: "tritloom.showPipeline",
  exportRom: "tritloom.exportRom",
  generateAccelerator: "tritloom.generateAccelerator",
  verifyAccelerator: "tritloom.verifyAccelerator",
  showReport: "tritloom.showReport",
  lintRom: "tritloom.lintRom",
  showRomPicture: "tritloom.showRomPicture",
  showRomText: "tritloom.showRomText",
  restartKernel: "tritloom.restartKernel",
  openQuickstart: "tritloom.openQuickstart",
  installTensorFlow: "tritloom.installTensorFlow",
  openTerminal: "tritloom.openTerminal",
  openRunCurves: "tritloom.openRunCurves",
  exportRunRom: "tritloom.exportRunRom",
  deleteRun: "tritloom.deleteRun",
  stopRun: "tritloom.stopRun",
  openRunPipeline: "tritloom.openRunPipeline",
  revealRun: "tritloom.revealRun",
  copyRunPath: "tritloom.copyRunPath",
  resumeRun: "tritloom.resumeRun",
  resumeStoppedRun: "tritloom.resumeStoppedRun",
} as const;
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewIds = { runs: "tritloom.runs", glance: "tritloom.glance" } as const;
export const panelIds = { curves: "tritloom.curves", pipeline: "tritloom.pipeline" } as const;
/** Draws a training in the output of a cell, and asks what became of its run. */
export const trainingRendererId = "tritloom.training";
/** Draws the schedule of a chip in the output of a cell, with a button that opens it. */
export const scheduleRendererId = "tritloom.schedule";
export const romEditorId = "tritloom.romEditor";
/** Language of ROM files opened as text: those are linted. */
export const romLanguageId = "tritloom-rom";
export const controllerId = "tritloom-kernel";
export const notebookType = "jupyter-notebook";
