import type { ListedKernel } from "../../../kernel/keeper/listKernels.js";
import type { VariableRow } from "../../variables/contract.js";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { type CommandButton, whenRow, whenVariable } from "./placement.js";

interface Command {
  /** The text in the palette and in menus; it ends in an ellipsis where the command asks for more. */
  readonly title: string;
  /** Name of a VS Code codicon. */
  readonly icon?: string;
  /** The `when` clause under which the command can be called; absent: always. */
  readonly enablement?: string;
  /** Menus and title bars with this command, beside the palette. */
  readonly buttons?: readonly CommandButton[];
}

/** A command of the palette. */
export interface PaletteCommand extends Command {
  /** @param target what the menu, or a link such as `command:NAME?["target"]`, gives it; undefined in the palette */
  readonly run: (services: Services, target?: unknown) => void | Promise<void>;
}

/** A command of a row in the tree of runs: its menus give it the run, which the palette could not. */
export interface RowCommand extends Command {
  readonly runOn: (services: Services, run: ListedRun) => void | Promise<void>;
}

/** A command of a row in the tree of kernels. */
export interface KernelCommand extends Command {
  readonly runOnKernel: (services: Services, kernel: ListedKernel) => void | Promise<void>;
}

/** A command of a row in the view of variables. */
export interface VariableCommand extends Command {
  readonly runOnVariable: (services: Services, variable: VariableRow) => void | Promise<void>;
}

export type AnyCommand = PaletteCommand | RowCommand | KernelCommand | VariableCommand;

const trusted = "isWorkspaceTrusted";
const hasKernel = "tritloom.hasKernel";
const hasRuns = "tritloom.hasRuns";
const hasExportableRun = "tritloom.hasExportableRun";
/** Before the extension is active nobody knows what there is, and the command itself says what it lacks. */
const whenActive = (condition: string): string => `!tritloom.active || ${condition}`;

const ownNotebook = "notebookKernel == 'tritloom.tritloom/tritloom-kernel'";
const romAsText = "resourceLangId == tritloom-rom && resourceScheme == file && activeCustomEditorId != tritloom.romEditor";
const kernelRow = "view == tritloom.kernels && viewItem == kernel";
const romAsPicture = "activeCustomEditorId == tritloom.romEditor";

const asIs = <Entry extends Record<string, AnyCommand>>(entries: Entry): Entry => entries;

/**
 * Every command of the extension, by its name after "tritloom.": what package.json contributes is generated from here by
 * `npm run contributions`. A handler is loaded by its first call, so that activation is short.
 */
