import fc from "fast-check";
import { expect, it } from "vitest";
import type { ExecutionStatus } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import type { CellRequest } from "../../kernel/keeper/contract.js";
import { cell, Page } from "./keeperBench.js";
import { keeperOf, listener } from "./keeperFake.js";

/** What happens to a kernel and to the windows that attach to it one after the other. */
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ type: fc.constant("say" as const), what: fc.constantFrom("stdout", "stderr", "display", "update", "result"), by: fc.nat(7) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("end" as const), status: fc.constantFrom<ExecutionStatus>("ok", "ok", "error", "interrupted") }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("run" as const), count: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 5, arbitrary: fc.record({ type: fc.constant("read" as const), count: fc.nat(6) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("acknowledge" as const) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("leave" as const), page: fc.constantFrom("kept", "reloaded", "as acknowledged") }) },
  ),
  { maxLength: 80 },
);
type Step = typeof steps extends fc.Arbitrary<(infer Each)[]> ? Each : never;

class Story {
  private readonly fake = keeperOf();
  /** What a window shows that misses nothing. */
  private readonly truth = new Page();
  private page = new Page();
  /** What of it the keeper was told to be shown. */
  private acknowledged = new Page();
  /** The cells whose turn came, or may still come, in order. */
  private cells: CellRequest[] = [];
  private count = 0;
  private endedCount = 0;
  private window = this.attach();

  async take(step: Step): Promise<void> {
    switch (step.type) {
      case "say":
        this.say(step.what, step.by);
        break;
      case "run":
        this.run(step.count);
        break;
      case "end":
        this.end(step.status);
        break;
      case "read":
        this.read(step.count);
        break;
      case "acknowledge":
        this.fake.keeper.receive({ type: "shown", seq: this.page.seq });
        this.acknowledged = reloaded(this.page);
        break;
      case "leave":
        this.leave(step.page);
    }
    await new Promise(setImmediate);
  }

  /** What the window shows in the end, and what it should. */
  inTheEnd(): { readonly shown: object; readonly said: object } {
    while (this.window.told.length > 0) {
      this.read(100);
    }
    return { shown: inWords(this.page), said: inWords(this.truth) };
  }

  private say(what: string, index: number): void {
    const { executions } = this.fake;
    if (executions.length === 0) {
      return;
    }
    const by = index % executions.length;
    this.count += 1;
    const message = messageOf(what, this.count, index);
    executions[by]!.say(message);
    this.truth.take({ type: "message", seq: this.count, execution: this.cells[by]!.execution, message });
  }

  private run(count: number): void {
    const cells = Array.from({ length: count }, () => cell("a", { cellId: `cell ${(this.count += 1)}` }));
    this.cells.push(...cells);
    cells.forEach(({ execution }) => this.truth.outputs.set(execution, []));
    this.fake.keeper.receive({ type: "run", cells });
  }

  /** An error cancels the cells that wait. */
  private end(status: ExecutionStatus): void {
    const { executions } = this.fake;
    if (this.endedCount < executions.length) {
      this.cells = status === "ok" ? this.cells : this.cells.slice(0, executions.length);
      this.endedCount += 1;
      executions.at(-1)!.end(status);
    }
  }

  private read(count: number): void {
    const { told, made } = this.window;
    told.splice(0, count).forEach((news) => "seq" in news && this.page.take(news));
    if (told.length === 0) {
      this.fake.keeper.catchUp(made);
    }
  }

  /** What is on its way to the window is lost. */
  private leave(page: "kept" | "reloaded" | "as acknowledged"): void {
    this.fake.keeper.detach(this.window.made);
    this.page = page === "kept" ? this.page : reloaded(page === "reloaded" ? this.page : this.acknowledged);
    this.window = this.attach();
  }

  private attach(): ReturnType<typeof listener> {
    const window = listener(String(this.count));
    Object.defineProperty(window.made, "isSlow", { get: () => window.told.length > 5 });
    this.fake.keeper.attach(window.made, 60);
    return window;
  }
}

function messageOf(what: string, count: number, index: number): FromKernel {
  switch (what) {
    case "stdout":
    case "stderr":
      return { type: "stream", id: "1", name: what, text: `${count};` };
    case "result":
      return { type: "result", id: "1", data: { "text/plain": String(count) } };
    default: {
      const update = what === "update";
      return { type: "display", id: "1", displayId: update ? `shared ${index % 3}` : `new ${count}`, update, data: { "text/plain": String(count) } };
    }
  }
}

/** A window that was reloaded shows what it did, and knows no display by its id. */
function reloaded({ outputs, states, seq }: Page): Page {
  const page = new Page();
  outputs.forEach((shown, execution) => page.outputs.set(execution, shown.map(({ kind, text }) => ({ kind: kind.replace(/^display/, "saved display"), text }))));
  states.forEach((state, execution) => page.states.set(execution, state));
  page.seq = seq;
  return page;
}

function inWords({ outputs }: Page): object {
  const shown = [...outputs].filter(([, each]) => each.length > 0);
  return Object.fromEntries(shown.map(([execution, each]) => [execution, each.map(({ kind, text }) => `${kind.replace("saved ", "")}: ${text}`)]));
}

it("whatever is said, read, acknowledged or lost on its way, in the end a window shows all of it once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const story = new Story();
      for (const step of taken) {
        await story.take(step);
      }
      const { shown, said } = story.inTheEnd();
      expect(shown).toEqual(said);
    }),
    { numRuns: 200 },
  );
});
