import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import type { ChipOfRun } from "./chipOfRun.js";
import { openChip } from "./commands/openChip.js";
import { registerCommands } from "./commands/registerCommands.js";
import type { AttachDebugger } from "./debugging/attachDebugger.js";
import { DisposableOwner } from "./disposable.js";
import { panelIds, viewIds } from "./ids.js";
import { LanguageServer, type StartClient } from "./languageServer/languageServer.js";
import { ServedNotebooks } from "./languageServer/servedNotebooks.js";
import { OpenChipMessages } from "./notebook/openChipMessages.js";
import { TrainingOutputMessages } from "./notebook/trainingOutputMessages.js";
import { KernelList } from "./kernels/kernelList.js";
import { KernelTree } from "./kernels/kernelTree.js";
import type { KernelPlace } from "./notebook/connectKernel.js";
import { type Kernels, NotebookKernel } from "./notebook/notebookKernel.js";
import { NotebookTabs } from "./notebook/notebookTabs.js";
import { type ProductPaths, productPaths } from "./productPaths.js";
import { RomDiagnostics } from "./romEditor/romDiagnostics.js";
import { RomEditor } from "./romEditor/romEditor.js";
import { RomReading } from "./romEditor/romReading.js";
import { RunDiscovery } from "./runs/runDiscovery.js";
import { type ReadListedRun, RunList } from "./runs/runList.js";
import { type Memory, RunSelection } from "./runs/runSelection.js";
import { RunTree } from "./runs/runTree.js";
import type { Services } from "./services.js";
import { type ChipMemory, type ChosenChips, ChosenPipeline, type MakePipeline } from "./webviews/chosenPipeline.js";
import { GlanceView } from "./webviews/glanceView.js";
import { pageSetups } from "./webviews/pages.js";
import { pages, type PageTopic, type PanelName, panelNames, type SharedPage } from "./webviews/pageTable.js";
import { Panel } from "./webviews/panel.js";
import { ChosenVariable, type Choice, type ChoiceMemory } from "./variables/chosenVariable.js";
import { NotebookVariables } from "./variables/notebookVariables.js";
import { VariableView } from "./variables/variableView.js";
import { notificationText } from "./notificationText.js";
import type { ViewMemory } from "./webviews/webviewConnection.js";
import type { KeptView } from "../../webview/contract.js";

/** The composition root: makes every service by hand and passes each what it needs. */
export class Tritloom extends DisposableOwner {
  private readonly paths: ProductPaths;
  private readonly log = this.track(vscode.window.createOutputChannel("Tritloom", { log: true }));
  private readonly runs: RunList;
  private readonly kernel: NotebookKernel;
  private readonly pipeline: ChosenPipeline;
  private readonly contextKeys = new Map<string, boolean>();
  private views: readonly { isVisible: boolean }[] = [];
  private pipelineViews: readonly { isVisible: boolean }[] = [];

