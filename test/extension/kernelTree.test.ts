import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ListedKernel } from "../../kernel/keeper/listKernels.js";
import { kernelListing } from "../../src/extension/kernels/kernelListing.js";
import { KernelList } from "../../src/extension/kernels/kernelList.js";
import { KernelTree } from "../../src/extension/kernels/kernelTree.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

beforeEach(() => void vi.useFakeTimers({ now: 10_000_000 }));
afterEach(() => void vi.useRealTimers());

const listed = (id: string, name: string, outlook: ListedKernel["outlook"]): ListedKernel => ({
  record: {
    id,
    protocol: 1,
    notebook: { uri: `file:///lab/${name}`, path: `/lab/${name}` },
    folder: "/lab",
    keeper: { pid: 1, startedAt: "" },
    kernel: { pid: 2, startedAt: "" },
    socket: "",
    token: "",
    startedAt: 10_000_000 - 7_200_000,
  },
  outlook,
  problem: outlook ? undefined : "The kernel does not answer.",
});
const idle = { running: null, waiting: 0, attached: null, memory: 213_400_000, exit: null };
const busy = { ...idle, running: { cell: 3, executionCount: 1, startTime: 0 }, waiting: 2, attached: 'the window "lab"' };

function tree(kernels: () => readonly ListedKernel[]) {
  const list = vi.fn(async () => kernels());
  const faults: unknown[] = [];
  const shown = new KernelList(async () => ({ ...kernelListing, list }), (fault) => faults.push(fault));
  const made = new KernelTree(shown);
  const changes = vi.fn();
  made.onDidChangeTreeData(changes);
  return { shown, tree: made, list, changes, faults };
}

test("a hidden tree looks for nothing; a visible one looks now and then, and says when something is new", async () => {
  let kernels = [listed("a", "a.ipynb", idle)];
  const { shown, tree: rows, list, changes } = tree(() => kernels);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(list).not.toHaveBeenCalled();
  shown.setVisible(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(list.mock.calls.length).toBeGreaterThan(2);
  expect(changes).toHaveBeenCalledTimes(1);
  kernels = [];
  await vi.advanceTimersByTimeAsync(4_000);
  expect(changes).toHaveBeenCalledTimes(2);
  expect(rows.getChildren()).toEqual([]);
  shown.setVisible(false);
  expect(vi.getTimerCount()).toBe(0);
});

test("a row says notebook, running cell, memory, age and window, and opens the notebook", async () => {
  const { shown, tree: view } = tree(() => [listed("a", "busy.ipynb", busy), listed("b", "idle.ipynb", idle), listed("c", "hung.ipynb", undefined)]);
  await shown.look();
  const rows = view.getChildren().map((id) => view.getTreeItem(id));
  expect(rows.map(({ label, description }) => [label, description])).toEqual([
    ["busy.ipynb", 'runs cell 3, 2 wait · 213 MB · 2 h · the window "lab"'],
    ["idle.ipynb", "idle · 213 MB · 2 h · no window"],
    ["hung.ipynb", "does not answer · - · 2 h · no window"],
  ]);
  expect(rows[0]).toMatchObject({ contextValue: "kernel", command: { command: "tritloom.openKernelNotebook", arguments: ["a"] } });
  expect(rows[2]?.tooltip).toBe("The kernel does not answer.");
});

test("a folder that cannot be read is told once, not every few seconds", async () => {
  const { shown, faults } = tree(() => {
    throw new Error("open to others");
  });
  shown.setVisible(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(faults).toEqual([new Error("open to others")]);
  shown.dispose();
  expect(vi.getTimerCount()).toBe(0);
});
