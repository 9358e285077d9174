import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ExecutionStatus } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import type { ConnectKernel } from "../../src/extension/notebook/kernel.js";
import { NotebookSession } from "../../src/extension/notebook/notebookSession.js";
import { type FakeExecution, fakeNotebook, FakeKernel, nobody } from "./fakeNotebook.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

type Answers = ConstructorParameters<typeof FakeKernel>[0];

function session(sources: readonly string[], answers: Answers, tags: Record<number, string[]> = {}) {
  const { notebook, controller, executions, code } = fakeNotebook(sources, tags);
  const kernels: FakeKernel[] = [];
  const events = sessionEvents();
  const connect: ConnectKernel = async ({ start }, listener) => {
    if (!start) {
      return undefined;
    }
    kernels.push(new FakeKernel(answers));
    return kernels.at(-1)!.tell(listener);
  };
  return { session: new NotebookSession(notebook, controller, connect, events, nobody, vi.fn()), executions, code, kernels, events };
}

const sessionEvents = () => ({
  onDeath: vi.fn(),
  onTaken: vi.fn(),
  onRefused: vi.fn(async () => false),
  onLost: vi.fn(),
  onRun: vi.fn(),
  onChip: vi.fn(),
  onCell: vi.fn(),
  onChange: vi.fn(),
});

