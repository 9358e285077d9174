import { describe, expect, test } from "vitest";
import { type CellNames, type DebugMessage, DebugMessages } from "../../src/extension/debugging/debugMessages.js";

const uri = "vscode-notebook-cell:/project/a.ipynb#W0sZmlsZQ%3D%3D";
const path = "/project/a.ipynb/0123/cell as it ran.ts";

function messages(cells: Partial<CellNames> = {}) {
  return new DebugMessages({
    pathOfUri: (of) => (of === uri ? path : undefined),
    cellAtPath: (at) => (at === path ? { uri, name: "cell 3" } : undefined),
    ...cells,
  });
}

/** A message as the protocol has it, of which the test looks at more than the code reads. */
const asMessage = (message: object) => message as DebugMessage;

describe("what the editor asks", () => {
  test("names a cell by its path, a file as it is", () => {
    const cell = { source: { path: uri, name: "a.ipynb" }, breakpoints: [{ line: 2 }] };
    const file = { source: { path: "/project/helper.ts" } };
    messages().toDebugger(asMessage({ type: "request", command: "setBreakpoints", arguments: cell }));
    messages().toDebugger(asMessage({ type: "request", command: "setBreakpoints", arguments: file }));
    expect([cell.source.path, file.source.path]).toEqual([path, "/project/helper.ts"]);
  });

  test("keeps the path of a cell whose text changes in the session, so that its breakpoints can be removed", () => {
    let version = 1;
    const session = messages({ pathOfUri: () => `/project/a.ipynb/${version}/cell as it ran.ts` });
    const paths = [1, 2].map((now) => {
      version = now;
      const source = { path: uri };
      session.toDebugger(asMessage({ type: "request", command: "setBreakpoints", arguments: { source } }));
      return source.path;
    });
    expect(paths[1]).toBe(paths[0]);
  });

  test("never ends the kernel, also by Stop", () => {
    const message = asMessage({ type: "request", command: "disconnect", arguments: { terminateDebuggee: true } });
    messages().toDebugger(message);
    expect(message.arguments?.terminateDebuggee).toBe(false);
  });
});

describe("what the debugger answers", () => {
  test("frames and breakpoints are in the cell, by its number", () => {
    const frames = [
      { name: "area", source: { path, sourceReference: 17, name: path } },
      { name: "__cell", source: { path, sourceReference: 17 } },
      { name: "finish", source: { path: "/product/dist/kernel.js", sourceReference: 0 } },
    ];
    messages().toEditor(asMessage({ type: "response", command: "stackTrace", body: { stackFrames: frames } }));
    expect(frames.map(({ name, source }) => [name, source.path, source.sourceReference, source.name])).toEqual([
      ["area", uri, 0, "cell 3"],
      ["cell 3", uri, 0, "cell 3"],
      ["finish", "/product/dist/kernel.js", 0, undefined],
    ]);
    const event = { breakpoint: { verified: true, source: { path, sourceReference: 17 } } };
    messages().toEditor(asMessage({ type: "event", event: "breakpoint", body: event }));
    expect(event.breakpoint.source).toMatchObject({ path: uri, sourceReference: 0 });
  });

  test("a cell that was edited since it ran is shown as it ran, by the debugger's own copy", () => {
    const stale = "/project/a.ipynb/9999/cell as it ran.ts";
    const frame = { name: "__cell", source: { path: stale, sourceReference: 17 } };
    messages().toEditor(asMessage({ type: "response", command: "stackTrace", body: { stackFrames: [frame] } }));
    expect(frame).toEqual({ name: "cell as it ran", source: { path: stale, sourceReference: 17 } });
  });

  test("variables that the kernel adds to a cell are left out; those of the notebook are under one name", () => {
    const variables = [
      { name: "__scope", value: "{…}", evaluateName: "__scope", variablesReference: 5 },
      { name: "__await", value: "ƒ" },
      { name: "__mine", value: "1", evaluateName: "__mine" },
      { name: "x", value: "2", evaluateName: "__scope.x" },
    ];
    const message = asMessage({ type: "response", command: "variables", body: { variables } });
    messages().toEditor(message);
    expect(message.body?.variables).toEqual([
      { name: "notebook", value: "{…}", evaluateName: "__scope", variablesReference: 5 },
      { name: "__mine", value: "1", evaluateName: "__mine" },
      { name: "x", value: "2", evaluateName: "x" },
    ]);
  });
});
