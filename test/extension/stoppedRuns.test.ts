import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { registerCommands } from "../../src/extension/commands/registerCommands.js";
import { commandIds } from "../../src/extension/commands/commandIds.js";
import { trainingRendererId } from "../../src/extension/ids.js";
import type { NotebookSession } from "../../src/extension/notebook/notebookSession.js";
import { TrainingOutputMessages } from "../../src/extension/notebook/trainingOutputMessages.js";
import { productPaths } from "../../src/extension/productPaths.js";
import { RunList } from "../../src/extension/runs/runList.js";
import { RunReader } from "../../src/extension/runs/runReader.js";
import type { Services } from "../../src/extension/services.js";
import { createRun } from "../../src/runs/runWriter.js";
import { watchStopRequests } from "../../src/runs/stopRequest.js";
import { runEvidenceSchema } from "../../webview/contract.js";
import { inlineText, smallSpec, smallTensors, started, stepEvent } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { answers, registered, rendererMessages, resetFake, shown, tasks, workspaceState } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

/** Runs that stop before their last step, and what the editor does about it. */

const root = temporaryFolder();
let services: Pick<Services, "paths" | "runs" | "kernel">;
let sessions: NotebookSession[];
let failures: unknown[];

beforeEach(() => {
  resetFake();
  failures = [];
  sessions = [];
  services = {
    paths: productPaths(process.cwd(), root.path),
    runs: new RunList(new RunReader((fault) => failures.push(fault)).read),
    kernel: { allSessions: () => sessions, debug: async () => {}, restart: async () => {} },
  };
  registerCommands(services as Services, (error) => failures.push(error));
});
afterEach(() => services.runs.dispose());

const call = (id: string, ...args: unknown[]) => registered.get(id)!(...args);
const shownOf = (kind: string) => shown.filter((dialog) => dialog.kind === kind);

describe("Stop Training", () => {
  test("interrupts the kernel that owns the run", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    await services.runs.refresh(writer.dir);
    const interrupt = vi.fn();
    sessions = [{ pid: 1, interrupt: vi.fn() }, { pid: process.pid, interrupt }] as unknown as NotebookSession[];
    await call(commandIds.stopRun, writer.dir);
    expect(interrupt).toHaveBeenCalledTimes(1);
    await writer.close();
  });

  test("asks the process of another window, or a terminal, by way of the run's directory", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    const stopWatching = watchStopRequests(writer.dir, () => {
      stopWatching();
      void writer.interrupted(0);
    });
    await services.runs.refresh(writer.dir);
    await call(commandIds.stopRun, writer.dir);
    expect([services.runs.get(writer.dir)?.summary.state, shownOf("warning"), failures]).toEqual(["interrupted", [], []]);
  });

  test("says whose run it is when that does not stop", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    await services.runs.refresh(writer.dir);
    let now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => (now += 30_000));
    await call(commandIds.stopRun, writer.dir);
    vi.restoreAllMocks();
    expect(shownOf("warning")[0]?.text).toContain(String(process.pid));
    await writer.close();
  });
});

describe("Resume Run", () => {
  async function stoppedRun(): Promise<string> {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    writer.append(started());
    await writer.checkpoint(smallTensors, 3);
    await writer.interrupted(3, "window-closed");
    await services.runs.refresh(writer.dir);
    return writer.dir;
  }

  test("trains a stopped run on in a terminal of its own, from its row or from the palette", async () => {
    const dir = await stoppedRun();
    await call(commandIds.resumeRun, dir);
    answers.quickPick = async (items: { description: string }[]) => {
      expect(items.map(({ description }) => description)).toEqual(["interrupted (window closed) 3/100"]);
      return items[0];
    };
    await call(commandIds.resumeStoppedRun);
    expect(failures).toEqual([]);
    expect(tasks.map(({ execution }) => execution.args)).toEqual(Array(2).fill([services.paths.commandLine, "resume", dir]));
    expect(tasks[0]).toMatchObject({ source: "Tritloom", execution: { process: process.execPath, options: { env: { ELECTRON_RUN_AS_NODE: "1" } } } });
  });

  test("refuses a run that trains, says that there is none to pick, and does nothing in an untrusted workspace", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    await services.runs.refresh(writer.dir);
    await call(commandIds.resumeRun, writer.dir);
    await call(commandIds.resumeStoppedRun);
    expect(shownOf("information")[0]?.text).toContain("no run in this workspace that stopped");
    await writer.close();
    workspaceState.isTrusted = false;
    await call(commandIds.resumeRun, writer.dir);
    expect(failures.map(String)).toEqual([expect.stringContaining("cannot be resumed: it is running"), expect.stringContaining("trusted workspace")]);
    expect(tasks).toEqual([]);
  });
});

describe("the output of a training that asks what became of its run", () => {
  test("is told of a run of the workspace, and of no other directory", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    await services.runs.refresh(writer.dir);
    writer.append(started());
    writer.append(stepEvent(1));
    await writer.interrupted(1, "window-closed");
    const unlisted = await createRun(path.join(root.path, "elsewhere"), smallSpec(), { corpusText: inlineText });
    const faults: unknown[] = [];
    const messages = new TrainingOutputMessages(services.runs, (fault) => faults.push(fault));
    const { received, answered } = rendererMessages.get(trainingRendererId)!;
    received.fire({ message: { type: "ask-run", dir: 7 } });
    for (const dir of [writer.dir, unlisted.dir]) {
      received.fire({ message: { type: "ask-run", dir } });
    }
    await expect.poll(() => answered.length).toBe(2);
    const byDir = Object.fromEntries(answered.map((answer) => runEvidenceSchema.parse(answer)).map(({ dir, run }) => [dir, run]));
    // Its curve too, though no panel looks at it.
    expect(byDir[writer.dir]).toMatchObject({ state: "interrupted", ending: "window closed", step: 1, train: { step: [1] } });
    expect(byDir[unlisted.dir]).toBeNull();
    expect(faults.map(String)).toEqual([expect.stringContaining("is not valid")]);
    messages.dispose();
    await unlisted.close();
  });
});
