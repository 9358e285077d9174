import * as vscode from "vscode";
import { webviewProtocolVersion as version } from "../../../webview/protocol.js";
import { figureCurvesOf } from "../../runs/runCurves.js";
import { commandIds } from "../commands/commandIds.js";
import type { Services } from "../services.js";
import { pages, type PageTopic, type SharedPage } from "./pageTable.js";
import { saveFile } from "./saveFile.js";
import { type CurvesFor, RunsFeed } from "./runsFeed.js";
import { chosenDirs, glanceDirs, type ShownDirs, shownDirs } from "./shownRuns.js";
import type { MessageSource, PageRequest, PageSetup, ViewMemory } from "./webviewConnection.js";

/** Whose curves a page can show, where it is not those of the panel of curves. */
const shownOn: Partial<Record<SharedPage, readonly [ShownDirs, CurvesFor?]>> = { table: [chosenDirs, figureCurvesOf], glance: [glanceDirs] };

type PageServices = Pick<Services, "runs" | "selection" | "pipeline" | "kernel" | "chosenVariable">;

/**
 * What each page shows and what its messages do.
 * @param memoryOf where the workspace keeps how a page was looked at
 */
export function pageSetups(services: PageServices, memoryOf: (page: SharedPage) => ViewMemory, onProblem: (problem: unknown) => void): Record<SharedPage, PageSetup> {
  const sources: Record<PageTopic, (...shown: readonly [ShownDirs, CurvesFor?]) => MessageSource> = {
    runs: (...shown) => new RunsFeed(services.runs, services.selection, ...shown),
    pipeline: () => pipelineSource(services),
    variable: () => variableSource(services),
  };
  const setup = (name: SharedPage): PageSetup => ({
    name,
    title: pages[name].title,
    sources: () => pages[name].topics.map((topic) => sources[topic](...(shownOn[name] ?? [shownDirs]))),
    memory: memoryOf(name),
    onProblem,
    onMessage: (message) => void obey(message, services).catch(onProblem),
  });
  return Object.fromEntries((Object.keys(pages) as SharedPage[]).map((name) => [name, setup(name)])) as Record<SharedPage, PageSetup>;
}

function pipelineSource({ pipeline }: PageServices): MessageSource {
  return {
    message: async () => ({ type: "pipeline", version, ...pipeline.state() }),
    onChange: pipeline.onChange,
  };
}

function variableSource({ chosenVariable }: PageServices): MessageSource {
  return {
    message: async () => ({ type: "variable", version, ...(await chosenVariable.state()) }),
    onChange: chosenVariable.onChange,
  };
}

async function obey(message: PageRequest, services: PageServices): Promise<void> {
  switch (message.type) {
    case "select":
      return services.selection.select(message.dirs);
    case "open-curves":
      return vscode.commands.executeCommand(commandIds.showCurves);
    case "open-pipeline":
      return vscode.commands.executeCommand(commandIds.showPipeline);
    case "choose-chip":
      return services.pipeline.choose(message.dir, message.options);
    case "look":
      return services.chosenVariable.look(message.look);
    case "stop":
      return (await import("../commands/stopRun.js")).stopRun(services, message.dir);
    case "resume":
      return vscode.commands.executeCommand(commandIds.resumeRun, message.dir);
    case "save":
      return saveFile(message);
    default:
      return changeRuns(message, services);
  }
}

/** What is set on runs in the table. */
async function changeRuns(message: Extract<PageRequest, { type: "mark-runs" | "edit-marks" | "delete-runs" }>, services: PageServices): Promise<void> {
  switch (message.type) {
    case "mark-runs":
      return (await import("../runs/marking.js")).markRuns(services, message.dirs, message.change);
    case "edit-marks":
      return (await import("../runs/marking.js")).editMarks(services, message.dirs, message.field);
    case "delete-runs":
      return (await import("../runs/deleting.js")).deleteRuns(services, message.dirs);
  }
}
