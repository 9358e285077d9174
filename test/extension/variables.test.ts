import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ExecutionStatus } from "../../kernel/client.js";
import type { VariableList, VariableRow } from "../../src/variables/contract.js";
import { goToDefiningCell, copyVariableValue } from "../../src/extension/commands/variableRow.js";
import { Listeners } from "../../src/extension/listeners.js";
import type { ConnectKernel } from "../../src/extension/notebook/kernel.js";
import { NotebookSession } from "../../src/extension/notebook/notebookSession.js";
import type { Services } from "../../src/extension/services.js";
import { type Choice, ChosenVariable } from "../../src/extension/variables/chosenVariable.js";
import { NotebookVariables } from "../../src/extension/variables/notebookVariables.js";
import { leakDescription, leakLabel, listMessage, variableDescription } from "../../src/extension/variables/variableText.js";
import { VariableTree } from "../../src/extension/variables/variableTree.js";
import { clipboard, happenings, notebookEditors, resetFake } from "./fakeVscode.js";
import { fakeNotebook, FakeKernel, nobody } from "./fakeNotebook.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);
beforeEach(resetFake);

const turn = () => new Promise((resolve) => setImmediate(resolve));

const row = (name: string, executionCount = 1): VariableRow => ({
  name,
  kind: "number",
  type: "number",
  size: "",
  value: "1",
  bytes: null,
  place: { cell: 1, executionCount },
});
const listOf = (...names: string[]): VariableList => ({ rows: names.map((name) => row(name)), omitted: 0, leaks: [] });

/** A notebook on top, with cells that end when the test says so where their text is "held". */
function opened(sources: readonly string[]) {
  const { notebook, controller, code } = fakeNotebook(sources);
  const cellChange = new Listeners<NotebookSession>();
  const change = new Listeners();
  const kernels: FakeKernel[] = [];
  let end!: (status: ExecutionStatus) => void;
  const answer = { list: listOf("x") };
  const start: ConnectKernel = async (_how, listener) => {
    const kernel = new FakeKernel({ held: () => new Promise((resolve) => (end = resolve)) });
    kernel.answer = { about: "variables", list: answer.list };
    kernels.push(kernel);
    return kernel.tell(listener);
  };
  const session: NotebookSession = new NotebookSession(notebook, controller, start, {
    onDeath: () => {},
    onTaken: () => {},
    onRefused: async () => false,
    onLost: () => {},
    onRun: () => {},
    onChip: () => {},
    onCell: () => cellChange.fire(session),
    onChange: () => change.fire(),
  }, nobody, vi.fn());
  const problems: unknown[] = [];
  const kernel = { sessionOf: (of: unknown) => (of === notebook ? session : undefined), allSessions: () => [session], onCell: cellChange.on, onChange: change.on };
  const variables = new NotebookVariables(kernel, (problem) => problems.push(problem));
  const activate = (editor: object | undefined) => happenings.activateNotebook.fire(editor);
  activate({ notebook });
  return { session, variables, code, kernels, problems, kernel, activate, notebook, answer, end: (status: ExecutionStatus) => end(status) };
}