export const commands = asIs({
  newNotebook: {
    title: "New Experiment Notebook",
    icon: "notebook",
    buttons: [{ menu: "view/title", group: "navigation@1", when: "view == tritloom.runs" }],
    run: async () => (await import("./newNotebook.js")).newNotebook(),
  },
  showCurves: {
    title: "Show Training Curves",
    icon: "graph-line",
    enablement: whenActive(hasRuns),
    buttons: [
      { menu: "notebook/toolbar", group: "navigation@2", when: ownNotebook },
      { menu: "view/title", group: "navigation@2", when: `view == tritloom.runs && ${hasRuns}` },
      { menu: "view/title", group: "navigation@1", when: `view == tritloom.glance && ${hasRuns}` },
    ],
    run: async (services) => (await import("./showCurves.js")).showCurves(services),
  },
  showExperiments: {
    title: "Show Experiments",
    icon: "table",
    enablement: whenActive(hasRuns),
    buttons: [
      { menu: "notebook/toolbar", group: "navigation@3", when: ownNotebook },
      { menu: "view/title", group: "navigation@4", when: `view == tritloom.runs && ${hasRuns}` },
    ],
    run: async (services) => (await import("./showExperiments.js")).showExperiments(services),
  },
  showPipeline: {
    title: "Show Accelerator Pipeline",
    icon: "circuit-board",
    buttons: [
      { menu: "view/title", group: "navigation@3", when: "view == tritloom.runs" },
      { menu: "view/title", group: "navigation@2", when: "view == tritloom.glance" },
    ],
    run: ({ panels }) => panels.pipeline.show(),
  },
  exportRom: {
    title: "Export Weight ROM…",
    enablement: whenActive(hasExportableRun),
    run: async (services) => (await import("./exportRom.js")).exportRom(services),
  },
  generateAccelerator: {
    title: "Generate Accelerator…",
    enablement: `${trusted} && (${whenActive(hasExportableRun)})`,
    run: async (services) => (await import("./generateAccelerator.js")).generateAccelerator(services),
  },
  verifyAccelerator: {
    title: "Verify Against Simulators…",
    enablement: `${trusted} && (${whenActive(hasExportableRun)})`,
    run: async (services) => (await import("./verifyAccelerator.js")).verifyAccelerator(services),
  },
  showReport: {
    title: "Show Report…",
    enablement: `${trusted} && (${whenActive(hasExportableRun)})`,
    run: async (services) => (await import("./showReport.js")).showReport(services),
  },
  lintRom: {
    title: "Lint ROM",
    run: async (services) => (await import("./lintRom.js")).lintRom(services),
  },
  showRomPicture: {
    title: "Show ROM Picture",
    icon: "symbol-color",
    enablement: "resourceLangId == tritloom-rom",
    buttons: [{ menu: "editor/title", group: "navigation@1", when: romAsText }],
    run: async () => (await import("./reopenRom.js")).reopenRom("picture"),
  },
  showRomText: {
    title: "Show ROM as Text",
    icon: "go-to-file",
    enablement: romAsPicture,
    buttons: [{ menu: "editor/title", group: "navigation@1", when: romAsPicture }],
    run: async () => (await import("./reopenRom.js")).reopenRom("text"),
  },
  restartKernel: {
    title: "Restart Kernel",
    icon: "debug-restart",
    enablement: "tritloom.hasKernel",
    buttons: [{ menu: "notebook/toolbar", group: "navigation@1", when: `${ownNotebook} && ${trusted}` }],
    run: async (services) => (await import("./restartKernel.js")).restartKernel(services),
  },
  restartLanguageServer: {
    title: "Restart Language Server",
    enablement: trusted,
    run: async (services) => (await import("./restartLanguageServer.js")).restartLanguageServer(services),
  },
  debugCell: {
    title: "Debug Cell",
    icon: "debug-alt",
    enablement: `${trusted} && ${ownNotebook}`,
    buttons: [
      { menu: "notebook/cell/execute", group: "tritloom@1", when: `${ownNotebook} && ${trusted}` },
      { menu: "notebook/cell/title", group: "tritloom@1", when: `${ownNotebook} && ${trusted} && notebookCellType == code` },
    ],
    run: async (services, target) => (await import("./debugCell.js")).debugCell(services, target),
  },
  openQuickstart: {
    title: "Open Quickstart",
    run: async (services) => (await import("./openQuickstart.js")).openQuickstart(services),
  },
  openGuide: {
    title: "Open Guide",
    icon: "book",
    buttons: [{ menu: "view/title", group: "z_guide@1", when: "view == tritloom.runs" }],
    run: async (services, page) => (await import("./openGuide.js")).openGuide(services, page),
  },
  installTensorFlow: {
    title: "Install TensorFlow Backend",
    enablement: `${trusted} && !tritloom.tensorFlowInstalled`,
    run: async (services) => (await import("./installTensorFlow.js")).installTensorFlow(services),
  },
  openTerminal: {
    title: "Open Terminal with tritloom",
    icon: "terminal",
    enablement: trusted,
    run: async (services) => (await import("./openTerminal.js")).openTerminal(services),
  },
  convertNotebook: {
    title: "Convert Notebook…",
    run: async (services) => (await import("./convertNotebook.js")).convertNotebook(services),
  },
  importCurves: {
    title: "Import Curves from CSV…",
    run: async (services) => (await import("./importCurves.js")).importCurves(services),
  },
  runWithParameters: {
    title: "Run Notebook with Parameters…",
    enablement: trusted,
    run: async (services) => (await import("./runWithParameters.js")).runWithParameters(services),
  },
  tagParameters: {
    title: "Tag Cell as Parameters",
    enablement: ownNotebook,
    run: async () => (await import("./tagParameters.js")).tagParameters(),
  },
  saveWithoutOutputs: {
    title: "Clear Outputs and Save",
    enablement: ownNotebook,
    run: async () => (await import("./saveWithoutOutputs.js")).saveWithoutOutputs(),
  },
  openRunCurves: {
    title: "Open Curves",
    icon: "graph-line",
    enablement: hasRuns,
    buttons: whenRow("run", "1_open@1", "inline@1"),
    runOn: async (services, run) => (await import("./openRunCurves.js")).openRunCurves(services, run),
  },
  exportRunRom: {
    title: "Export Weight ROM of Run…",
    icon: "save-as",
    enablement: hasExportableRun,
    buttons: whenRow("exportable", "2_export@1", "inline@3"),
    runOn: async (services, run) => (await import("./exportRom.js")).exportRunRom(services, run),
  },
  exportRun: {
    title: "Export Run to TensorBoard, MLflow or CSV…",
    enablement: hasRuns,
    buttons: whenRow("run", "2_export@2"),
    runOn: async (services, run) => (await import("./exportRun.js")).exportRun(services, run),
  },
  stopRun: {
    title: "Stop Training",
    icon: "debug-stop",
    enablement: hasRuns,
    buttons: whenRow("running", "3_training@1", "inline@2"),
    runOn: async (services, run) => (await import("./stopRun.js")).stopRun(services, run.dir),
  },
  resumeRun: {
    title: "Resume Run",
    icon: "debug-continue",
    enablement: `${trusted} && ${hasRuns}`,
    buttons: whenRow("stopped", "3_training@2", "inline@2"),
    runOn: async (services, run) => (await import("./resumeRun.js")).resumeRun(services, run),
  },
  resumeStoppedRun: {
    title: "Resume Run…",
    enablement: `${trusted} && (${whenActive(hasRuns)})`,
    run: async (services) => (await import("./resumeRun.js")).pickAndResume(services),
  },
  deleteRun: {
    title: "Delete Run…",
    icon: "trash",
    enablement: hasRuns,
    buttons: whenRow("notRunning", "9_delete@1", "inline@4"),
    runOn: async (services, run) => (await import("./deleteRun.js")).deleteRun(services, run),
  },
  openRunPipeline: {
    title: "Open Pipeline",
    enablement: hasExportableRun,
    buttons: whenRow("exportable", "1_open@2"),
    runOn: async (services, run) => (await import("./runRow.js")).openRunPipeline(services, run),
  },
  revealRun: {
    title: "Reveal in Explorer View",
    enablement: hasRuns,
    buttons: whenRow("run", "4_files@1"),
    runOn: async (services, run) => (await import("./runRow.js")).revealRun(services, run),
  },
  copyExperiment: {
    title: "Copy Experiment as JSON",
    enablement: hasRuns,
    buttons: whenRow("run", "4_files@3"),
    runOn: async (_, run) => (await import("./copyExperiment.js")).copyExperiment(run),
  },
  copyRunPath: {
    title: "Copy Path",
    enablement: hasRuns,
    buttons: whenRow("run", "4_files@2"),
    runOn: async (services, run) => (await import("./runRow.js")).copyRunPath(services, run),
  },
  openKernelNotebook: {
    title: "Open Notebook",
    icon: "go-to-file",
    enablement: trusted,
    buttons: [{ menu: "view/item/context", group: "1_open@1", when: kernelRow }],
    runOnKernel: async (_, kernel) => (await import("./openKernelNotebook.js")).openKernelNotebook(kernel),
  },
  stopKernel: {
    title: "Stop Kernel",
    icon: "debug-stop",
    enablement: trusted,
    buttons: ["2_stop@1", "inline@1"].map((group) => ({ menu: "view/item/context", group, when: kernelRow })),
    runOnKernel: async (services, kernel) => (await import("./stopKernel.js")).stopKernel(services, kernel),
  },
  openVariable: {
    title: "Open Value",
    enablement: hasKernel,
    buttons: whenVariable("1_open@1"),
    runOnVariable: async (services, variable) => (await import("./variableRow.js")).openVariable(services, variable),
  },
  goToDefiningCell: {
    title: "Go to Defining Cell",
    icon: "go-to-file",
    enablement: hasKernel,
    buttons: whenVariable("1_open@2", "inline@1"),
    runOnVariable: async (services, variable) => (await import("./variableRow.js")).goToDefiningCell(services, variable),
  },
  copyVariableName: {
    title: "Copy Name",
    enablement: hasKernel,
    buttons: whenVariable("2_copy@1"),
    runOnVariable: async (_, variable) => (await import("./variableRow.js")).copyVariableName(variable),
  },
  copyVariableValue: {
    title: "Copy Value",
    enablement: hasKernel,
    buttons: whenVariable("2_copy@2"),
    runOnVariable: async (services, variable) => (await import("./variableRow.js")).copyVariableValue(services, variable),
  },
});

export type CommandName = keyof typeof commands;