/** A cell that runs until the test ends it. */
function held() {
  let end!: (status: ExecutionStatus) => void;
  const ended = new Promise<ExecutionStatus>((resolve) => {
    end = resolve;
  });
  return { answer: () => ended, end };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("cells run in order in one kernel, counted per notebook, numbered among the code cells", async () => {
  const { session: notebook, executions, code, kernels } = session(["a", "b"], {});
  await notebook.run(code);
  await notebook.run([code[1]!]);
  expect(executions.map(({ executionOrder, success }) => [executionOrder, success])).toEqual([[1, true], [2, true], [3, true]]);
  expect(kernels).toHaveLength(1);
  expect(kernels[0]?.places).toEqual([
    { cell: 1, executionCount: 1 },
    { cell: 2, executionCount: 2 },
    { cell: 2, executionCount: 3 },
  ]);
});

test("an error ends Run All: the cells after it are cancelled, not run", async () => {
  const { session: notebook, executions, code } = session(["bad", "after"], { bad: async () => "error" });
  await notebook.run(code);
  expect(executions.map(({ success, started }) => [success, started])).toEqual([[false, true], [null, false]]);
});

test("the tag raises-exception lets the next cell run", async () => {
  const tags = { 0: ["raises-exception"] };
  const { session: notebook, executions, code } = session(["bad", "after"], { bad: async () => "error" }, tags);
  await notebook.run(code);
  expect(executions.map(({ success }) => success)).toEqual([false, true]);
});

test("the tag skip-execution leaves a cell out, says so in it, and the next one runs", async () => {
  const { session: notebook, executions, code, kernels } = session(["skipped", "after"], {}, { 0: ["skip-execution"] });
  await notebook.run(code);
  expect(executions.map(({ success, executionOrder }) => [success, executionOrder])).toEqual([[null, undefined], [true, 1]]);
  expect(executions[0]?.texts).toEqual(["Skipped: this cell has the tag skip-execution.\n"]);
  expect(kernels[0]?.places).toEqual([{ cell: 2, executionCount: 1 }]);
});

test("stop interrupts the running cell, keeps the kernel, and cancels those that wait", async () => {
  const loop = held();
  const { session: notebook, executions, code, kernels } = session(["loop", "after"], { loop: loop.answer });
  const run = notebook.run(code);
  await turn();
  expect(notebook.runningCell).toBe(1);
  notebook.interrupt();
  loop.end("interrupted");
  await run;
  expect(executions.map(({ success }) => success)).toEqual([false, null]);
  expect(kernels[0]).toMatchObject({ interrupted: 1, disposed: false });
  expect(notebook.runningCell).toBeUndefined();
});

test("stop that comes at once with the cell reaches the kernel after it", async () => {
  const loop = held();
  const { session: notebook, executions, code, kernels } = session(["a", "loop"], { loop: loop.answer });
  await notebook.run([code[0]!]);
  const run = notebook.run([code[1]!]);
  notebook.interrupt();
  expect(kernels[0]).toMatchObject({ interrupted: 1, places: [{ cell: 1 }, { cell: 2 }] });
  loop.end("interrupted");
  await run;
  expect(executions[1]?.success).toBe(false);
});

test("a dead kernel is told once, and the next cell starts a fresh one", async () => {
  const exit = { code: null, signal: "SIGKILL" };
  const { session: notebook, executions, code, kernels, events } = session(["die", "next"], {
    die: async (send, kernel) => {
      send({ type: "error", id: "1", error: { name: "KernelDied", message: "gone", stack: "" } });
      setTimeout(() => kernel.die(exit));
      return "died";
    },
  });
  await notebook.run(code);
  expect(executions.map(({ success }) => success)).toEqual([false, null]);
  expect(executions[0]?.outputs).toHaveLength(1);
  await vi.waitFor(() => expect(events.onDeath.mock.calls).toEqual([[exit]]));
  expect(notebook.pid).toBeUndefined();
  await notebook.run([code[1]!]);
  expect(kernels).toHaveLength(2);
  expect(notebook.pid).toBe(kernels[1]?.pid);
});

test("restart ends a cell that does not stop, without calling it a death, and counts from 1", async () => {
  const { session: notebook, executions, code, kernels, events } = session(["loop", "next"], { loop: held().answer });
  const run = notebook.run([code[0]!]);
  await turn();
  await notebook.restart();
  await run;
  expect(executions[0]?.success).toBe(false);
  expect(executions[0]?.texts[0]).toContain("all variables are lost");
  expect(kernels.map(({ disposed }) => disposed)).toEqual([true, false]);
  kernels[0]?.die({ code: null, signal: "SIGKILL" });
  expect(events.onDeath).not.toHaveBeenCalled();
  await notebook.run([code[1]!]);
  expect(executions[1]?.executionOrder).toBe(1);
});

test("a kernel that cannot start says why in the cell, and is tried again with the next", async () => {
  const { notebook, controller, executions, code } = fakeNotebook(["a"]);
  const events = sessionEvents();
  let attempts = 0;
  const start = async () => {
    attempts += 1;
    throw new Error("tritloom.nodePath is /nowhere");
  };
  const broken = new NotebookSession(notebook, controller, start, events, nobody, vi.fn());
  await broken.run(code);
  await broken.run(code);
  expect(executions.map(({ success, texts }) => [success, texts[0]?.includes("/nowhere")])).toEqual([[false, true], [false, true]]);
  expect(attempts).toBe(2);
});

test("stop while the kernel starts ends that kernel and the cell", async () => {
  const { notebook, controller, executions, code } = fakeNotebook(["a", "b"]);
  const kernel = new FakeKernel({});
  let started!: (kernel: FakeKernel) => void;
  const starting = new Promise<FakeKernel>((resolve) => {
    started = resolve;
  });
  const events = sessionEvents();
  const closing = new NotebookSession(notebook, controller, () => starting, events, nobody, vi.fn());
  const run = closing.run(code);
  await turn();
  closing.stop();
  started(kernel);
  await run;
  await turn();
  expect(kernel.disposed).toBe(true);
  expect(kernel.places).toEqual([]);
  expect(executions.map(({ success }) => success)).toEqual([false, null]);
});

describe("what a cell prints after it has ended", () => {
  type Send = (message: FromKernel) => void;
  const say = (text: string): FromKernel => ({ type: "stream", id: "1", name: "stdout", text });

  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  /** A notebook whose cells `talk` have ended, with the ways their timers send. */
  async function ended(status: ExecutionStatus = "ok") {
    const sends: Send[] = [];
    const answers: Answers = {
      talk: async (send) => {
        sends.push(send);
        send(say("in time\n"));
        return status;
      },
      loop: held().answer,
    };
    const parts = session(["talk", "loop"], answers);
    await parts.session.run([parts.code[0]!]);
    return { ...parts, sends, late: (text: string) => sends[0]!(say(text)) };
  }
  const pass = () => vi.advanceTimersByTimeAsync(1_000);

  test.each(["ok", "error"] as const)("joins its outputs; number, status (%s) and times stay", async (status) => {
    const { executions, late } = await ended(status);
    late("late\n");
    late("later\n");
    await pass();
    const [first, ...others] = executions;
    expect(first?.texts).toEqual(["in time\nlate\nlater\n"]);
    const state = ({ executionOrder, success, startTime, endTime }: FakeExecution) => ({ executionOrder, success, startTime, endTime });
    expect(others.length).toBeGreaterThan(0);
    expect(others.map(state)).toEqual(others.map(() => state(first!)));
  });

  test("shows while another cell runs, in few executions", async () => {
    const { session: notebook, executions, code, late } = await ended();
    void notebook.run([code[1]!]);
    await turn();
    for (let line = 0; line < 100; line += 1) {
      late(".");
      await vi.advanceTimersByTimeAsync(10);
    }
    await pass();
    expect(executions[0]?.texts).toEqual([`in time\n${".".repeat(100)}`]);
    expect(executions.length).toBeLessThan(9);
    notebook.stop();
  });

  test("starts afresh in a cell that was cleared", async () => {
    const { code, executions, late } = await ended();
    (code[0] as unknown as { outputs: unknown[] }).outputs = [];
    late("late");
    expect(executions[0]?.texts).toEqual(["late"]);
  });

  test("does not mix with the outputs of its next run", async () => {
    const { session: notebook, executions, code, late } = await ended();
    const again = notebook.run([code[0]!]);
    late("while it waits");
    await again;
    late("of the run before");
    await pass();
    expect(executions[0]?.texts).toEqual(["in time\n"]);
    expect(executions).toHaveLength(2);
  });

  test("is no more taken when the kernel is stopped, but what waited is shown", async () => {
    const { session: notebook, executions, late } = await ended();
    late("at once ");
    late("waiting");
    notebook.stop();
    late("too late");
    await pass();
    expect(executions[0]?.texts).toEqual(["in time\nat once waiting"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("reports tell which run directories a cell writes, and show nothing", async () => {
  const dir = "/project/runs/one";
  const { session: notebook, code, events } = session(["train"], {
    train: async (send) => {
      send({ type: "report", id: "1", report: { kind: "run", dir, state: "running", measure: "BPC", test: null, testBpc: null } });
      send({ type: "report", id: "1", report: { kind: "rom", dir, manifest: "m", files: [], memorySaving: 15, wholeModelSaving: null, memorySavingInWords: "15.0x" } });
      send({ type: "report", id: "1", report: { kind: "chip", dir, options: { macUnits: 8 } } });
      return "ok";
    },
  });
  await notebook.run(code);
  expect(events.onRun.mock.calls).toEqual([[dir]]);
  expect(events.onChip.mock.calls).toEqual([[{ dir, options: { macUnits: 8 } }]]);
});

describe("a kernel that outlived its window", () => {
  const request = { execution: "before", index: 2, of: 3, cell: 2, code: "b", mayFail: false, isSkipped: false };
  const start = { executionCount: 7, startTime: 1_000 };
  const text = (printed: string): FromKernel => ({ type: "stream", id: "9", name: "stdout", text: printed });

  /** A notebook that attaches to a kernel with an execution of cell "b". */
  async function reattached(sources = ["a", "b"], changed: Partial<typeof request> = {}) {
    const { notebook, controller, executions, code } = fakeNotebook(sources);
    const kernel = new FakeKernel({});
    const events = sessionEvents();
    const attached = new NotebookSession(notebook, controller, async (_, listener) => kernel.tell(listener), events, nobody, vi.fn());
    await attached.attach(false);
    const execution = { request: { ...request, ...changed } };
    return { session: attached, kernel, events, executions, code, execution };
  }

  test("shows the running cell with its number and start, what it printed before and what it prints now, and its end", async () => {
    const { session: notebook, kernel, executions, code, execution } = await reattached();
    (code[1] as unknown as { outputs: unknown[] }).outputs = ["of the saved file"];
    kernel.news({ type: "execution", isWhole: true, execution: { ...execution, start }, messages: [text("missed ")] });
    expect(notebook.runningCell).toBe(7);
    kernel.news({ type: "message", execution: "before", message: text("live") });
    kernel.news({ type: "ended", execution: "before", end: { status: "ok", endTime: 2_000 } });
    await vi.waitFor(() => expect(executions[0]).toMatchObject({ executionOrder: 7, startTime: 1_000, success: true, endTime: 2_000 }));
    expect(executions[0]?.texts).toEqual(["missed live"]);
    expect(executions).toHaveLength(1);
  });

  test("shows a cell that ended meanwhile with its end, and one that waits as waiting", async () => {
    const { kernel, executions, execution } = await reattached();
    const end = { status: "error" as const, endTime: 3_000 };
    kernel.news({ type: "execution", isWhole: true, execution: { ...execution, start, end }, messages: [text("all")] });
    kernel.news({ type: "execution", isWhole: true, execution: { request: { ...request, execution: "next", code: "a", index: 1 } }, messages: [] });
    await vi.waitFor(() => expect(executions[0]).toMatchObject({ success: false, endTime: 3_000, texts: ["all"] }));
    expect(executions[1]).toMatchObject({ started: false, success: undefined });
  });

  test("appends to what the file has when something before was dropped", async () => {
    const { kernel, executions, code, execution } = await reattached();
    (code[1] as unknown as { outputs: unknown[] }).outputs = [{ items: [{ data: Buffer.from("saved") }] }];
    kernel.news({ type: "execution", isWhole: false, execution: { ...execution, start }, messages: [text("later")] });
    expect(executions[0]?.texts).toEqual(["saved", "later"]);
  });

  test.each([
    ["moved", ["b", "c", "a"], {}, 0],
    ["moved, the nearest of two", ["b", "x", "b", "y"], { index: 4, of: 5 }, 2],
    ["edited in place", ["a", "b edited"], {}, 1],
  ])("finds a cell that was %s", async (_, sources, changed, place) => {
    const { kernel, events, code, execution } = await reattached(sources, changed);
    kernel.news({ type: "execution", isWhole: true, execution: { ...execution, start }, messages: [text("here")] });
    expect(events.onLost).not.toHaveBeenCalled();
    expect(code.map(({ outputs }) => outputs.length)).toEqual(sources.map((__, index) => (index === place ? 1 : 0)));
  });

  test("tells of a cell that is gone, with all that it says", async () => {
    const { kernel, events, executions, execution } = await reattached(["a"]);
    kernel.news({ type: "execution", isWhole: true, execution: { ...execution, start }, messages: [text("missed ")] });
    kernel.news({ type: "message", execution: "before", message: text("live") });
    expect(executions).toEqual([]);
    expect(events.onLost.mock.calls).toEqual([[{ request: execution.request, messages: [text("missed "), text("live")] }]]);
  });

  test("is told what the notebook shows", async () => {
    const { kernel, execution } = await reattached();
    kernel.news({ type: "execution", isWhole: true, execution: { ...execution, start }, messages: [] });
    await vi.waitFor(() => expect(kernel.acknowledged).toContain(1));
  });

  test("that another window takes ends no cell there, and the next cell asks for it back", async () => {
    const { session: notebook, kernel, events, executions, execution } = await reattached();
    kernel.news({ type: "execution", isWhole: true, execution: { ...execution, start }, messages: [text("so far")] });
    kernel.takeOver('the window "other"');
    expect(events.onTaken.mock.calls).toEqual([['the window "other"']]);
    expect(events.onDeath).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(executions[0]?.success).toBeNull());
    expect(notebook.pid).toBeUndefined();
  });

  test("whose keeper is killed says so in the running cell", async () => {
    const { kernel, events, executions, execution } = await reattached();
    kernel.news({ type: "execution", isWhole: true, execution: { ...execution, start }, messages: [text("so far")] });
    kernel.die(undefined);
    expect(events.onDeath.mock.calls).toEqual([[undefined]]);
    await vi.waitFor(() => expect(executions[0]?.success).toBe(false));
    expect(executions[0]?.texts[1]).toContain("keeps the kernel was ended");
  });

  test("and is detached goes on: closing the notebook ends nothing", async () => {
    const { session: notebook, kernel } = await reattached();
    notebook.detach();
    expect(kernel).toMatchObject({ detached: true, disposed: false });
  });
});

test("a kernel that another window has is taken over when the user wants it, else the cell says why not", async () => {
  const { notebook, controller, executions, code } = fakeNotebook(["a"]);
  const refused = new Error('attached to the window "other"');
  const kernel = new FakeKernel({});
  const events = sessionEvents();
  const connect: ConnectKernel = async ({ takeOver }, listener) => {
    if (!takeOver) {
      throw refused;
    }
    return kernel.tell(listener);
  };
  const second = new NotebookSession(notebook, controller, connect, events, nobody, vi.fn());
  await second.run(code);
  expect(executions[0]?.success).toBe(false);
  expect(executions[0]?.texts[0]).toContain('the window \\"other\\"');
  events.onRefused.mockResolvedValueOnce(true);
  await second.run(code);
  expect(executions[1]?.success).toBe(true);
  expect(kernel.places).toHaveLength(1);
});
