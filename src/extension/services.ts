import type { KernelList } from "./kernels/kernelList.js";
import type { LanguageServer } from "./languageServer/languageServer.js";
import type { NotebookKernel } from "./notebook/notebookKernel.js";
import type { ProductPaths } from "./productPaths.js";
import type { RomDiagnostics } from "./romEditor/romDiagnostics.js";
import type { RunList } from "./runs/runList.js";
import type { RunSelection } from "./runs/runSelection.js";
import type { ChosenVariable } from "./variables/chosenVariable.js";
import type { NotebookVariables } from "./variables/notebookVariables.js";
import type { ChosenPipeline } from "./webviews/chosenPipeline.js";
import type { PanelName } from "./webviews/pageTable.js";
import type { Panel } from "./webviews/panel.js";

/** What commands work with; made in the composition root. */
export interface Services {
  readonly paths: ProductPaths;
  readonly kernel: Pick<NotebookKernel, "allSessions" | "debug" | "restart">;
  /** The living kernels of this machine. */
  readonly kernels: Pick<KernelList, "get" | "look">;
  readonly languageServer: Pick<LanguageServer, "restart">;
  readonly variables: Pick<NotebookVariables, "session" | "row">;
  readonly chosenVariable: Pick<ChosenVariable, "choose" | "look" | "state" | "onChange">;
  readonly runs: RunList;
  readonly selection: RunSelection;
  readonly pipeline: ChosenPipeline;
  readonly panels: Readonly<Record<PanelName, Pick<Panel, "show">>>;
  readonly romDiagnostics: Pick<RomDiagnostics, "lintFile">;
  /** Looks again at what menus and the palette depend on. */
  updateContext(): void;
}
