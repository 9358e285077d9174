import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CellOutputs, type Displays } from "../../src/extension/notebook/cellOutputs.js";
import { trainingMime } from "../../webview/protocol.js";
import { asExecution, FakeExecution } from "./fakeNotebook.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function running(displays: Displays = new Map()) {
  const execution = new FakeExecution();
  execution.start();
  execution.executionOrder = 7;
  return { execution, outputs: new CellOutputs(asExecution(execution), displays) };
}

test("text of one stream goes into one output, another stream or a picture starts a new one", async () => {
  const { execution, outputs } = running();
  outputs.add({ type: "stream", name: "stdout", text: "a" });
  await vi.advanceTimersByTimeAsync(100);
  outputs.add({ type: "stream", name: "stdout", text: "b" });
  await vi.advanceTimersByTimeAsync(100);
  outputs.add({ type: "stream", name: "stderr", text: "c" });
  outputs.add({ type: "display", displayId: "1", update: false, data: { "text/plain": "picture" } });
  outputs.add({ type: "stream", name: "stderr", text: "d" });
  await outputs.end();
  expect(execution.texts).toEqual(["ab", "c", "picture", "d"]);
  expect(execution.outputs[1]?.items[0]?.mime).toContain("stderr");
});

test("the result comes last and carries its execution number for the saved file", async () => {
  const { execution, outputs } = running();
  outputs.add({ type: "stream", name: "stdout", text: "first" });
  outputs.add({ type: "result", data: { "text/plain": "21" } });
  await outputs.end();
  expect(execution.texts).toEqual(["first", "21"]);
  expect(execution.outputs[1]?.metadata).toEqual({ outputType: "execute_result", executionCount: 7 });
});

test("every representation is kept, the live one first, binary ones decoded", async () => {
  const { execution, outputs } = running();
  const png = Buffer.from([137, 80, 78, 71]);
  const data = { "image/svg+xml": "<svg/>", "image/png": png.toString("base64"), [trainingMime]: "{}", "text/plain": "t" };
  outputs.add({ type: "display", displayId: "1", update: false, data });
  await outputs.end();
  const items = execution.outputs[0]?.items ?? [];
  expect(items.map(({ mime }) => mime)).toEqual([trainingMime, "image/svg+xml", "image/png", "text/plain"]);
  expect(Buffer.from(items[2]!.data)).toEqual(png);
  expect(Buffer.from(items[1]!.data).toString()).toBe("<svg/>");
});

test("an update replaces the picture in place, also from a later cell", async () => {
  const displays: Displays = new Map();
  const first = running(displays);
  first.outputs.add({ type: "display", displayId: "bar", update: false, data: { "text/plain": "0 %" } });
  await first.outputs.end();
  const second = running(displays);
  second.outputs.add({ type: "display", displayId: "bar", update: true, data: { "text/plain": "100 %" } });
  await second.outputs.end();
  expect(first.execution.texts).toEqual(["100 %"]);
  expect(second.execution.texts).toEqual([]);
});

test("a burst of updates reaches the editor as few changes, and the last one wins", async () => {
  const { execution, outputs } = running();
  outputs.add({ type: "display", displayId: "bar", update: false, data: { "text/plain": "start" } });
  for (let update = 0; update < 1_000; update += 1) {
    outputs.add({ type: "display", displayId: "bar", update: true, data: { "text/plain": String(update) } });
  }
  await outputs.end();
  expect(execution.texts).toEqual(["999"]);
  expect(execution.changes).toBe(2);
});

test("a cell that goes on printing changes less often, so that VS Code finds the moment to close its notebook", async () => {
  const { execution, outputs } = running();
  const changesIn = async (seconds: number): Promise<number> => {
    const before = execution.changes;
    for (let milliseconds = 0; milliseconds < seconds * 1_000; milliseconds += 10) {
      outputs.add({ type: "stream", name: "stdout", text: "." });
      await vi.advanceTimersByTimeAsync(10);
    }
    return execution.changes - before;
  };
  expect(await changesIn(1)).toBeGreaterThanOrEqual(19);
  await changesIn(9);
  expect(await changesIn(10)).toBeLessThanOrEqual(21);
  await outputs.end();
  expect(execution.texts).toEqual([".".repeat(2_000)]);
});

test("an editor that is slow to take a change gets the next one only then, and nothing is lost", async () => {
  const { execution, outputs } = running();
  const appendOutputItems = execution.appendOutputItems.bind(execution);
  execution.appendOutputItems = async (...change) => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return appendOutputItems(...change);
  };
  for (let line = 0; line < 900; line += 1) {
    outputs.add({ type: "stream", name: "stdout", text: "." });
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(execution.changes).toBeLessThanOrEqual(4);
  const end = outputs.end();
  await vi.advanceTimersByTimeAsync(6_000);
  await end;
  expect(execution.texts).toEqual([".".repeat(900)]);
});

test("an error keeps name, message and places", async () => {
  const { execution, outputs } = running();
  outputs.add({ type: "error", error: { name: "TypeError", message: "no", stack: "    at cell 3, line 2, column 5" } });
  await outputs.end();
  expect(JSON.parse(execution.texts[0]!)).toEqual({
    name: "TypeError",
    message: "no",
    stack: "TypeError: no\n    at cell 3, line 2, column 5",
  });
});

test("what comes after it was disposed is dropped and leaves no timer", async () => {
  const { execution, outputs } = running();
  outputs.dispose();
  outputs.add({ type: "stream", name: "stdout", text: "late" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(execution.texts).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a long line of an error's message ends at blanks, so that it is read without scrolling; code and paths stay whole", async () => {
  const { execution, outputs } = running();
  const path = `/home/${"folder/".repeat(20)}data.csv`;
  const message = `${path} has a column that is no number, and neither is the next one, which comes after it in the table: give decimal numbers.\n  at indented`;
  const stack = `RangeError: ${message}\n    at cell 1, line 2 ${"x".repeat(120)}`;
  outputs.add({ type: "error", error: { name: "RangeError", message, stack } });
  await outputs.end();
  const shown = JSON.parse(execution.texts[0]!) as { message: string; stack: string };
  expect(shown.message).toBe(message);
  expect(shown.stack.replaceAll(/\n/g, " ")).toBe(stack.replaceAll(/\n/g, " "));
  const long = shown.stack.split("\n").filter((line) => line.length > 100);
  expect(long).toEqual([`RangeError: ${path}`, stack.split("\n").at(-1)]);
  expect(shown.stack).toContain("\n  at indented\n");
});
