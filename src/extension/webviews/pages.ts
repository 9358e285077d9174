import * as vscode from "vscode";
import type { FromWebview } from "../../../webview/contract.js";
import { webviewProtocolVersion as version } from "../../../webview/protocol.js";
import { commandIds } from "../ids.js";
import type { Services } from "../services.js";
import type { PageName } from "./content.js";
import { saveFile } from "./saveFile.js";
import { RunsFeed } from "./runsFeed.js";
import { glanceDirs, type ShownDirs, shownDirs } from "./shownRuns.js";
import type { MessageSource, PageSetup, ViewMemory } from "./webviewConnection.js";

type PageServices = Pick<Services, "runs" | "selection" | "pipeline" | "kernel">;

/** Pages of the extension's own panels and views; a ROM file has a page of its own. */
export type SharedPage = Exclude<PageName, "rom">;

const titles: Record<SharedPage, string> = {
  curves: "Training Curves",
  pipeline: "Accelerator Pipeline",
  glance: "At a Glance",
};

/**
 * What each page shows and what its messages do.
 * @param memoryOf where the workspace keeps how a page was looked at
 */
export function pageSetups(services: PageServices, memoryOf: (page: SharedPage) => ViewMemory, onProblem: (problem: unknown) => void): Record<SharedPage, PageSetup> {
  const runs = (shown: ShownDirs) => new RunsFeed(services.runs, services.selection, shown);
  const pipeline = () => pipelineSource(services);
  const setup = (name: SharedPage, sources: () => readonly MessageSource[]): PageSetup => ({
    name,
    title: titles[name],
    sources,
    memory: memoryOf(name),
    onProblem,
    onMessage: (message) => void obey(message, services).catch(onProblem),
  });
  return {
    curves: setup("curves", () => [runs(shownDirs)]),
    pipeline: setup("pipeline", () => [pipeline()]),
    glance: setup("glance", () => [runs(glanceDirs), pipeline()]),
  };
}

function pipelineSource({ pipeline }: PageServices): MessageSource {
  return {
    message: async () => ({ type: "pipeline", version, ...pipeline.state() }),
    onChange: pipeline.onChange,
  };
}

async function obey(message: FromWebview, services: PageServices): Promise<void> {
  switch (message.type) {
    case "select":
      return services.selection.select(message.dirs);
    case "open-curves":
      return vscode.commands.executeCommand(commandIds.showCurves);
    case "open-pipeline":
      return vscode.commands.executeCommand(commandIds.showPipeline);
    case "choose-chip":
      return services.pipeline.choose(message.dir, message.options);
    case "stop":
      return (await import("../commands/stopRun.js")).stopRun(services, message.dir);
    case "resume":
      return vscode.commands.executeCommand(commandIds.resumeRun, message.dir);
    case "save":
      return saveFile(message);
    case "ready":
    case "keep-view":
      return;
  }
}
