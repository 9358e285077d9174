import * as vscode from "vscode";
import type { FromWebview } from "../../../webview/contract.js";
import { webviewProtocolVersion as version } from "../../../webview/protocol.js";
import { commandIds } from "../commands/commandIds.js";
import type { Services } from "../services.js";
import { pages, type PageTopic, type SharedPage } from "./pageTable.js";
import { saveFile } from "./saveFile.js";
import { shownDirs, snapshotsFor } from "./shownRuns.js";
import type { PageSetup, SnapshotSource, ViewMemory } from "./webviewConnection.js";

type PageServices = Pick<Services, "runs" | "selection" | "pipeline" | "kernel">;

/**
 * What each page shows and what its messages do.
 * @param memoryOf where the workspace keeps how a page was looked at
 */
export function pageSetups(services: PageServices, memoryOf: (page: SharedPage) => ViewMemory, onProblem: (problem: unknown) => void): Record<SharedPage, PageSetup> {
  const sources: Record<PageTopic, SnapshotSource> = { runs: runsSource(services), pipeline: pipelineSource(services) };
  const setup = (name: SharedPage): PageSetup => ({
    name,
    title: pages[name].title,
    sources: pages[name].topics.map((topic) => sources[topic]),
    memory: memoryOf(name),
    onProblem,
    onMessage: (message) => void obey(message, services).catch(onProblem),
  });
  return Object.fromEntries((Object.keys(pages) as SharedPage[]).map((name) => [name, setup(name)])) as Record<SharedPage, PageSetup>;
}

function runsSource({ runs, selection }: PageServices): SnapshotSource {
  return {
    current: async () => {
      const selected = [...selection.dirs()];
      const shown = shownDirs(runs.all(), selected);
      // Those that are not there yet come with a later message.
      runs.wantCurves(shown);
      return { type: "runs", version, runs: snapshotsFor(runs.all(), shown), selected, isSearching: !runs.isSearched };
    },
    onChange: (listener) => {
      const both = [runs.onChange(listener), selection.onChange(listener)];
      return { dispose: () => both.forEach((each) => each.dispose()) };
    },
  };
}

function pipelineSource({ pipeline }: PageServices): SnapshotSource {
  return {
    current: async () => ({ type: "pipeline", version, ...pipeline.state() }),
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
