import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkCycles } from "../../../src/hardware/schedule/network.js";
import { stateAt, type CycleState } from "../../../src/hardware/schedule/schedule.js";
import { gateOfRow, type AcceleratorShape } from "../../../src/hardware/schedule/shape.js";
import { kanata } from "../../../src/hardware/schedule/traces/kanata.js";
import { networks, shapes } from "../shapes.js";
import { readKanata, type KanataInstruction } from "./kanataReader.js";

/** What the stages of a log say for one cycle of a timestep, by the names that `stateAt` has. */
class LoggedTimestep {
  private readonly named: Map<string, KanataInstruction>;

  constructor(
    log: readonly KanataInstruction[],
    private readonly prefix: string,
    private readonly start: number,
  ) {
    this.named = new Map(log.filter(({ label }) => label === prefix || label.startsWith(`${prefix} `)).map((each) => [each.label, each]));
  }

  /** The operations that are in a stage in a cycle, by what follows the prefix in their label. */
  in(stage: string, lane: 0 | 1, cycle: number): string[] {
    const at = this.start + cycle;
    return [...this.named.values()]
      .filter(({ stages }) => stages.some(({ name, lane: own, from, to }) => name === stage && own === lane && from <= at && at < to!))
      .map(({ label }) => label.slice(this.prefix.length).trim());
  }
}

const some = (text: string | null): string[] => (text === null ? [] : [text]);

const stageNames = {
  lstm: {
    gate: ["scale", "round", "table", "interpolate"],
    unit: ["read", "products", "cell", "cell-scale", "cell-round", "table", "interpolate", "output", "round"],
    last: "o",
  },
  gru: { gate: ["scale", "round", "reset", "add", "table", "interpolate"], unit: ["read", "product", "sum"], last: "n" },
  "min-gru": { gate: ["scale", "round", "table", "interpolate"], unit: ["read", "product", "sum"], last: "n" },
};

function rowName(shape: AcceleratorShape, row: number | null): string[] {
  if (row === null) {
    return [];
  }
  const { gate, unit } = gateOfRow(shape, row);
  return [`${gate}[${unit}]`];
}

const unitName = (gate: string, unit: number | null | undefined): string[] => (typeof unit === "number" ? [`${gate}[${unit}]`] : []);

function expectRows(shape: AcceleratorShape, logged: LoggedTimestep, state: CycleState): void {
  const { cycle, gateRows, elementWise, resetProduct, gateWrite, writeBack } = state;
  const names = stageNames[shape.cell];
  names.gate.forEach((name, stage) => expect(logged.in(name, 0, cycle)).toEqual(rowName(shape, gateRows[stage]!)));
  names.unit.forEach((name, stage) => expect(logged.in(`ew-${name}`, 0, cycle)).toEqual(unitName(names.last, elementWise[stage])));
  expect(logged.in("gate", 0, cycle)).toEqual(rowName(shape, gateWrite));
  ["rh-product", "rh-store"].forEach((name, stage) => expect(logged.in(name, 0, cycle)).toEqual(unitName("r", resetProduct[stage + 1])));
  expect(logged.in("write", 0, cycle)).toEqual(unitName(names.last, writeBack));
}

/** Recurrent words come first, where there are any. */
const firstOfGroup = ({ cell }: AcceleratorShape, word: CycleState["romRead"]): string[] =>
  some(word?.memory === (cell === "min-gru" ? "input" : "recurrent") && word.column === 0 ? `group ${word.group}` : null);

function expectArray(shape: AcceleratorShape, logged: LoggedTimestep, { cycle, accumulate, romRead, take, gateRows, idle }: CycleState): void {
  expect(logged.in("mac", 0, cycle)).toEqual(some(accumulate && `group ${accumulate.group}`));
  expect(logged.in("read", 0, cycle)).toEqual(firstOfGroup(shape, romRead));
  expect(logged.in("take", 0, cycle)).toEqual(some(take === null ? null : `group ${take}`));
  expect(logged.in("chain", 0, cycle)).toHaveLength(gateRows[0] === null ? 0 : 1);
  for (const reason of ["rom-latency", "reset-gate", "recurrence"] as const) {
    expect(logged.in(reason, 1, cycle)).toEqual(idle === reason ? [""] : []);
  }
  expect(logged.in("look-up-port", 1, cycle).includes("")).toBe(idle === "look-up-port");
}

