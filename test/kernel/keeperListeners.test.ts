import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { cell } from "./keeperBench.js";
import { keeperOf, listener, print } from "./keeperFake.js";

/** The keeper with a kernel that says what the test lets it say. */
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

it("sends nothing to one that does not read, and all at once when it reads again", () => {
  const { keeper, executions } = keeperOf();
  const { made, told, show } = listener();
  keeper.attach(made, 60);
  const request = cell("a");
  keeper.receive({ type: "run", cells: [request] });
  executions[0]!.say(print("read "));
  show();
  made.isSlow = true;
  for (let i = 0; i < 1000; i += 1) {
    executions[0]!.say(print("x"));
  }
  expect(told).toEqual([]);
  made.isSlow = false;
  keeper.catchUp(made);
  expect(told).toHaveLength(1);
  executions[0]!.say(print(" live"));
  expect(show().printed(request.execution)).toBe(`read ${"x".repeat(1000)} live`);
});

it("tells one that did not read of cells that were cancelled meanwhile", async () => {
  const { keeper, executions } = keeperOf();
  const { made, show } = listener();
  keeper.attach(made, 60);
  const cells = [cell("a"), cell("b", { index: 1 })];
  keeper.receive({ type: "run", cells });
  made.isSlow = true;
  executions[0]!.end("error");
  await Promise.resolve().then(() => new Promise(setImmediate));
  made.isSlow = false;
  keeper.catchUp(made);
  expect(cells.map(({ execution }) => show().states.get(execution)?.end?.status)).toEqual(["error", "cancelled"]);
});

it("tells one that did not read that the kernel died after all that it said before", async () => {
  const { keeper, executions, events, die } = keeperOf();
  const { made, told, show } = listener();
  keeper.attach(made, 60);
  const cells = [cell("a"), cell("b", { index: 1 })];
  keeper.receive({ type: "run", cells });
  made.isSlow = true;
  executions[0]!.say(print("last words"));
  executions[0]!.end("died");
  die({ code: null, signal: "SIGKILL" });
  await new Promise(setImmediate).then(() => new Promise(setImmediate));
  expect(told.map(({ type }) => type)).toEqual(["attached", "started"]);
  made.isSlow = false;
  keeper.catchUp(made);
  expect(told.at(-1)).toEqual({ type: "died", exit: { code: null, signal: "SIGKILL" } });
  keeper.catchUp(made);
  expect(told.filter(({ type }) => type === "died")).toHaveLength(1);
  expect(show().printed(cells[0]!.execution)).toBe("last words");
  expect(events.onOver).not.toHaveBeenCalled();
  keeper.receive({ type: "shown", seq: show().seq });
  expect(events.onOver).toHaveBeenCalledTimes(1);
});

it("stops telling where the listener stops reading, and goes on from there", () => {
  const { keeper, executions } = keeperOf();
  const first = listener();
  keeper.attach(first.made, 60);
  const cells = [0, 1, 2].map((index) => cell("a", { index }));
  keeper.receive({ type: "run", cells });
  executions[0]!.say(print("text"));
  keeper.detach(first.made);
  const second = listener();
  const slow = { ...second.made, get isSlow() { return second.told.length >= 2; } };
  keeper.attach(slow, 60);
  expect(second.told).toHaveLength(2);
  for (const _ of cells) {
    second.show();
    keeper.catchUp(slow);
  }
  expect([...second.show().states.keys()]).toEqual(cells.map(({ execution }) => execution));
});

it("a cell does not end before it started, though the computer's clock is set back meanwhile", async () => {
  const { keeper, executions } = keeperOf();
  const { made, show } = listener();
  keeper.attach(made, 60);
  const request = cell("a");
  keeper.receive({ type: "run", cells: [request] });
  vi.setSystemTime(1_600_000_000_000);
  executions[0]!.end("ok");
  await new Promise(setImmediate);
  const { start, end } = show().states.get(request.execution)!;
  expect(start?.startTime).toBe(1_700_000_000_000);
  expect(end?.endTime).toBeGreaterThanOrEqual(start!.startTime);
});