  constructor(context: vscode.ExtensionContext) {
    super();
    const noteFault = (error: unknown) => this.log.error(error instanceof Error ? error : String(error));
    this.paths = productPaths(context.extensionPath, context.globalStorageUri.fsPath);
    this.runs = this.track(new RunList(readerLoadedAtFirstUse(noteFault)));
    const tabs = this.track(new NotebookTabs());
    const served = this.track(new ServedNotebooks(tabs));
    const languageServer = this.track(new LanguageServer(served, this.log, clientLoadedAtFirstUse(this.paths)));
    const kernels = kernelsLoadedAtFirstUse({ paths: this.paths, scope: windowScope(context) });
    this.kernel = this.track(new NotebookKernel(kernels, languageServer, debuggerLoadedAtFirstUse(this.paths), tabs, noteFault));
    this.track(this.kernel.onSelection(({ notebook, selected }) => served.choose(notebook, selected)));
    const selection = this.track(new RunSelection(this.runs, remembered(context, "curves")));
    this.pipeline = this.track(new ChosenPipeline(this.runs, rememberedChips(context), pipelineMadeBy(this.paths.commandLine)));
    const variables = this.track(new NotebookVariables(this.kernel, noteFault));
    const chosenVariable = this.track(new ChosenVariable(this.kernel, rememberedVariable(context)));
    const data = { runs: this.runs, selection, pipeline: this.pipeline, kernel: this.kernel, variables, chosenVariable };
    const kernelList = this.makeKernelView(noteFault);
    const panels = this.makeViews(context, pageSetups(data, (page) => rememberedView(context, page), noteFault));
    const romReading = this.track(new RomReading(this.paths.romWorker));
    const romDiagnostics = this.track(new RomDiagnostics(romReading, noteFault));
    this.track(new VariableView(variables));
    this.track(new RomEditor(this.paths.webviews, romReading, noteFault));

    const services: Services = {
      ...data,
      kernels: kernelList,
      panels,
      romDiagnostics,
      languageServer,
      paths: this.paths,
      updateContext: () => this.updateContext(),
    };
    registerCommands(services, (error) => this.tell(error)).forEach((command) => this.track(command));
    this.track(this.runs.onChange(() => this.updateContext()));
    this.track(this.kernel.onChange(() => this.updateContext()));
    this.track(this.kernel.onRun((dir) => void this.runs.refresh(dir)));
    this.track(this.kernel.onChip((chip) => void this.showChip(chip)));
    this.track(new OpenChipMessages((chip) => void openChip(services, chip).catch((error: unknown) => this.tell(error)), noteFault));
    this.track(new TrainingOutputMessages(this.runs, noteFault));
    void this.track(new RunDiscovery(this.runs, noteFault)).start();
    this.updateContext();
  }

  private makeViews(
    context: vscode.ExtensionContext,
    setups: ReturnType<typeof pageSetups>,
  ): Services["panels"] {
    const { webviews } = this.paths;
    const icon = vscode.Uri.joinPath(context.extensionUri, "media/icon.png");
    const onVisibility = () => this.updateWatching();
    const panels = Object.fromEntries(
      panelNames.map((name) => [name, this.track(new Panel(panelIds[name], setups[name], webviews, icon, onVisibility))]),
    ) as Record<PanelName, Panel>;
    const glance = this.track(new GlanceView(setups.glance, webviews, onVisibility));
    this.track(vscode.window.registerWebviewViewProvider(viewIds.glance, glance));
    const tree = this.track(vscode.window.createTreeView(viewIds.runs, { treeDataProvider: this.track(new RunTree(this.runs)) }));
    this.track(tree.onDidChangeVisibility(onVisibility));
    const treeVisibility = {
      get isVisible() {
        return tree.visible;
      },
    };
    const shown = { ...panels, glance };
    const telling = (topic: PageTopic) => (Object.keys(shown) as SharedPage[]).filter((name) => (pages[name].topics as readonly PageTopic[]).includes(topic)).map((name) => shown[name]);
    this.views = [...telling("runs"), treeVisibility];
    this.pipelineViews = telling("pipeline");
    return panels;
  }

  private makeKernelView(onFault: (error: unknown) => void): KernelList {
    const load = async () => (await import("./kernels/kernelListing.js")).kernelListing;
    const kernels = this.track(new KernelList(load, onFault));
    const view = this.track(vscode.window.createTreeView(viewIds.kernels, { treeDataProvider: this.track(new KernelTree(kernels)) }));
    this.track(view.onDidChangeVisibility(() => kernels.setVisible(view.visible)));
    this.track(this.kernel.onChange(() => view.visible && void kernels.look()));
    kernels.setVisible(view.visible);
    return kernels;
  }

  private updateWatching(): void {
    this.runs.setWatched(this.views.some(({ isVisible }) => isVisible));
    if (!this.pipelineViews.some(({ isVisible }) => isVisible)) {
      this.pipeline.stop();
    }
  }

  /** The chip of a cell is the one that the panel shows from then on. */
  private async showChip({ dir, options }: ChipOfRun): Promise<void> {
    await this.runs.refresh(dir);
    if (this.runs.get(dir)?.isExportable) {
      this.pipeline.choose(dir, options);
    }
  }