const text = (lines: Iterable<string>): string => [...lines].map((line) => `${line}\n`).join("");

describe("a Kanata log", () => {
  it("has in every cycle exactly the stages of the schedule", () => {
    fc.assert(
      fc.property(shapes.filter(({ units, macUnits }) => units * units < 60 * macUnits), (shape) => {
        const log = readKanata(text(kanata([shape])));
        const { starts, cycles } = networkCycles([shape], 1);
        const start = starts[0]![0]!;
        const logged = new LoggedTimestep(log, "layer 0 t0", start);
        for (let cycle = 0; cycle < cycles - start; cycle++) {
          expectRows(shape, logged, stateAt(shape, cycle));
          expectArray(shape, logged, stateAt(shape, cycle));
          const pairs = shape.columnsPerCycle! > 1 && cycle > 0 ? firstOfGroup(shape, stateAt(shape, cycle - 1).romRead) : [];
          expect(logged.in("pairs", 0, cycle)).toEqual(pairs);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("closes every stage and retires every operation once, also of stacked layers cut anywhere", () => {
    fc.assert(
      fc.property(networks, fc.nat(400), fc.integer({ min: 1, max: 600 }), (network, from, length) => {
        const log = readKanata(text(kanata(network, { from, to: from + length })));
        for (const { stages, retired, thread } of log) {
          expect(stages.length).toBeGreaterThan(0);
          for (const stage of stages) {
            expect(stage.from).toBeGreaterThanOrEqual(from);
            expect(stage.to!).toBeGreaterThan(stage.from);
            expect(stage.to!).toBeLessThanOrEqual(from + length);
          }
          expect(retired).toMatchObject({ cycle: Math.max(...stages.map(({ to }) => to!)), flushed: false });
          expect(thread).toBeLessThan(network.length);
        }
        const order = log.map(({ retired }) => retired!.id).sort((a, b) => a - b);
        expect(order).toEqual(order.map((_, index) => index));
      }),
      { numRuns: 15 },
    );
  });

  it("cut out of the whole is the same as the whole, cut", () => {
    const shape: AcceleratorShape = { cell: "gru", reset: "before", inputs: 3, inputKind: "one-hot", units: 5, macUnits: 4, precision: "binary", clockMegahertz: 400 };
    const range = { from: 70, to: 140 };
    const whole = readKanata(text(kanata([shape], { from: 0, to: 300 })));
    const part = readKanata(text(kanata([shape], range)));
    const cut = whole.flatMap(({ label, stages }) =>
      stages
        .map(({ lane, name, from, to }) => ({ label, lane, name, from: Math.max(from, range.from), to: Math.min(to!, range.to) }))
        .filter(({ from, to }) => to > from),
    );
    const found = part.flatMap(({ label, stages }) => stages.map(({ lane, name, from, to }) => ({ label, lane, name, from, to })));
    const key = (each: object): string => JSON.stringify(each);
    expect(found.map(key).sort()).toEqual(cut.map(key).sort());
  });

  it("says in words why the array rests, in lane 1", () => {
    const shape: AcceleratorShape = { cell: "gru", reset: "before", inputs: 3, inputKind: "dense", units: 9, macUnits: 40, precision: "full", clockMegahertz: 400 };
    const [timestep] = readKanata(text(kanata([shape])));
    const labels = timestep!.stages.filter(({ lane }) => lane === 1).map(({ name, labels: words }) => [name, words[0]]);
    expect(labels).toEqual([
      ["rom-latency", "ROM port: the first word is on its way"],
      ["reset-gate", "reset gate: the candidate needs r (and h·r) of all units"],
      ["recurrence", "recurrence: the next timestep needs all of this one's h"],
    ]);
  });

  it("of a large network is written as it is read", () => {
    const shape: AcceleratorShape = { cell: "lstm", inputs: 100, inputKind: "one-hot", units: 1000, macUnits: 1, precision: "full", clockMegahertz: 400 };
    const lines = kanata([shape], { from: 0, to: 1e9 });
    const first = Array.from({ length: 1000 }, () => lines.next().value as string);
    expect(first.slice(0, 3)).toEqual(["Kanata\t0004", "C=\t0", "C\t1"]);
    expect(first.at(-1)).toMatch(/^[CILSER]\t/);
  });
});
