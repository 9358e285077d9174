import type * as vscode from "vscode";
import { expect, test, vi } from "vitest";
import type { CellError, FromKernel } from "../../../kernel/contract.js";
import { typedKernel } from "../../../src/extension/languageServer/typedKernel.js";
import { FakeKernel, fakeNotebook } from "../fakeNotebook.js";

vi.mock("vscode", async () => (await import("../fakeVscode.js")).fake);

/** A notebook of two cells, a kernel for it and what a language server is told. */
function typed(refusal?: CellError) {
  const { notebook, code } = fakeNotebook(["const a = 1", "a"]);
  code.forEach((cell, index) => Object.assign(cell.document, { uri: `cell:${index}` }));
  const told: unknown[] = [];
  const listener = {
    refusal: vi.fn(async (_cell: vscode.NotebookCell) => refusal),
    cellRan: (_: unknown, { cell, text }: { cell: unknown; text: string }) => void told.push([cell, text]),
    variablesLost: () => void told.push("lost"),
  };
  const start = (answers: ConstructorParameters<typeof FakeKernel>[0]) => typedKernel(new FakeKernel(answers), notebook, listener);
  return { start, told, listener, code };
}

const place = (cell: number) => ({ cell, executionCount: 1 });
const nobody = () => {};

test("the text that ran is told with its cell, after it ran, whether it ended well or not", async () => {
  const { start, told } = typed();
  const kernel = start({ "a.b.c": async () => "error", "while (true);": async () => "interrupted" });
  expect(await kernel.execute("const a = 1", place(1), nobody)).toBe("ok");
  expect(await kernel.execute("a.b.c", place(2), nobody)).toBe("error");
  expect(await kernel.execute("while (true);", place(2), nobody)).toBe("interrupted");
  expect(told).toEqual(["lost", ["cell:0", "const a = 1"], ["cell:1", "a.b.c"], ["cell:1", "while (true);"]]);
});

test("a kernel that died while the cell ran has declared nothing that is left", async () => {
  const { start, told } = typed();
  expect(await start({ a: async () => "died" }).execute("a", place(2), nobody)).toBe("died");
  expect(told).toEqual(["lost"]);
});

test("a cell that is refused does not reach the kernel and shows why", async () => {
  const error = { name: "TypeErrors", message: "no", stack: "" };
  const { start, told, listener, code } = typed(error);
  const messages: FromKernel[] = [];
  const kernel = start({});
  expect(await kernel.execute("a", place(2), (message) => messages.push(message))).toBe("error");
  expect(messages).toEqual([{ type: "error", id: "cell:1", error }]);
  expect(kernel.places).toEqual([]);
  expect(listener.refusal.mock.calls[0]).toEqual([code[1]]);
  expect(told).toEqual(["lost"]);
});

test("variables are lost with their process, once, and not with one that ends after the next has started", () => {
  const { start, told } = typed();
  const first = start({});
  first.die({ code: 1, signal: null });
  expect(told).toEqual(["lost", "lost"]);
  const second = start({});
  first.die({ code: 1, signal: null });
  expect(told).toHaveLength(3);
  second.die({ code: 1, signal: null });
  expect(told).toHaveLength(4);
});
