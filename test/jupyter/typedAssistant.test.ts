import { expect, it } from "vitest";
import type { CompletionItem } from "vscode-languageserver";
import type { CellsServer } from "../../src/jupyter/cellsServer.js";
import type { CodeAssistant } from "../../src/jupyter/codeAssistant.js";
import { typedAssistant } from "../../src/jupyter/typedAssistant.js";

/** What the kernel knows, and what the language server says; `undefined` is a server that never answers. */
function assistant(known: string[], items: CompletionItem[] | undefined, inspected: string | null = null) {
  const given: AbortSignal[] = [];
  const living: CodeAssistant = {
    complete: async (code, cursor) => ({ kind: "complete", completions: known.map((text) => ({ text, kind: "function" as const })), start: code.lastIndexOf(".") + 1, end: cursor }),
    inspect: async () => ({ kind: "inspect", text: inspected }),
    ran: () => {},
  };
  const answer = async <Found>(found: Found | undefined, late: AbortSignal): Promise<Found> => (given.push(late), found ?? new Promise<never>(() => {}));
  const server = {
    complete: (_: unknown, late: AbortSignal) => answer(items, late),
    describe: (_: unknown, late: AbortSignal) => answer(items && { declaration: "const f: () => void", documentation: "Does it." }, late),
    ran: () => {},
  };
  return { ...typedAssistant(living, server as unknown as CellsServer), given };
}

const texts = async (made: ReturnType<typeof assistant>, code: string) => {
  const { completions, start, end } = await made.complete(code, code.length);
  return [completions.map(({ text }) => text), start, end];
};

it("the kernel's names stand first, and those of the types after them, each once", async () => {
  const items = [{ label: "layers?", insertText: "layers", sortText: "2" }, { label: "lab", sortText: "1" }, { label: "other" }, { label: "laq", data: { source: "elsewhere" } }];
  expect(await texts(assistant(["lab"], items), "tl.la")).toEqual([["lab", "layers"], 3, 5]);
  expect(await texts(assistant([], items), "tl.la")).toEqual([["lab", "layers"], 3, 5]);
  expect(await texts(assistant([], items), "tl.LA")).toEqual([["lab", "layers"], 3, 5]);
});

it("nothing is offered where nothing is written but members and the values of a string", async () => {
  const globals = [{ label: "Array", kind: 7 as const }, { label: "gru", kind: 21 as const }];
  expect(await texts(assistant([], globals), "f(")).toEqual([[], 2, 2]);
  expect(await texts(assistant([], globals), "tl.")).toEqual([["Array", "gru"], 3, 3]);
  expect(await texts(assistant([], globals), "1-Ar")).toEqual([["Array"], 2, 4]);
  expect(await texts(assistant([], [{ label: "min-gru", kind: 21 }, { label: "gru", kind: 21 }]), '{ cell: "min-')).toEqual([["min-gru"], 9, 13]);
  expect(await texts(assistant([], [{ label: "min-gru", kind: 21 }, { label: "gru", kind: 21 }]), '{ cell: "')).toEqual([["gru", "min-gru"], 9, 9]);
});

it("a docstring follows on what the kernel says, and the declaration says what the kernel does not know", async () => {
  expect(await assistant([], [], "function f()").inspect("f", 1, false)).toEqual({ kind: "inspect", text: "function f()\n\nDoes it." });
  expect(await assistant([], []).inspect("f", 1, false)).toEqual({ kind: "inspect", text: "const f: () => void\n\nDoes it." });
});

it("a server that does not answer in time is not waited for, and hears of it", async () => {
  const slow = assistant(["lab"], undefined, "f");
  expect(await texts(slow, "tl.la")).toEqual([["lab"], 3, 5]);
  expect(await slow.inspect("f", 1, false)).toEqual({ kind: "inspect", text: "f" });
  expect(slow.given.map(({ aborted }) => aborted)).toEqual([true, true]);
});
