import type * as vscode from "vscode";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AttachedEvents } from "../../kernel/keeper/attachedKernel.js";
import { activate } from "../../src/extension.js";
import { commandIds } from "../../src/extension/commands/commandIds.js";
import { panelIds, viewIds } from "../../src/extension/ids.js";
import { createRun } from "../../src/runs/runWriter.js";
import { inlineText, smallSpec, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import {
  controllers,
  fakeView,
  folderUri,
  panels,
  registered,
  resetFake,
  undisposed,
  viewProviders,
  watchers,
} from "./fakeVscode.js";
import { FakeKernel, fakeNotebook } from "./fakeNotebook.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const kernel = vi.hoisted(() => ({ connect: vi.fn() }));
vi.mock("../../src/extension/notebook/connectKernel.js", () => ({ connectKernel: kernel.connect, recordOf: async () => undefined }));

const root = temporaryFolder();

beforeEach(resetFake);
afterEach(() => void vi.useRealTimers());

/** Starts the extension; from then on only its timers are counted. */
function activated() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const subscriptions: vscode.Disposable[] = [];
  const context = {
    subscriptions,
    extensionPath: process.cwd(),
    extensionUri: folderUri(process.cwd()),
    globalStorageUri: folderUri(root.path),
    workspaceState: { get: () => undefined, update: async () => {} },
  };
  activate(context as unknown as vscode.ExtensionContext);
  return { deactivate: () => subscriptions.forEach((each) => each.dispose()) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const leftovers = () => ({ undisposed: [...undisposed.values()], timers: vi.getTimerCount() });
const nothing = { undisposed: [], timers: 0 };

test("an idle window gets everything back", () => {
  const { deactivate } = activated();
  const names = [...undisposed.values()];
  expect(names).toEqual(expect.arrayContaining(Object.values(commandIds).map((id) => `command ${id}`)));
  expect(names).toEqual(expect.arrayContaining(Object.values(panelIds).map((id) => `serializer of ${id}`)));
  expect(names).toEqual(expect.arrayContaining([`provider of ${viewIds.glance}`, `tree view ${viewIds.runs}`, `tree view ${viewIds.variables}`]));
  deactivate();
  expect(leftovers()).toEqual(nothing);
});

/** A run that trains, and every view open. */
async function busyWindow() {
  const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
  writer.append(started());
  await writer.flush();
  const window = activated();
  watchers[0]!.created.fire(folderUri(`${writer.dir}/spec.json`));
  viewProviders.get(viewIds.glance)!.resolveWebviewView(fakeView());
  await registered.get(commandIds.showPipeline)!();
  await vi.waitFor(async () => {
    await registered.get(commandIds.showCurves)!();
    expect(panels).toHaveLength(2);
  }, { timeout: 10_000 });
  return { ...window, writer };
}

test("with every view open and a run that trains, no listener and no timer stays", async () => {
  const { deactivate, writer } = await busyWindow();
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
  deactivate();
  expect(leftovers()).toEqual(nothing);
  panels.forEach(({ disposal, visibility }) => {
    visibility.fire();
    disposal.fire();
  });
  await turn();
  expect(leftovers()).toEqual(nothing);
  vi.useRealTimers();
  await writer.close();
});

test("a kernel with a cell that runs and does not stop goes on, and no timer of the window does", async () => {
  const { deactivate } = activated();
  const { notebook, controller, code, executions } = fakeNotebook(["loop"]);
  const running = new FakeKernel({
    loop: (send) => {
      send({ type: "stream", id: "1", name: "stdout", text: "round and round" });
      return new Promise(() => {});
    },
  });
  kernel.connect.mockImplementation(async (...args: unknown[]) => running.tell(args[3] as AttachedEvents));
  const registeredController = Object.assign(controllers[0]!, controller);
  const run = registeredController.executeHandler!(code, notebook);
  await vi.waitFor(() => expect(executions[0]?.texts).toEqual(["round and round"]));
  registeredController.interruptHandler!(notebook);
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  deactivate();
  await run;
  expect(running).toMatchObject({ detached: true, disposed: false });
  expect(executions[0]?.success).toBeNull();
  expect(leftovers()).toEqual(nothing);
});
