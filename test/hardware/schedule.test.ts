import { describe, expect, it } from "vitest";
import { steps } from "./controller.js";
import { cycles, romOrder, stateAt, summarise, type CycleState } from "../../src/hardware/schedule/schedule.js";
import { checkShape, gateOfRow, InvalidShapeError, type AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { macsBefore, timing } from "../../src/hardware/schedule/timing.js";
import { edges, forShapes } from "./shapes.js";

/** Gate rows and hidden units, counted as the networks define them. */
const gateCount = ({ cell }: AcceleratorShape): number => ({ lstm: 4, gru: 3, "min-gru": 2 })[cell];

const run = (shape: AcceleratorShape): CycleState[] => [...steps(shape)];

/** Cycle in which each value occurs; fails when one occurs twice. */
function occurrences(states: CycleState[], pick: (state: CycleState) => number | null | undefined): Map<number, number> {
  const found = new Map<number, number>();
  for (const state of states) {
    const value = pick(state);
    if (value !== null && value !== undefined) {
      expect(found.has(value), `${value} in cycles ${found.get(value)} and ${state.cycle}`).toBe(false);
      found.set(value, state.cycle);
    }
  }
  return found;
}

describe("the schedule of one timestep", () => {
  it("is the same by clocked registers, by running through and by random access", () => {
    forShapes((shape) => {
      const stepped = run(shape);
      expect([...cycles(shape, 0, stepped.length)]).toEqual(stepped);
      const middle = Math.floor(stepped.length / 2);
      expect(stateAt(shape, middle)).toEqual(stepped[middle]);
      expect(() => stateAt(shape, stepped.length)).toThrow(/outside the timestep/);
    });
  });

  it("does every MAC exactly once, and no MAC unit two in a cycle", () => {
    forShapes((shape) => {
      const done = new Set<string>();
      for (const { accumulate } of run(shape)) {
        if (accumulate) {
          expect(accumulate.busyUnits).toBeGreaterThan(0);
          expect(accumulate.busyUnits).toBeLessThanOrEqual(shape.macUnits);
          expect(accumulate.columns).toBeGreaterThan(0);
          expect(accumulate.columns).toBeLessThanOrEqual(shape.columnsPerCycle ?? 1);
          for (let mac = 0; mac < accumulate.busyUnits * accumulate.columns; mac++) {
            const row = accumulate.firstRow + Math.floor(mac / accumulate.columns);
            const name = `${row} ${accumulate.memory} ${accumulate.column + (mac % accumulate.columns)}`;
            expect(done.has(name)).toBe(false);
            done.add(name);
          }
        }
      }
      const inputs = shape.inputKind === "one-hot" ? 1 : shape.inputs;
      expect(done.size).toBe(gateCount(shape) * shape.units * ((shape.cell === "min-gru" ? 0 : shape.units) + inputs));
    });
  });

  it("keeps each dependency: sum, scale, look-up, gates, reset gate, element-wise, write-back", () => {
    forShapes((shape) => {
      const states = run(shape);
      const rows = gateCount(shape) * shape.units;
      const stages = states[0]!.gateRows.map((_, stage) => occurrences(states, (state) => state.gateRows[stage]));
      const gateWritten = occurrences(states, (state) => state.gateWrite);
      const elementWise = states[0]!.elementWise.map((_, stage) => occurrences(states, (state) => state.elementWise[stage]));
      const written = occurrences(states, (state) => state.writeBack);
      const taken = occurrences(states, (state) => state.take);
      const { firstSum, lastSum } = sumCycles(states);
      const entersUnit = rows - shape.units;
      for (let row = 0; row < rows; row++) {
        expect(stages[0]!.get(row)!).toBeGreaterThan(lastSum.get(row)!);
        stages.forEach((cycles, stage) => expect(cycles.get(row)).toBe(stages[0]!.get(row)! + stage));
        const value = stages.at(-1)!.get(row)! + 1;
        expect(row < entersUnit ? gateWritten.get(row) : elementWise[0]!.get(row - entersUnit)).toBe(value);
      }
      for (let unit = 0; unit < shape.units; unit++) {
        elementWise.forEach((cycles, stage) => expect(cycles.get(unit)).toBe(elementWise[0]!.get(unit)! + stage));
        expect(written.get(unit)).toBe(elementWise.at(-1)!.get(unit)! + 1);
        for (let row = unit; row < entersUnit; row += shape.units) {
          expect(elementWise[0]!.get(unit)!).toBeGreaterThan(gateWritten.get(row)!);
        }
      }
      expect(gateWritten.size).toBe(entersUnit);
      expect(Math.max(...written.values())).toBe(states.length - 1);
      expect([...taken.keys()]).toEqual(Array.from({ length: timing(shape).groups }, (_, group) => group));
      checkAccumulatorReuse(states, stages[0]!, { firstSum, lastSum });
    });
  });

  it("lets a candidate begin only when r, and r·h where it is stored, is there for all units", () => {
    forShapes((shape) => {
      const states = run(shape);
      const products = occurrences(states, (state) => state.resetProduct.at(-1));
      const isBefore = shape.cell === "gru" && shape.reset === "before";
      expect([...products.keys()]).toEqual(isBefore ? Array.from({ length: shape.units }, (_, unit) => unit) : []);
      if (isBefore) {
        const candidate = states.find(({ accumulate }) => accumulate && accumulate.firstRow >= 2 * shape.units)!;
        const needed = [...occurrences(states, (state) => state.gateWrite).values(), ...products.values()];
        expect(Math.max(...needed)).toBeLessThan(candidate.cycle);
        expect(states[candidate.cycle - 1]!.idle).toBe("reset-gate");
      }
    });
  });

  it("has a unit's r in the gate buffer a cycle before it is read to multiply the unit's product, without waiting for the others from 3 units on", () => {
    forShapes((shape) => {
      if (shape.cell === "gru" && shape.reset === "after") {
        const states = run(shape);
        const written = occurrences(states, (state) => state.gateWrite);
        const multiplied = occurrences(states, (state) => state.gateRows[2]);
        for (let unit = 0; unit < shape.units; unit++) {
          expect(written.get(unit)!).toBeLessThan(multiplied.get(2 * shape.units + unit)! - 1);
        }
        expect(states.some(({ idle }) => idle === "reset-gate")).toBe(shape.units < 3);
      }
    });
  });

  it("accumulates a word in the cycle after its read, or with several columns, or a symbol alone, the one after that, in group-major ROM order", () => {
    forShapes((shape) => {
      const states = run(shape);
      const latency = (shape.columnsPerCycle ?? 1) > 1 || (shape.cell === "min-gru" && shape.inputKind === "one-hot") ? 2 : 1;
      const reads = states.flatMap(({ romRead }) => (romRead ? [romRead] : []));
      expect(reads).toEqual([...romOrder(shape)]);
      const recurrent = reads.filter(({ memory }) => memory === "recurrent").map(({ address }) => address);
      expect(recurrent).toEqual(recurrent.map((_, index) => index));
      states.forEach(({ romRead }, cycle) => {
        const accumulate = states[cycle + latency]?.accumulate ?? null;
        expect(accumulate && [accumulate.memory, accumulate.address]).toEqual(
          romRead && [romRead.memory, romRead.address],
        );
      });
    });
  });

  it("has the closed-form figures", () => {
    forShapes((shape) => {
      const states = run(shape);
      const summary = summarise(shape);
      const perCycle = shape.columnsPerCycle ?? 1;
      const slots = shape.macUnits * perCycle;
      const busy = states.map(({ accumulate }) => (accumulate ? accumulate.busyUnits * accumulate.columns : 0));
      const macs = busy.reduce((sum, units) => sum + units, 0);
      expect(summary.cyclesPerTimestep).toBe(states.length);
      expect(summary.macOperations).toBe(macs);
      expect(summary.utilisation).toBeCloseTo(macs / (slots * states.length), 12);
      const stalls = { "rom-latency": 0, "look-up-port": 0, "reset-gate": 0, recurrence: 0 };
      states.forEach(({ idle }) => idle && stalls[idle]++);
      expect(summary.stalls).toEqual(stalls);
      const working = busy.filter((units) => units > 0);
      expect(summary.unusedSlots).toBe(working.reduce((sum, units) => sum + slots - units, 0));
      const plan = timing(shape);
      let sum = 0;
      for (const [cycle, units] of busy.entries()) {
        expect(macsBefore(shape, plan, cycle)).toBe(sum);
        sum += units;
      }
      expect(macsBefore(shape, plan, busy.length)).toBe(macs);
    });
  });
});

/** Cycles in which a gate row is first and last added to. */
function sumCycles(states: CycleState[]): { firstSum: Map<number, number>; lastSum: Map<number, number> } {
  const firstSum = new Map<number, number>();
  const lastSum = new Map<number, number>();
  for (const { accumulate, cycle } of states) {
    for (let unit = 0; accumulate && unit < accumulate.busyUnits; unit++) {
      const row = accumulate.firstRow + unit;
      lastSum.set(row, cycle);
      firstSum.set(row, firstSum.get(row) ?? cycle);
    }
  }
  return { firstSum, lastSum };
}

/** Accumulators are reused when the sums before move on, and those only when the last row of the others leaves. */
function checkAccumulatorReuse(
  states: CycleState[],
  scaled: Map<number, number>,
  { firstSum, lastSum }: ReturnType<typeof sumCycles>,
): void {
  const starts = [...new Set(states.flatMap(({ accumulate }) => (accumulate ? [accumulate.firstRow] : [])))];
  const takes = states.filter(({ take }) => take !== null).map(({ cycle }) => cycle);
  starts.forEach((row, group) => {
    expect(takes[group]!).toBeGreaterThan(lastSum.get(row)!);
    expect(scaled.get(row)).toBe(takes[group]! + 1);
    if (group > 0) {
      expect(firstSum.get(row)!).toBeGreaterThanOrEqual(takes[group - 1]!);
      expect(takes[group]!).toBeGreaterThanOrEqual(scaled.get(row - 1)!);
    }
  });
}

describe("a worked example", () => {
  const sizes = { inputs: 83, inputKind: "one-hot", units: 512, macUnits: 100, precision: "ternary", clockMegahertz: 400 } as const;
  const shape: AcceleratorShape = { cell: "lstm", ...sizes };

  it("adds up by hand: 512 LSTM units on 100 MAC units", () => {
    const summary = summarise(shape);
    expect(summary.cyclesPerTimestep).toBe(513 + 20 * 513 + 48 + 15);
    expect(summary.macOperations).toBe(2048 * 513);
    expect(summary.stalls).toEqual({ "rom-latency": 1, "look-up-port": 0, "reset-gate": 0, recurrence: 48 + 14 });
    expect(summary.romWords).toEqual({ recurrent: 21 * 512, input: 21 * 83, bitsPerWord: 200 });
    expect(summary.throughputGops?.peak).toBe(80);
    expect(summary.latencyMicroseconds).toBeCloseTo(27.09, 6);
  });

  it("adds up by hand: 512 GRU units, reset before the product", () => {
    const summary = summarise({ cell: "gru", reset: "before", ...sizes });
    const lastScale = 513 + 1 + 10 * 513 + 24;
    const candidate = lastScale + 9;
    expect(summary.cyclesPerTimestep).toBe(candidate + 513 + 1 + 5 * 513 + 12 + 10);
    expect(summary.macOperations).toBe(1536 * 513);
    expect(summary.stalls).toEqual({ "rom-latency": 1, "look-up-port": 0, "reset-gate": 24 + 10, recurrence: 12 + 10 });
    expect(summary.romWords).toEqual({ recurrent: 17 * 512, input: 17 * 83, bitsPerWord: 200 });
  });

  it("adds up by hand: 512 GRU units, reset after the product", () => {
    const summary = summarise({ cell: "gru", reset: "after", ...sizes });
    expect(summary.cyclesPerTimestep).toBe(513 + 1 + 15 * 513 + 36 + 10);
    expect(summary.stalls).toEqual({ "rom-latency": 1, "look-up-port": 0, "reset-gate": 0, recurrence: 36 + 10 });
    expect(summary.romWords).toEqual({ recurrent: 16 * 512, input: 16 * 83, bitsPerWord: 200 });
  });

  it("adds up by hand where the array has more units than there are rows", () => {
    const small = { ...sizes, inputs: 5, units: 3, macUnits: 1000, inputKind: "dense" } as const;
    expect(summarise({ cell: "lstm", ...small }).cyclesPerTimestep).toBe(8 + 12 + 15);
    expect(summarise({ cell: "gru", reset: "before", ...small }).cyclesPerTimestep).toBe(8 + 1 + 6 + 9 + 8 + 1 + 3 + 10);
    expect(summarise({ cell: "gru", reset: "after", ...small }).cyclesPerTimestep).toBe(8 + 1 + 9 + 10);
    expect(summarise({ cell: "gru", reset: "after", ...small, units: 2 }).cyclesPerTimestep).toBe(7 + 1 + 4 + 9 + 7 + 1 + 2 + 10);
  });

  it("adds up by hand with four columns a cycle: 512 LSTM units on 100 MAC units", () => {
    const summary = summarise({ ...shape, columnsPerCycle: 4 });
    expect(summary.cyclesPerTimestep).toBe(129 + 20 * 129 + 48 + 16);
    expect(summary.macOperations).toBe(2048 * 513);
    expect(summary.words).toBe(128 + 1);
    expect(summary.stalls).toEqual({ "rom-latency": 2, "look-up-port": 0, "reset-gate": 0, recurrence: 48 + 14 });
    expect(summary.romWords).toEqual({ recurrent: 21 * 128, input: 21 * 83, bitsPerWord: 800 });
    expect(summary.throughputGops?.peak).toBe(320);
  });

  it("waits for the look-up port where a group has more rows than columns", () => {
    const summary = summarise({ ...shape, macUnits: 1000 });
    expect(summary.stalls["look-up-port"]).toBe(2 * (1000 - 513));
    expect(summary.cyclesPerTimestep).toBe(513 + 2 * 1000 + 48 + 15);
  });

  it("reaches a cycle of a million-cycle timestep directly", () => {
    const large = { ...shape, units: 1000, macUnits: 1 };
    const last = summarise(large).cyclesPerTimestep - 1;
    expect(last).toBeGreaterThan(1e6);
    expect(stateAt(large, last).writeBack).toBe(999);
  });

  it("names gate and unit of a row in the order g, f, i, o, or r, z, n", () => {
    expect([0, 511, 512, 1024, 2047].map((row) => gateOfRow(shape, row))).toEqual([
      { gate: "g", unit: 0 },
      { gate: "g", unit: 511 },
      { gate: "f", unit: 0 },
      { gate: "i", unit: 0 },
      { gate: "o", unit: 511 },
    ]);
    expect(() => gateOfRow(shape, 2048)).toThrow(/outside the 2048 gate rows/);
    const gru: AcceleratorShape = { cell: "gru", reset: "after", ...sizes };
    expect([0, 600, 1535].map((row) => gateOfRow(gru, row).gate)).toEqual(["r", "z", "n"]);
    expect(() => gateOfRow(gru, 1536)).toThrow(/outside the 1536 gate rows/);
  });
});

describe("a wrong shape", () => {
  const good = edges[0]!;
  it.each([
    [{ units: 0 }, "Accelerator shape: units is 0; give a whole number from 1 to 1000000."],
    [{ units: 2.5 }, "Accelerator shape: units is 2.5; give a whole number from 1 to 1000000."],
    [{ inputs: -1 }, "Accelerator shape: inputs is -1; give a whole number from 1 to 1000000."],
    [{ macUnits: Number.NaN }, "Accelerator shape: macUnits is NaN; give a whole number from 1 to 1000000."],
    [{ macUnits: 1e9 }, "Accelerator shape: macUnits is 1000000000; give a whole number from 1 to 1000000."],
    [{ clockMegahertz: 0 }, "Accelerator shape: clockMegahertz is 0; give a positive number."],
    [{ precision: "int8" }, "Accelerator shape: precision is int8; give one of full, binary, ternary."],
    [{ cell: "rnn" }, "Accelerator shape: cell is rnn; give one of lstm, gru, min-gru."],
    [{ cell: "gru" }, "Accelerator shape: reset is undefined; give one of before, after."],
    [{ reset: "after" }, "Accelerator shape: reset is after, but only a GRU has one; leave it out."],
    [{ columnsPerCycle: 3 }, "Accelerator shape: columnsPerCycle is 3; give a power of two from 1 to 64."],
    [{ columnsPerCycle: 128 }, "Accelerator shape: columnsPerCycle is 128; give a power of two from 1 to 64."],
    [{ inputKind: "sparse" }, "Accelerator shape: inputKind is sparse; give one of one-hot, dense."],
  ])("%j is refused in words", (change, message) => {
    const shape = { ...good, ...change } as AcceleratorShape;
    expect(() => checkShape(shape)).toThrow(new InvalidShapeError(message));
    expect(() => summarise(shape)).toThrow(InvalidShapeError);
    expect(() => steps(shape).next()).toThrow(InvalidShapeError);
  });
});
