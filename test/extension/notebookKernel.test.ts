import type * as vscode from "vscode";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AttachedEvents } from "../../kernel/keeper/attachedKernel.js";
import { KernelRefusedError } from "../../kernel/keeper/connection.js";
import type { Connect } from "../../src/extension/notebook/kernel.js";
import { NotebookKernel } from "../../src/extension/notebook/notebookKernel.js";
import { NotebookTabs } from "../../src/extension/notebook/notebookTabs.js";
import { answers, controllers, executed, fake, folderUri, happenings, resetFake, shown, tabGroups, workspaceState } from "./fakeVscode.js";
import { FakeKernel, fakeNotebook, nobody } from "./fakeNotebook.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

/** Notebooks that have a living kernel when they are opened. */

let connects: Connect[];
let tabs: NotebookTabs;
let kernel: FakeKernel;
let refusal: unknown;
let faults: unknown[];
const kernels = {
  connect: vi.fn(async (_: vscode.NotebookDocument, how: Connect, events: AttachedEvents) => {
    connects.push(how);
    if (refusal !== undefined && !how.takeOver) {
      throw refusal;
    }
    return kernel.tell(events);
  }),
  livesFor: vi.fn(async () => true),
  renamed: vi.fn(async () => {}),
};

beforeEach(() => {
  resetFake();
  vi.clearAllMocks();
  connects = [];
  refusal = undefined;
  faults = [];
  kernel = new FakeKernel({});
  fake.workspace.notebookDocuments = [];
  fake.window.visibleNotebookEditors = [];
  tabs = new NotebookTabs();
});
afterEach(() => tabs.dispose());

function opened(changed: Partial<Record<keyof vscode.NotebookDocument, unknown>> = {}) {
  const made = new NotebookKernel(kernels, nobody, vi.fn(), tabs, (fault) => faults.push(fault));
  const { notebook, controller, code, executions } = fakeNotebook(["a"]);
  Object.assign(controllers.at(-1)!, controller);
  const ours = { metadata: { kernelspec: { name: "tritloom" } } };
  Object.assign(notebook, { notebookType: "jupyter-notebook", isClosed: false, isUntitled: false, metadata: ours, ...changed });
  Object.assign(controllers.at(-1)!, { updateNotebookAffinity: () => {} });
  happenings.openNotebook.fire(notebook);
  return { made, notebook, code, executions };
}