  /** What `when` and `enablement` clauses of package.json ask for. */
  private updateContext(): void {
    const runs = this.runs.all();
    // While runs are looked for, commands that need one are offered and wait for the search.
    const mayComeYet = !this.runs.isSearched;
    const keys = {
      active: true,
      runsAreKnown: !mayComeYet,
      hasRuns: mayComeYet || runs.length > 0,
      hasExportableRun: mayComeYet || runs.some(({ isExportable }) => isExportable),
      hasKernel: this.kernel.allSessions().length > 0,
      tensorFlowInstalled: existsSync(this.paths.tensorFlow),
    };
    for (const [key, value] of Object.entries(keys)) {
      if (this.contextKeys.get(key) !== value) {
        this.contextKeys.set(key, value);
        void vscode.commands.executeCommand("setContext", `tritloom.${key}`, value);
      }
    }
  }

  private tell(error: unknown): void {
    this.log.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(notificationText(error instanceof Error ? error.message : String(error)));
  }
}

/** The client of the language server is loaded with the first notebook that wants one. */
function clientLoadedAtFirstUse(paths: ProductPaths): StartClient {
  return async (setup) => (await import("./languageServer/cellsClient.js")).CellsClient.start({ ...setup, paths });
}

/** One reader for all runs; what it needs to read them is loaded with the first. */
function readerLoadedAtFirstUse(onFault: (error: unknown) => void): ReadListedRun {
  const load = async (): Promise<ReadListedRun> => new (await import("./runs/runReader.js")).RunReader(onFault).read;
  let reader: Promise<ReadListedRun> | undefined;
  return async (...run) => (await (reader ??= load()))(...run);
}

/** What finds and starts kernels is loaded with the first notebook. */
function debuggerLoadedAtFirstUse(paths: ProductPaths): AttachDebugger {
  return async (cell, url) => (await import("./debugging/attachDebugger.js")).attachDebugger(cell, url, path.dirname(paths.kernel));
}

function kernelsLoadedAtFirstUse(place: KernelPlace): Kernels {
  const load = () => import("./notebook/connectKernel.js");
  return {
    connect: async (notebook, how, events) => (await load()).connectKernel(notebook, place, how, events),
    livesFor: async (notebook) => (await (await load()).recordOf(notebook.uri, place)) !== undefined,
    renamed: async (from, to) => (await load()).renameKernels(from, to, place),
  };
}

/** Tells notebooks of this window that were never saved from those of others, also after it was reloaded. */
function windowScope({ workspaceState }: vscode.ExtensionContext): string {
  const key = "kernels.scope";
  const scope = workspaceState.get<string>(key) ?? randomUUID();
  void workspaceState.update(key, scope);
  return scope;
}

/** What makes a chip is loaded with the first one. */
function pipelineMadeBy(program: string): MakePipeline {
  return async (...chip) => (await import("./webviews/makePipeline.js")).makePipeline(program, ...chip);
}

function rememberedChips(context: vscode.ExtensionContext): ChipMemory {
  const key = "pipeline.chips";
  return {
    get: () => context.workspaceState.get<ChosenChips>(key),
    set: (chosen) => void context.workspaceState.update(key, chosen),
  };
}

function rememberedVariable(context: vscode.ExtensionContext): ChoiceMemory {
  const key = "variables.chosen";
  return {
    get: () => context.workspaceState.get<Choice>(key),
    set: (choice) => void context.workspaceState.update(key, choice),
  };
}

function rememberedView(context: vscode.ExtensionContext, page: SharedPage): ViewMemory {
  const key = `view.${page}`;
  return {
    get: () => context.workspaceState.get<KeptView>(key),
    set: (kept) => void context.workspaceState.update(key, kept),
  };
}

/** A choice of runs that survives a window reload, kept with the workspace. */
function remembered(context: vscode.ExtensionContext, name: string): Memory {
  const key = `runs.${name}`;
  return {
    get: () => context.workspaceState.get<string[]>(key),
    set: (dirs) => void context.workspaceState.update(key, [...dirs]),
  };
}
