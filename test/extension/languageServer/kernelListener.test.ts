import type * as vscode from "vscode";
import { expect, test, vi } from "vitest";
import type { CellError } from "../../../kernel/contract.js";
import type { ConnectKernel } from "../../../src/extension/notebook/kernel.js";
import { NotebookSession } from "../../../src/extension/notebook/notebookSession.js";
import type { SessionEvents } from "../../../src/extension/notebook/sessionEvents.js";
import { FakeKernel, fakeNotebook } from "../fakeNotebook.js";

vi.mock("vscode", async () => (await import("../fakeVscode.js")).fake);

/** A session of a notebook, and what a language server is told of it. */
function typed(sources: readonly string[], answers: ConstructorParameters<typeof FakeKernel>[0], refusalOf: (text: string) => CellError | undefined = () => undefined) {
  const { notebook, controller, executions, code } = fakeNotebook(sources);
  code.forEach((cell, index) => Object.assign(cell.document, { uri: `cell:${index}` }));
  const told: unknown[] = [];
  const listener = {
    mayRefuse: () => true,
    refusal: async ({ document }: vscode.NotebookCell) => refusalOf(document.getText()),
    cellRan: (_: unknown, { cell, text }: { cell: unknown; text: string }) => void told.push([cell, text]),
    variablesLost: () => void told.push("lost"),
  };
  const kernels: FakeKernel[] = [];
  const connect: ConnectKernel = async ({ start }, events) => {
    if (!start) {
      return undefined;
    }
    kernels.push(new FakeKernel(answers));
    return kernels.at(-1)!.tell(events);
  };
  const ignore = () => {};
  const events: SessionEvents = { onDeath: ignore, onTaken: ignore, onRefused: async () => false, onLost: ignore, onRun: ignore, onChip: ignore, onCell: ignore, onChange: ignore };
  return { session: new NotebookSession(notebook, controller, connect, events, listener, vi.fn()), told, kernels, executions, code };
}

test("the text that ran is told with its cell, after it ran, whether it ended well or not", async () => {
  const { session, told, code } = typed(["const a = 1", "a.b.c", "while (true);"], { "a.b.c": async () => "error", "while (true);": async () => "interrupted" });
  await session.run([code[0]!]);
  await session.run([code[1]!]);
  await session.run([code[2]!]);
  expect(told).toEqual(["lost", ["cell:0", "const a = 1"], ["cell:1", "a.b.c"], ["cell:2", "while (true);"]]);
});

test("a kernel that died while the cell ran has declared nothing that is left", async () => {
  const { session, told, code } = typed(["a"], { a: async () => "died" });
  await session.run(code);
  expect(told.filter((each) => each !== "lost")).toEqual([]);
});

test("a cell that is refused does not reach the kernel and shows why; those before it run, those after it do not", async () => {
  const refused = { name: "TypeErrors", message: "no", stack: "" };
  const { session, told, kernels, executions, code } = typed(["1", "ill", "3"], {}, (text) => (text === "ill" ? refused : undefined));
  await session.run(code);
  expect(executions.map(({ success }) => success)).toEqual([true, false, null]);
  expect(executions[1]?.texts.join()).toContain("no");
  expect(kernels[0]?.places.map(({ cell }) => cell)).toEqual([1]);
  expect(told).toEqual(["lost", ["cell:0", "1"]]);
});

test("Stop while a cell is looked at: it does not run", async () => {
  let answer: (refusal: undefined) => void = () => {};
  const { session, kernels, executions, code } = typed(["1", "2"], {});
  await session.run([code[0]!]);
  const looking = new Promise<undefined>((resolve) => {
    answer = resolve;
  });
  Object.assign(session, { listener: { mayRefuse: () => true, refusal: () => looking, cellRan: () => {}, variablesLost: () => {} } });
  const run = session.run([code[1]!]);
  session.interrupt();
  answer(undefined);
  await run;
  expect(executions.map(({ success }) => success)).toEqual([true, null]);
  expect(kernels[0]?.places).toHaveLength(1);
});

test("variables are lost with a kernel that is stopped, and not with one that goes on without this window", async () => {
  const { session, told, code } = typed(["1"], {});
  await session.run(code);
  session.detach();
  expect(told).toEqual(["lost", ["cell:0", "1"]]);
  await session.run(code);
  const before = told.length;
  session.stop();
  expect(told.slice(before)).toEqual(["lost"]);
});

test("what a kernel had executed before the window came is told with the cells, also of those that were edited or deleted since", async () => {
  const { session, told, kernels, code } = typed(["edited", "same"], {});
  await session.run([code[1]!]);
  Object.assign(session.notebook, { uri: { with: ({ fragment }: { fragment: string }) => `gone:${fragment}` } });
  told.length = 0;
  const ran = { of: 3, cell: 1, mayFail: false, isSkipped: false };
  const texts = [{ code: "same", index: 3, of: 4 }, { code: "deleted", index: 2, of: 4 }, { code: "before", index: 1 }];
  kernels[0]!.executedBefore(texts.map((text) => ({ ...ran, execution: text.code, ...text })));
  expect(told).toEqual([["cell:1", "same"], ["gone:deleted", "deleted"], ["cell:0", "before"]]);
});
