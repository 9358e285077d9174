import fc from "fast-check";
import { expect, it } from "vitest";
import type { FromKernel } from "../../kernel/contract.js";
import type { CellRequest } from "../../kernel/keeper/contract.js";
import { KeptExecutions } from "../../kernel/keeper/keptExecutions.js";
import { KeptOutput } from "../../kernel/keeper/keptOutput.js";
import { cell, Page } from "./keeperBench.js";

const text = (printed: string, name: "stdout" | "stderr" = "stdout"): FromKernel => ({ type: "stream", id: "1", name, text: printed });
const display = (displayId: string, shown: string, update = false): FromKernel => ({ type: "display", id: "1", displayId, update, data: { "text/plain": shown } });

const messages = fc.array(
  fc.oneof(
    fc.tuple(fc.string(), fc.constantFrom("stdout" as const, "stderr" as const)).map(([printed, name]) => text(printed, name)),
    fc.tuple(fc.constantFrom("a", "b", "c"), fc.string(), fc.boolean()).map((parts) => display(...parts)),
    fc.string().map((shown): FromKernel => ({ type: "result", id: "1", data: { "text/plain": shown } })),
    fc.string().map((message): FromKernel => ({ type: "error", id: "1", error: { name: "Error", message, stack: "" } })),
  ),
  { maxLength: 60 },
);

/** What a cell shows that was told these. */
function shownBy(told: readonly FromKernel[]): Page["outputs"] {
  const page = new Page();
  const request = cell("", { execution: "x" });
  page.take({ type: "execution", seq: 1, isWhole: true, execution: { request }, messages: [...told] });
  return page.outputs;
}

it("shows with few messages what all of them have shown", () => {
  fc.assert(
    fc.property(messages, (all) => {
      const kept = new KeptOutput();
      // A display is shown once: a second one of its id is another's.
      const once = all.filter((message, index) => message.type !== "display" || message.update || !all.slice(0, index).some((other) => other.type === "display" && other.displayId === message.displayId));
      once.forEach((message) => kept.add(message as Parameters<KeptOutput["add"]>[0]));
      expect(shownBy(kept.messages())).toEqual(shownBy(once));
    }),
  );
});

it("keeps a million updates and as many lines in little", () => {
  const kept = new KeptOutput();
  for (let i = 0; i < 100_000; i += 1) {
    kept.add(display("bar", `${i} of many`, i > 0) as Parameters<KeptOutput["add"]>[0]);
    kept.add(text(`${i}\n`) as Parameters<KeptOutput["add"]>[0]);
  }
  expect(kept.messages().length).toBeLessThan(30);
  expect(kept.messages()[0]).toMatchObject({ update: false, data: { "text/plain": "99999 of many" } });
  const printed = kept.messages().slice(1).map((message) => (message.type === "stream" ? message.text : ""));
  expect(printed.join("")).toBe(Array.from({ length: 100_000 }, (_, i) => `${i}\n`).join(""));
});

const sizeOf = (kept: KeptExecutions) => kept.behind().reduce((sum, { output }) => sum + output.bytes, 0);

function executions(limit: number, count: number) {
  const kept = new KeptExecutions(limit);
  const all = Array.from({ length: count }, (_, index) => kept.add(cell("", { index })));
  return { kept, all };
}

it("stays within its limit whatever comes, and what is dropped is counted to the character", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(70_000), fc.boolean()), { maxLength: 40 }), (said) => {
      const { kept, all } = executions(200_000, 3);
      let printed = 0;
      for (const [index, characters, isText] of said) {
        kept.receive(all[index]!, isText ? text("x".repeat(characters)) : display(`d${printed}`, "y".repeat(characters)));
        printed += characters;
        expect(sizeOf(kept)).toBeLessThanOrEqual(200_000);
      }
      const told = kept.behind().flatMap(({ output }) => output.messages());
      const missing = told.map((message) => (message.type === "stream" ? Number(/^\[([\d,]+) characters of output are missing/.exec(message.text)?.[1]?.replaceAll(",", "") ?? 0) : 0));
      const left = told.map((message) => (message.type === "stream" ? message.text.replace(/^\[.*\]\n$/, "").length : message.type === "display" ? message.data["text/plain"]!.length : 0));
      const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
      expect(sum(missing) + sum(left)).toBe(printed);
    }),
  );
});

it("drops the oldest text first, then pictures, and what the notebook shows before either, without a word", () => {
  const { kept, all } = executions(300_000, 3);
  const [shown, old, recent] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]];
  kept.receive(shown, text("s".repeat(100_000)));
  shown.end = { status: "ok", endTime: 1 };
  shown.seq = 1;
  kept.shown(1);
  kept.receive(old, display("picture", "p".repeat(100_000)));
  kept.receive(old, text("o".repeat(100_000)));
  kept.receive(recent, text("r".repeat(50_000)));
  expect(shown.output).toMatchObject({ bytes: 0, isWhole: false });
  expect(old.output.messages()).toHaveLength(2);
  kept.receive(recent, text("r".repeat(100_000)));
  expect(old.output.messages()).toMatchObject([{ type: "display" }, { type: "stream", name: "stderr", text: expect.stringMatching(/^\[100,000 characters of output are missing here: .*50 MB\]\n$/) }]);
  kept.receive(recent, display("large", "l".repeat(250_000)));
  expect(old.output.messages()).toMatchObject([{ type: "stream", text: expect.stringContaining("200,000 characters") }]);
  expect(recent.output.messages().at(-1)).toMatchObject({ displayId: "large" });
});

it("a second run of a cell takes the place of the first, by its id or, without ids, by place and text", () => {
  const run = (changed: Partial<CellRequest>[]) => {
    const kept = new KeptExecutions();
    changed.forEach((each) => Object.assign(kept.add(cell("code", each)), { end: { status: "ok", endTime: 1 }, seq: 1 }));
    return kept.behind().length;
  };
  expect(run([{ cellId: "a" }, { cellId: "a", index: 5, code: "other" }])).toBe(1);
  expect(run([{ cellId: "a" }, { cellId: "b" }])).toBe(2);
  expect(run([{}, {}])).toBe(1);
  expect(run([{}, { index: 1 }])).toBe(2);
  expect(run([{}, { code: "edited" }])).toBe(2);
});
