import { beforeEach, expect, test, vi } from "vitest";
import type { ListedKernel } from "../../kernel/keeper/listKernels.js";
import { commandIds } from "../../src/extension/commands/commandIds.js";
import { registerCommands } from "../../src/extension/commands/registerCommands.js";
import type { NotebookSession } from "../../src/extension/notebook/notebookSession.js";
import type { Services } from "../../src/extension/services.js";
import { answers, registered, resetFake, shown, workspaceState } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

/** The command Stop Kernel of a row in the view Kernels. */

const record = {
  id: "0123456789ab",
  protocol: 1,
  notebook: { uri: "file:///lab.ipynb", path: "/lab.ipynb" },
  folder: "/",
  keeper: { pid: 2 ** 22 + 1, startedAt: "gone" },
  kernel: { pid: 4711, startedAt: "gone" },
  socket: "/nowhere/gone.sock",
  token: "",
  startedAt: 0,
};
const outlook = { running: { cell: 3, executionCount: 5, startTime: 0 }, waiting: 0, attached: null, memory: null, exit: null };
const stop = vi.fn();

let kernels: ListedKernel[];
let sessions: NotebookSession[];
let failures: unknown[];
const look = vi.fn(async () => {});

beforeEach(() => {
  resetFake();
  vi.clearAllMocks();
  failures = [];
  kernels = [{ record, outlook, problem: undefined }];
  sessions = [{ pid: 4711, stop }] as unknown as NotebookSession[];
  const services: Pick<Services, "kernel" | "kernels"> = {
    kernel: { allSessions: () => sessions, debug: async () => {}, restart: async () => {} },
    kernels: { get: (id) => kernels.find(({ record: { id: each } }) => each === id), look },
  };
  registerCommands(services as Services, (error) => failures.push(error));
});

const call = (id: string, ...args: unknown[]) => registered.get(id)!(...args);

test("asks while a cell runs, and stops that of this window's notebook as the window would", async () => {
  await call(commandIds.stopKernel, record.id);
  expect(shown.map(({ text }) => text)).toEqual([expect.stringContaining("Cell 3 of lab.ipynb is running")]);
  expect(stop).not.toHaveBeenCalled();
  answers.warning = async () => "Stop Kernel";
  await call(commandIds.stopKernel, record.id);
  expect(stop).toHaveBeenCalledTimes(1);
  expect(look).toHaveBeenCalledTimes(1);
});

test("does not ask when nothing runs; a kernel that is gone meanwhile is no failure", async () => {
  kernels = [{ record, outlook: { ...outlook, running: null }, problem: undefined }];
  sessions = [];
  await call(commandIds.stopKernel, record.id);
  expect([shown, failures]).toEqual([[], []]);
});

test("needs a trusted workspace, and a kernel that is there", async () => {
  workspaceState.isTrusted = false;
  await call(commandIds.stopKernel, record.id);
  await call(commandIds.stopKernel, "ba9876543210");
  expect(failures.map((failure) => (failure as Error).message)).toEqual([expect.stringContaining("trusted workspace"), expect.stringContaining("lives no more")]);
});