describe("the variables of the notebook on top", () => {
  test("are asked for after each cell while somebody looks, and only then", async () => {
    const { session, variables, code, kernels } = opened(["a"]);
    await session.run(code);
    expect(kernels[0]!.asked).toEqual([]);
    variables.setWatched(true);
    await turn();
    expect(kernels[0]!.asked).toEqual([{ about: "variables" }]);
    await session.run(code);
    await turn();
    expect(kernels[0]!.asked).toHaveLength(2);
    variables.setWatched(false);
    await session.run(code);
    await turn();
    expect(kernels[0]!.asked).toHaveLength(2);
    variables.setWatched(true);
    await turn();
    expect(kernels[0]!.asked).toHaveLength(3);
    expect(variables.list).toEqual(listOf("x"));
  });

  test("are those of before while a cell runs, which is not disturbed", async () => {
    const { session, variables, code, kernels, end } = opened(["a", "held"]);
    variables.setWatched(true);
    await session.run([code[0]!]);
    await turn();
    const run = session.run([code[1]!]);
    await turn();
    expect(session.isExecuting).toBe(true);
    const before = kernels[0]!.asked.length;
    variables.setWatched(true);
    await turn();
    expect(kernels[0]!.asked).toHaveLength(before);
    expect(variables.list).toEqual(listOf("x"));
    end("interrupted");
    await run;
    await turn();
    expect(kernels[0]!.asked).toHaveLength(before + 1);
  });

  test("go with their kernel: a restart empties the list", async () => {
    const { session, variables, code } = opened(["a"]);
    variables.setWatched(true);
    await session.run(code);
    await turn();
    expect(variables.list?.rows).toHaveLength(1);
    session.stop();
    expect(variables.list).toBeUndefined();
  });

  test("stay in sight when another editor than a notebook is on top, and go when the notebook closes", async () => {
    const { session, variables, code, activate, notebook } = opened(["a"]);
    variables.setWatched(true);
    await session.run(code);
    await turn();
    activate(undefined);
    expect(variables.list?.rows).toHaveLength(1);
    activate({ notebook: {} });
    expect(variables.list).toBeUndefined();
    activate({ notebook });
    expect(variables.list?.rows).toHaveLength(1);
    happenings.closeNotebook.fire(notebook);
    expect(variables.list).toBeUndefined();
  });

  test("that cannot be listed are told once a question", async () => {
    const { session, variables, code, kernels, problems } = opened(["a"]);
    await session.run(code);
    kernels[0]!.answer = { about: "problem", text: "no backend" };
    variables.setWatched(true);
    await turn();
    expect(problems.map(String)).toEqual(["Error: The variables could not be listed: no backend"]);
  });
});

describe("the view", () => {
  const tree = (list: VariableList | undefined) => {
    const variables = { list, row: (name: string) => list?.rows.find((each) => each.name === name), onChange: new Listeners().on };
    const provider = new VariableTree(variables);
    return provider.getChildren().map((key) => provider.getTreeItem(key));
  };

  test("has leaks first, then the variables, each with a command, an icon and a name for screen readers", () => {
    const leaks = [{ cell: 3, tensors: 2, bytes: 8000 }];
    const [leak, variable, rest] = tree({ rows: [row("rate")], omitted: 7, leaks });
    expect(leak).toMatchObject({ label: "2 tensors, 8.0 kB", description: "are reached by no variable: made in cell 3", contextValue: "leak" });
    expect(variable).toMatchObject({
      label: "rate",
      description: "1 · number",
      contextValue: "variable",
      command: { command: "tritloom.openVariable", arguments: ["rate"] },
      accessibilityInformation: { label: "rate, 1 · number" },
    });
    expect(rest).toMatchObject({ label: "7 more variables" });
    expect(tree(undefined)).toEqual([]);
    expect(tree({ ...listOf("x"), leaks: null }).map(({ label }) => label)).toEqual(["Leaked tensors are not counted: too many objects", "x"]);
  });

  test("says first what tells most", () => {
    const tensor: VariableRow = { ...row("t"), kind: "tensor", type: "Tensor float32", size: "[64, 128]", value: "", bytes: 32_768 };
    expect(variableDescription(tensor)).toBe("Tensor float32 · [64, 128] · 32.8 kB");
    expect(variableDescription({ ...row("s"), kind: "string", type: "string", size: "3 characters", value: '"abc"' })).toBe('"abc" · string · 3 characters');
    expect(leakLabel({ cell: null, tensors: 1, bytes: 12 })).toBe("1 tensor, 12 B");
    expect(leakDescription({ cell: null, tensors: 1, bytes: 12 })).toBe("is reached by no variable");
  });
});