it("a window that attaches again is not told that it was taken over by itself", () => {
  const { keeper } = keeperOf();
  const [first, again, other] = [listener("one"), listener("one"), listener("two")];
  keeper.attach(first.made, 60);
  keeper.attach(again.made, 60);
  expect(first.told.map(({ type }) => type)).toEqual(["attached"]);
  expect(first.made.close).toHaveBeenCalledTimes(1);
  keeper.attach(other.made, 60);
  expect(again.told.at(-1)).toEqual({ type: "taken", by: "two" });
  // The socket of the first closes late.
  keeper.detach(first.made);
  expect(keeper.attached).toBe(other.made);
});

it("idles from the last of: the end of the last cell, and the last window's leaving", async () => {
  const { keeper, executions, kernel } = keeperOf();
  const { made } = listener();
  keeper.attach(made, 100);
  keeper.receive({ type: "run", cells: [cell("a")] });
  keeper.detach(made);
  await vi.advanceTimersByTimeAsync(500_000);
  executions[0]!.end("ok");
  await vi.advanceTimersByTimeAsync(99_000);
  expect(kernel.dispose).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(kernel.dispose).toHaveBeenCalledWith("kernel-stopped");
});

it("without anybody who ever attached, it idles as well; for longer than timers can count, for ever", async () => {
  const [short, long] = [keeperOf(10), keeperOf(3e6)];
  await vi.advanceTimersByTimeAsync(11_000);
  expect(short.kernel.dispose).toHaveBeenCalledTimes(1);
  expect(long.kernel.dispose).not.toHaveBeenCalled();
});

it("does not idle while what its cells have started goes on; the time begins when that has ended", async () => {
  const { keeper, kernel } = keeperOf();
  const { made } = listener();
  keeper.attach(made, 1_000);
  keeper.detach(made);
  kernel.isAtWork.mockResolvedValue(true);
  await vi.advanceTimersByTimeAsync(10_000_000);
  expect(kernel.dispose).not.toHaveBeenCalled();
  kernel.isAtWork.mockResolvedValue(false);
  await vi.advanceTimersByTimeAsync(990_000);
  expect(kernel.dispose).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(80_000);
  expect(kernel.dispose).toHaveBeenCalledTimes(1);
});

it("a window that attaches while the kernel is asked whether it works keeps it", async () => {
  const { keeper, kernel } = keeperOf(10);
  let answer = (_: boolean): void => {};
  kernel.isAtWork.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
  await vi.advanceTimersByTimeAsync(11_000);
  keeper.attach(listener().made, 10);
  answer(false);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(kernel.dispose).not.toHaveBeenCalled();
});

it("with an idle time of 0 it ends with its window, but lets the first one attach", async () => {
  const { keeper, kernel } = keeperOf(0);
  await vi.advanceTimersByTimeAsync(5_000);
  const { made } = listener();
  keeper.attach(made, 0);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(kernel.dispose).not.toHaveBeenCalled();
  keeper.detach(made);
  await vi.advanceTimersByTimeAsync(1);
  expect(kernel.dispose).toHaveBeenCalledTimes(1);
});

it("tells one that attaches what was executed, each text from its last time, although all is shown, and nothing of cells that did not run", async () => {
  const { keeper, executions } = keeperOf();
  keeper.attach(listener("first").made, 60);
  const cells = ["a", "b", "a", "never"].map((code, index) => cell(code, { cellId: code, index }));
  keeper.receive({ type: "run", cells });
  for (const status of ["ok", "ok", "error"] as const) {
    executions.at(-1)!.end(status);
    await new Promise(setImmediate);
  }
  keeper.receive({ type: "shown", seq: 1_000 });
  const { made, told } = listener("second");
  keeper.attach(made, 60);
  expect(told).toEqual([{ type: "attached", pid: 4711 }, { type: "executed", cells: [cells[1], cells[2]] }]);
});
