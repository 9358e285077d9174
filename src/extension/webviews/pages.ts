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

type Deeds = { readonly [Type in PageRequest["type"]]: (message: Extract<PageRequest, { type: Type }>, services: PageServices) => Thenable<void> | void };

const deeds: Deeds = {
  select: ({ dirs }, { selection }) => selection.select(dirs),
  "open-curves": () => vscode.commands.executeCommand(commandIds.showCurves),
  "open-pipeline": () => vscode.commands.executeCommand(commandIds.showPipeline),
  "choose-chip": ({ dir, options }, { pipeline }) => pipeline.choose(dir, options),
  look: ({ look }, { chosenVariable }) => chosenVariable.look(look),
  stop: async ({ dir }, services) => (await import("../commands/stopRun.js")).stopRun(services, dir),
  resume: ({ dir }) => vscode.commands.executeCommand(commandIds.resumeRun, dir),
  "mark-runs": async ({ dirs, change }, services) => (await import("../runs/marking.js")).markRuns(services, dirs, change),
  "edit-marks": async ({ dirs, field }, services) => (await import("../runs/marking.js")).editMarks(services, dirs, field),
  "delete-runs": async ({ dirs }, services) => (await import("../runs/deleting.js")).deleteRuns(services, dirs),
  save: (message) => saveFile(message),
};

async function obey<Type extends PageRequest["type"]>(message: Extract<PageRequest, { type: Type }>, services: PageServices): Promise<void> {
  await (deeds[message.type] as Deeds[Type])(message, services);
}