const turns = async () => {
  for (let i = 0; i < 5; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const select = async (notebook: unknown, selected = true) => {
  happenings.selectKernel.fire({ notebook, selected });
  await turns();
};

test("a notebook whose kernel lives attaches once this kernel is selected for it, and starts none", async () => {
  const { made, notebook } = opened();
  await turns();
  expect(connects).toEqual([]);
  await select(notebook);
  expect(connects).toEqual([{ start: false, takeOver: false }]);
  expect(made.allSessions().map(({ pid }) => pid)).toEqual([kernel.pid]);
  made.dispose();
  expect(kernel).toMatchObject({ detached: true, disposed: false });
});

test("one that was never opened in this window has this kernel selected when it is visible; another choice of the user stays", async () => {
  const { made, notebook } = opened();
  await turns();
  expect(executed).toEqual([]);
  fake.window.visibleNotebookEditors = [{ notebook }] as never[];
  happenings.showNotebooks.fire([{ notebook }]);
  await turns();
  expect(executed).toEqual(["notebook.selectKernel"]);
  await select(notebook, false);
  happenings.showNotebooks.fire([{ notebook }]);
  await turns();
  expect([executed.length, connects]).toEqual([1, []]);
  made.dispose();
});

test("an untrusted workspace looks for no kernel and attaches to none, until it is trusted", async () => {
  workspaceState.isTrusted = false;
  const { made, notebook } = opened();
  await select(notebook);
  expect(kernels.livesFor).not.toHaveBeenCalled();
  workspaceState.isTrusted = true;
  fake.workspace.notebookDocuments = [notebook] as never[];
  happenings.grantTrust.fire();
  await turns();
  expect(connects).toHaveLength(1);
  made.dispose();
});

test("a notebook of another kernel is left alone", async () => {
  const { made } = opened({ metadata: { metadata: { kernelspec: { name: "python3", language: "python" } } } });
  await turns();
  expect(kernels.livesFor).not.toHaveBeenCalled();
  made.dispose();
});

describe("closing the notebook", () => {
  test("leaves its kernel alone", async () => {
    const { made, notebook } = opened();
    await select(notebook);
    happenings.closeNotebook.fire(notebook);
    expect(kernel).toMatchObject({ detached: true, disposed: false });
    made.dispose();
  });

  const uri = folderUri("/project/a.ipynb");
  const tab = { input: new fake.TabInputNotebook(uri, "jupyter-notebook") };
  const otherTab = { input: new fake.TabInputNotebook(folderUri("/project/b.ipynb"), "jupyter-notebook") };
  const showTabs = (open: { input: unknown }[], { closed = [], opened: added = [] }: { closed?: { input: unknown }[]; opened?: { input: unknown }[] }) => {
    tabGroups.splice(0, tabGroups.length, { tabs: open });
    happenings.changeTabs.fire({ closed, opened: added });
  };
  async function printing() {
    let print: (text: string) => void = () => {};
    kernel = new FakeKernel({
      a: async (send) => {
        print = (text) => send({ type: "stream", id: "1", name: "stdout", text });
        return new Promise(() => {});
      },
    });
    const all = opened({ uri, isDirty: false });
    fake.workspace.notebookDocuments = [all.notebook] as never[];
    await select(all.notebook);
    void all.made.allSessions()[0]!.run(all.code);
    await turns();
    print("first\n");
    const become = (isDirty: boolean) => Object.assign(all.notebook, { isDirty });
    return { ...all, become, texts: () => all.executions.map(({ texts }) => texts.join("")).at(-1), print: (text: string) => print(text) };
  }

  test("writes nothing into it from the last tab's end on, or it would come back as changed", async () => {
    const { made, texts, print } = await printing();
    print("waits to be shown");
    showTabs([otherTab], { closed: [tab] });
    print("too late");
    await turns();
    expect(texts()).toBe("first\n");
    expect(kernel).toMatchObject({ detached: true, disposed: false });
    expect(made.allSessions()).toEqual([]);
    made.dispose();
  });

  test("changes nothing while another tab shows it, or where it was moved with unsaved changes", async () => {
    const { made, become } = await printing();
    showTabs([tab, otherTab], { closed: [tab] });
    become(true);
    showTabs([], { closed: [tab] });
    showTabs([tab], { opened: [tab] });
    await turns();
    expect(kernel.detached).toBe(false);
    expect(executed).toEqual([]);
    made.dispose();
  });

  test("closes it again where an output that was under way has opened it, and does not attach meanwhile", async () => {
    const { made, notebook, become } = await printing();
    showTabs([], { closed: [tab] });
    become(true);
    happenings.showNotebooks.fire([{ notebook }]);
    showTabs([], { opened: [tab] });
    await turns();
    expect(executed).toEqual(["workbench.action.revertAndCloseActiveEditor"]);
    expect(connects).toHaveLength(1);
    made.dispose();
  });

  test.each(["unchanged", "edited"])("attaches where the user opens it again, %s, before the editor has forgotten it", async (how) => {
    const { made, notebook, become } = await printing();
    showTabs([], { closed: [tab] });
    if (how === "edited") {
      become(true);
      Object.assign(notebook.getCells()[1]!.document, { getText: () => "b" });
    }
    showTabs([tab], { opened: [tab] });
    await turns();
    expect(executed).toEqual([]);
    expect(connects).toEqual([{ start: false, takeOver: false }, { start: false, takeOver: false }]);
    expect(made.allSessions()).toHaveLength(1);
    made.dispose();
  });

  test("ends it where the notebook was never saved, and nobody could come back to it", async () => {
    const { made, notebook } = opened({ isUntitled: true });
    await select(notebook);
    happenings.closeNotebook.fire(notebook);
    expect(kernel.disposedFor).toBe("kernel-stopped");
    made.dispose();
  });

  test.each([
    ["ends the kernel of one that was never saved", []],
    ["gives the kernel of one that was saved as a file to that file", ["/project/saved.ipynb"]],
  ])("by its last tab %s, although the editor keeps its document", async (_, files) => {
    const untitled = folderUri("/Untitled-1");
    const { made, notebook } = opened({ isUntitled: true, isDirty: false, uri: untitled });
    await select(notebook);
    const saved = files.map((path) => ({ ...notebook, uri: folderUri(path), isUntitled: false }));
    fake.workspace.notebookDocuments = [notebook, ...saved] as never[];
    saved.forEach((file) => happenings.selectKernel.fire({ notebook: file, selected: false }));
    showTabs([], { closed: [{ input: new fake.TabInputNotebook(untitled, "jupyter-notebook") }] });
    await turns();
    expect(kernel).toMatchObject(files.length === 0 ? { disposedFor: "kernel-stopped" } : { detached: true, disposed: false });
    expect(kernels.renamed).toHaveBeenCalledTimes(files.length);
    made.dispose();
  });

  test("ends it without a word in the cell that would have run next, and that has not begun", async () => {
    const untitled = folderUri("/Untitled-1");
    const { made, notebook, code, executions } = opened({ isUntitled: true, isDirty: false, uri: untitled });
    fake.workspace.notebookDocuments = [notebook] as never[];
    await select(notebook);
    kernel.run = () => {};
    const run = made.allSessions()[0]!.run(code);
    showTabs([], { closed: [{ input: new fake.TabInputNotebook(untitled, "jupyter-notebook") }] });
    await run;
    expect(kernel.disposedFor).toBe("kernel-stopped");
    expect(executions.map(({ started, success, changes, outputs }) => [started, success, changes, outputs])).toEqual([[false, null, 0, []]]);
    made.dispose();
  });

  test("by Save As, which opens a file of the same cells, gives the kernel to the file", async () => {
    const { made, notebook } = opened({ isUntitled: true });
    await select(notebook);
    const file = { ...notebook, uri: { path: "/project/saved.ipynb" }, isUntitled: false } as unknown as vscode.NotebookDocument;
    fake.workspace.notebookDocuments = [file] as never[];
    happenings.selectKernel.fire({ notebook: file, selected: false });
    happenings.closeNotebook.fire(notebook);
    await turns();
    expect(kernel).toMatchObject({ detached: true, disposed: false });
    expect(kernels.renamed.mock.calls).toEqual([[notebook.uri, file.uri]]);
    made.dispose();
  });
});

describe("a kernel that another window has", () => {
  beforeEach(() => {
    refusal = new KernelRefusedError("attached", 'The kernel of a.ipynb is attached to the window "other".', 'the window "other"');
  });

  test("is told of, and left to it", async () => {
    const { made, notebook } = opened();
    await select(notebook);
    expect(shown).toMatchObject([{ kind: "warning", text: 'The kernel of a.ipynb is attached to the window "other".', args: [expect.anything(), "Take Over"] }]);
    expect(connects).toEqual([{ start: false, takeOver: false }]);
    made.dispose();
  });

  test("is taken over on demand, and can be taken back after it was lost", async () => {
    answers.warning = async () => "Take Over";
    const { made, notebook } = opened();
    await select(notebook);
    expect(connects.at(-1)).toEqual({ start: false, takeOver: true });
    expect(made.allSessions()[0]?.pid).toBe(kernel.pid);
    answers.information = async () => "Take Back";
    kernel.takeOver('the window "other"');
    await turns();
    expect(shown.at(-1)).toMatchObject({ kind: "information", text: expect.stringContaining('has moved to the window "other"') });
    expect(connects).toHaveLength(3);
    made.dispose();
  });
});

test("a notebook that is renamed keeps its kernel", async () => {
  const { made, notebook } = opened();
  happenings.renameFiles.fire({ files: [{ oldUri: "old", newUri: "new" }] });
  await turns();
  expect(kernels.renamed.mock.calls).toEqual([["old", "new"]]);
  expect([notebook.isClosed, faults]).toEqual([false, []]);
  made.dispose();
});