describe("the cell of a variable", () => {
  const services = (session: NotebookSession) => ({ variables: { session } }) as unknown as Services;

  test("is shown and selected, also after it has moved; one that is deleted is told", async () => {
    const { session, code, notebook } = opened(["a", "b"]);
    await session.run(code);
    await goToDefiningCell(services(session), row("x", 2));
    expect(notebookEditors[0]).toMatchObject({ selections: [{ start: 2, end: 3 }] });
    (code[1] as { index: number }).index = 1;
    await goToDefiningCell(services(session), row("x", 2));
    expect(notebookEditors[1]).toMatchObject({ selections: [{ start: 1, end: 2 }] });
    (notebook as { getCells: () => unknown }).getCells = () => [code[0]];
    await expect(goToDefiningCell(services(session), row("x", 2))).rejects.toThrow("The cell that declared x in run [2] is no longer in the notebook.");
  });

  test("Copy Value puts the whole value on the clipboard, or says why it cannot", async () => {
    const { session, code, kernels } = opened(["a"]);
    await session.run(code);
    kernels[0]!.answer = { about: "text", text: "[1, 2]" };
    await copyVariableValue(services(session), row("x"));
    expect(clipboard.text).toBe("[1, 2]");
    kernels[0]!.answer = { about: "problem", text: "too long to copy" };
    await expect(copyVariableValue(services(session), row("x"))).rejects.toThrow("too long to copy");
  });
});

describe("the variable that the panel shows", () => {
  function chosen(sources: readonly string[]) {
    let kept: Choice | undefined;
    const parts = opened(sources);
    const variable = new ChosenVariable(parts.kernel, { get: () => kept, set: (choice) => (kept = choice) });
    return { ...parts, variable };
  }
  const view = { look: { name: "x" }, shown: { kind: "text" } };

  test("is asked for by its look, which the page may change, and no other page's may", async () => {
    const { session, code, kernels, variable } = chosen(["a"]);
    expect(await variable.state()).toMatchObject({ look: null, shown: { kind: "problem" } });
    await session.run(code);
    kernels[0]!.answer = { about: "value", view: view as never };
    variable.choose(session, "x");
    expect(await variable.state()).toMatchObject({ look: { name: "x", way: null }, shown: { kind: "value", view } });
    variable.look({ name: "x", path: [2], way: "table", first: 50, firstColumn: 0 });
    variable.look({ name: "y", path: [], way: "table", first: 0, firstColumn: 0 });
    await variable.state();
    expect(kernels[0]!.asked.at(-1)).toEqual({ about: "value", look: { name: "x", path: [2], way: "table", first: 50, firstColumn: 0 } });
  });

  test("stays in sight while a cell runs, and is told to be gone with its kernel", async () => {
    const { session, code, kernels, variable, end } = chosen(["a", "held"]);
    await session.run([code[0]!]);
    kernels[0]!.answer = { about: "value", view: view as never };
    variable.choose(session, "x");
    await variable.state();
    const run = session.run([code[1]!]);
    await turn();
    expect(await variable.state()).toMatchObject({ runningCell: 2, shown: { kind: "value", view } });
    expect(kernels[0]!.asked).toHaveLength(1);
    end("ok");
    await run;
    session.stop();
    expect(await variable.state()).toMatchObject({ shown: { kind: "problem", text: "The value of x is gone with its kernel. Run the cells of the notebook again." } });
  });

  test("changes are told: a cell that begins and ends, another choice", async () => {
    const { session, code, variable } = chosen(["a"]);
    variable.choose(session, "x");
    const listener = vi.fn();
    variable.onChange(listener);
    await session.run(code);
    expect(listener.mock.calls.length).toBeGreaterThanOrEqual(2);
    listener.mockClear();
    variable.choose(session, "y");
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

test("the view says what it waits for while a cell runs, also before the kernel was asked for the first time", () => {
  expect(listMessage(3, undefined)).toBe("Cell [3] is running: the variables are listed when it has ended.");
  expect(listMessage(3, listOf("x"))).toBe("Cell [3] is running: these are the values before it.");
  expect(listMessage(undefined, listOf())).toBe("No cell has declared a variable.");
  expect([listMessage(undefined, undefined), listMessage(undefined, listOf("x"))]).toEqual([undefined, undefined]);
});
