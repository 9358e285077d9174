import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ExecutionStatus, KernelClient } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import type { FromKeeper } from "../../kernel/keeper/contract.js";
import { Keeper, type Listener } from "../../kernel/keeper/keeper.js";
import { Questions } from "../../kernel/keeper/questions.js";
import { cell, Page } from "./keeperBench.js";

/** The keeper with a kernel that says what the test lets it say. */
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

function keeperOf(idleSeconds = 60) {
  const executions: { say(message: FromKernel): void; end(status: ExecutionStatus): void }[] = [];
  const kernel = {
    pid: 4711,
    execute: (_code: string, _place: unknown, say: (message: FromKernel) => void) =>
      new Promise<ExecutionStatus>((resolve) => executions.push({ say, end: resolve })),
    onExit: () => {},
    interrupt: vi.fn(),
    dispose: vi.fn(async () => {}),
  };
  const events = { onEnding: vi.fn(async () => {}), onOver: vi.fn() };
  const keeper = new Keeper(kernel as unknown as KernelClient, new Questions(), idleSeconds, events);
  return { keeper, kernel, executions, events };
}

function listener(window = "w") {
  const told: FromKeeper[] = [];
  const page = new Page();
  const made = { by: window, window, isSlow: false, send: (message: FromKeeper) => void told.push(message), close: vi.fn() };
  const show = (): Page => {
    told.splice(0).forEach((news) => (news.type === "execution" || news.type === "started" || news.type === "message" || news.type === "ended" ? page.take(news) : undefined));
    return page;
  };
  return { made: made satisfies Listener, told, show };
}

const print = (text: string): FromKernel => ({ type: "stream", id: "1", name: "stdout", text });

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
