import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stateAt, summarise } from "../../src/hardware/schedule/schedule.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { unitCell, unitGrid } from "../../webview/pipeline/unitGrid.js";
import { groupOfRow, timing } from "../../src/hardware/schedule/timing.js";
import { withChange } from "../../webview/pipeline/chipChoices.js";
import { bounded, following, zoomed } from "../../webview/pipeline/chartWindow.js";
import { layoutOf } from "../../webview/pipeline/datapathLayout.js";
import { stateSize, type Scene } from "../../webview/pipeline/describe.js";
import type { PipelineSnapshot } from "../../webview/contract.js";
import { LayerValues, valuesOf } from "../../webview/pipeline/values.js";
import { rowSpans, tickStep } from "../../webview/pipeline/rowSpans.js";
import { standings } from "../../webview/pipeline/standings.js";
import { cycleOf, initialView, pipelineViewSchema, reduce, saved, type Action, type PipelineView } from "../../webview/pipeline/state.js";
import { stripText } from "../../webview/pipeline/stripText.js";
import { cells } from "../hardware/shapes.js";
import { randomSnapshot, shapeIn, valuesIn, withoutValues } from "./pipelineSnapshot.js";

const start: PipelineView = { ...initialView, chip: "run", playing: false };
const after = (view: PipelineView, cycles: number, ...actions: Action[]): PipelineView =>
  actions.reduce((before, action) => reduce(before, action, cycles), view);

describe("the panel's state", () => {
  it("steps, seeks and stays within the timestep", () => {
    const at = (...actions: Action[]): number => cycleOf(after(start, 100, ...actions));
    expect(at({ type: "step", by: 1 }, { type: "step", by: 1 })).toBe(2);
    expect(at({ type: "step", by: -1 })).toBe(0);
    expect(at({ type: "seek", cycle: 1e12 })).toBe(99);
    expect(at({ type: "seek", cycle: 98 }, { type: "step", by: 5 })).toBe(99);
  });

  it("plays at the chosen speed, adds up fractions and stops at the end", () => {
    const playing = after(start, 100, { type: "speed", speed: 10 }, { type: "play" });
    const later = after(playing, 100, ...Array.from({ length: 30 }, (): Action => ({ type: "tick", seconds: 0.05 })));
    expect(later.position).toBeCloseTo(15, 9);
    expect(later.playing).toBe(true);
    const ended = after(later, 100, { type: "tick", seconds: 60 });
    expect([cycleOf(ended), ended.playing]).toEqual([99, false]);
    expect(after(ended, 100, { type: "play" })).toMatchObject({ position: 0, playing: true });
  });

  it("does not move when paused, and a step pauses", () => {
    const stepped = after(start, 100, { type: "play" }, { type: "step", by: 1 });
    expect(stepped.playing).toBe(false);
    expect(after(stepped, 100, { type: "tick", seconds: 5 })).toEqual(stepped);
  });

  it("plays to the same cycle as it steps to", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.array(fc.double({ min: 0, max: 0.5, noNaN: true })), (cycles, ticks) => {
        const played = after(start, cycles, { type: "play" }, ...ticks.map((seconds): Action => ({ type: "tick", seconds })));
        const steps = Array.from({ length: cycleOf(played) }, (): Action => ({ type: "step", by: 1 }));
        expect(cycleOf(after(start, cycles, ...steps))).toBe(cycleOf(played));
      }),
    );
  });

  it("starts another chip afresh and keeps the same chip's place", () => {
    const looked = after(start, 100, { type: "seek", cycle: 40 }, { type: "precision", precision: "binary" }, { type: "seek", cycle: 7 });
    expect(after(looked, 100, { type: "shown", chip: "run" })).toEqual(looked);
    expect(after(looked, 100, { type: "shown", chip: "other" })).toMatchObject({ position: 0, precision: null, chip: "other" });
  });

  it("saves what the editor may restore, never that it plays", () => {
    const kept = saved(after(start, 100, { type: "play" }));
    expect(kept).not.toHaveProperty("playing");
    expect(pipelineViewSchema.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  });
});

const shapes = fc.record({
  cell: fc.constantFrom(...cells),
  inputs: fc.integer({ min: 1, max: 40 }),
  inputKind: fc.constant("one-hot" as const),
  units: fc.integer({ min: 1, max: 600 }),
  macUnits: fc.integer({ min: 1, max: 1200 }),
  precision: fc.constant("ternary" as const),
  clockMegahertz: fc.constant(400),
}).map(({ cell, ...rest }): AcceleratorShape => ({ ...cell, ...rest }));
const sizes = fc.record({ width: fc.integer({ min: 50, max: 2000 }), height: fc.integer({ min: 40, max: 600 }) });

describe("the chart's window", () => {
  it("keeps the cycle under the pointer when zooming in", () => {
    fc.assert(
      fc.property(shapes, sizes, fc.double({ min: 0, max: 1, noNaN: true }), (shape, size, share) => {
        const window = bounded({ firstCycle: 0, firstRow: 0, pixelsPerCycle: 0, rowHeight: 0 }, shape, size);
        const at = { x: share * size.width, y: share * size.height };
        const closer = zoomed(window, 1.5, at, shape, size);
        expect(closer.firstCycle + at.x / closer.pixelsPerCycle).toBeCloseTo(at.x / window.pixelsPerCycle, 4);
      }),
    );
  });

  it("shows every cycle that it follows", () => {
    fc.assert(
      fc.property(shapes, sizes, fc.nat(), fc.double({ min: 0.01, max: 60, noNaN: true }), (shape, size, pick, zoom) => {
        const cycle = pick % timing(shape).cyclesPerTimestep;
        const window = bounded({ firstCycle: 0, firstRow: 0, pixelsPerCycle: zoom, rowHeight: 18 }, shape, size);
        const moved = following(window, cycle, shape, size);
        expect(moved.firstCycle).toBeLessThanOrEqual(cycle);
        expect(moved.firstCycle + size.width / moved.pixelsPerCycle).toBeGreaterThanOrEqual(cycle + 1 - 1e-6);
      }),
    );
  });

  it("has ticks with room for their numbers", () => {
    expect([tickStep(100), tickStep(40), tickStep(10), tickStep(0.001)]).toEqual([1, 2, 10, 100_000]);
  });
});

describe("a chart row", () => {
  it("shows the stages in which the schedule has it", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, pick) => {
        const plan = timing(shape);
        const row = pick % plan.rows;
        for (const { stage, from, to } of rowSpans(shape, plan, row)) {
          const [first, last] = [stateAt(shape, from), stateAt(shape, Math.max(from, to - 1))];
          const unit = row % shape.units;
          const there: Record<string, boolean> = {
            read: first.romRead !== null && first.romRead.column === 0 && groupOfRow(shape, plan, row) === first.romRead.group,
            accumulate: first.accumulate?.group === last.accumulate?.group && first.accumulate !== null,
            wait: true,
            reset: first.idle === "reset-gate" && last.idle === "reset-gate",
            scale: first.gateRows[0] === row,
            lookUp: last.gateRows.at(-1) === row,
            elementWise: [first.elementWise[0], first.resetProduct[0]].includes(unit) && [last.elementWise.at(-1), last.resetProduct.at(-1)].includes(unit),
            writeBack: first.writeBack === unit,
          };
          expect(there[stage], `${stage} of row ${row}`).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

const networks = [
  ["an LSTM over symbols", randomSnapshot({ units: 24, macUnits: 17 }), 0],
  ["a binary LSTM", randomSnapshot({ units: 24, macUnits: 17, precision: "binary" }), 0],
  ["a full-precision GRU", randomSnapshot({ cell: "gru", reset: "after", units: 13, macUnits: 7, precision: "full" }), 0],
  ["a GRU that resets before", randomSnapshot({ cell: "gru", reset: "before", units: 13, macUnits: 7 }), 0],
  ["dense input", randomSnapshot({ units: 6, inputs: 5, inputKind: "dense", macUnits: 50 }), 0],
  ["four columns a cycle", randomSnapshot({ cell: "gru", reset: "before", units: 13, inputs: 6, inputKind: "dense", macUnits: 7, columnsPerCycle: 4 }), 0],
  ["a second layer", randomSnapshot({ units: [9, 7], macUnits: 5 }), 1],
  ["delta updates", randomSnapshot({ units: 24, macUnits: 17, deltaThreshold: 300 }), 0],
] as const;

describe.each(networks)("the integers of %s", (_, snapshot, layer) => {
  const shape = shapeIn(snapshot, layer);
  const values = valuesIn(snapshot, layer);
  const plan = timing(shape);
  const weight = (from: { bytes: 1 | 2 | 4; base64: string }, index: number): bigint =>
    BigInt(Buffer.from(from.base64, "base64").readIntLE(index * from.bytes, from.bytes));
  const read = (memory: "recurrent" | "input", column: number, row: number): bigint => {
    if (memory === "recurrent") {
      const hidden = values.candidateHidden !== null && row >= 2 * shape.units ? values.candidateHidden : values.hidden;
      return weight(values.recurrentWeights, column * plan.rows + row) * BigInt(hidden[column]!);
    }
    const { input } = values;
    return input.kind === "symbol"
      ? weight(values.inputWeights, input.id * plan.rows + row)
      : weight(values.inputWeights, column * plan.rows + row) * BigInt(input.integers[column]!);
  };

  it("sum exactly, whichever way the cycles are visited", () => {
    const shown = new LayerValues(values, shape);
    const visits = fc.array(fc.nat(plan.cyclesPerTimestep - 1), { maxLength: 8 });
    fc.assert(
      fc.property(visits, (cycles) => {
        for (const cycle of cycles) {
          const { accumulate } = stateAt(shape, cycle);
          const sums = accumulate && shown.sumsWith(accumulate);
          for (let unit = 0; accumulate && unit < accumulate.busyUnits; unit++) {
            let sum = 0n;
            for (let column = 0; column < accumulate.column + accumulate.columns; column++) {
              sum += read(accumulate.memory, column, accumulate.firstRow + unit);
            }
            expect(BigInt(sums![unit]!)).toBe(sum);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("end at the sums, gates and state of the accelerator", () => {
    const shown = new LayerValues(values, shape);
    for (let cycle = 0; cycle < plan.cyclesPerTimestep; cycle++) {
      const { accumulate } = stateAt(shape, cycle);
      const last = { recurrent: shape.units, input: shape.inputKind === "one-hot" ? 1 : shape.inputs };
      if (accumulate && accumulate.column + accumulate.columns === last[accumulate.memory]) {
        const sums = shown.sumsWith(accumulate);
        const ends = accumulate.memory === "recurrent" ? values.recurrentSums : values.inputSums;
        expect([...sums.slice(0, accumulate.busyUnits)]).toEqual(ends.slice(accumulate.firstRow, accumulate.firstRow + accumulate.busyUnits));
      }
    }
    const row = plan.rows - 1;
    expect(shown.row(row)).toMatchObject({ unit: shape.units - 1, activation: values.gates[row], preActivation: values.preactivations[row] });
    expect(shown.unit(0)).toMatchObject({ hidden: values.nextHidden[0], cell: values.nextCell?.[0] ?? null });
  });
});

describe("the integers of a run", () => {
  it("are left out, with the reason, where they would not be the run's", () => {
    const snapshot = randomSnapshot({ units: 24, macUnits: 17 });
    const [layer] = snapshot.layers;
    const reason = (change: Partial<AcceleratorShape>, source = layer!): string => {
      const values = valuesOf(source, { ...shapeIn(snapshot), ...change } as AcceleratorShape);
      return values.network === null ? values.reason : "";
    };
    expect(reason({})).toBe("");
    expect(reason({ macUnits: 5 })).toBe("");
    expect(reason({ precision: "binary" })).toMatch(/This run has ternary weights/);
    expect(reason({}, { ...layer!, values: null })).toMatch(/A preset has no weights/);
    const broken = { ...valuesIn(snapshot), inputWeights: { bytes: 1 as const, base64: "AAAA" } };
    expect(() => valuesOf({ ...layer!, values: broken }, shapeIn(snapshot))).toThrow(
      `The run's input weights hold 3 weights instead of ${29 * 4 * 24}; reopen the panel.`,
    );
  });
});

describe("widths", () => {
  const sceneOf = (snapshot: PipelineSnapshot): Scene => {
    const shape = shapeIn(snapshot);
    return { shape, state: stateAt(shape, 0), values: valuesOf(snapshot.layers[0]!, shape) };
  };

  it.each([
    ["an LSTM", randomSnapshot({ activationBits: 9 }), "32 × h 9 bit, c 16 bit"],
    ["a GRU", randomSnapshot({ cell: "gru", activationBits: 7 }), "32 × h 7 bit"],
    ["a preset", withoutValues(randomSnapshot({ activationBits: 8 })), "32 × h 8 bit"],
  ])("of the state memory are the chip's: %s", (_, snapshot, words) => {
    expect(stateSize(sceneOf(snapshot))).toBe(words);
  });

  it("of a full-precision weight are those of h", () => {
    const bits = (activationBits: number) => summarise(shapeIn(randomSnapshot({ precision: "full", activationBits }))).romWords.bitsPerWord;
    expect([bits(7), bits(12), bits(16)]).toEqual([16 * 7, 16 * 12, 16 * 16]);
  });
});

describe("the pickers of a chip", () => {
  it("let delta updates and several columns a cycle rule each other out, and keep every other option", () => {
    const options = { activationBits: 8, calibrate: false as const, columnsPerCycle: 4 };
    expect(withChange(options, { deltaThreshold: 3 })).toEqual({ activationBits: 8, calibrate: false, deltaThreshold: 3 });
    expect(withChange({ activationBits: 8, deltaThreshold: 3 }, { columnsPerCycle: 2 })).toEqual({ activationBits: 8, columnsPerCycle: 2 });
    expect(withChange({ ...options, macUnits: 8 }, { macUnits: 16 })).toEqual({ ...options, macUnits: 16 });
    expect(withChange({ deltaThreshold: 3 }, { columnsPerCycle: 1 })).toEqual({ deltaThreshold: 3 });
  });
});

describe("the drawing's layout", () => {
  it("keeps blocks apart and inside the drawing at every width", () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 2500 }), (width) => {
        const { scale, height, blocks } = layoutOf(width);
        const all = Object.values(blocks);
        for (const [index, block] of all.entries()) {
          expect(block.x).toBeGreaterThanOrEqual(0);
          expect((block.x + block.width) * scale).toBeLessThanOrEqual(width);
          expect(block.y + block.height).toBeLessThan(height);
          for (const other of all.slice(index + 1)) {
            const apart = block.x + block.width < other.x || block.y + block.height < other.y;
            expect(apart).toBe(true);
          }
        }
      }),
    );
  });

  it("keeps MAC units apart and inside the array's block", () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 2500 }), fc.integer({ min: 1, max: 3000 }), (width, units) => {
        const { array } = layoutOf(width).blocks;
        const grid = unitGrid(array, units);
        const places = new Set<string>();
        for (let unit = 0; unit < grid.shown; unit++) {
          const cell = unitCell(grid, unit);
          places.add(`${cell.x} ${cell.y}`);
          expect(cell.x).toBeGreaterThanOrEqual(array.x);
          expect(cell.x + cell.width).toBeLessThanOrEqual(array.x + array.width);
          expect(cell.y + cell.height).toBeLessThanOrEqual(array.y + array.height - 20);
        }
        expect(places.size).toBe(grid.shown);
      }),
      { numRuns: 15 },
    );
  });
});

describe("race and time strip", () => {
  const network = { cell: "lstm", inputs: 83, inputKind: "one-hot", units: 512 } as const;

  it("lets each accelerator finish at its own last cycle", () => {
    const lengths = [100, 500, 1000].map(
      (macUnits) => summarise({ ...network, macUnits, precision: "full", clockMegahertz: 400 }).cyclesPerTimestep,
    );
    lengths.forEach((cycles, lane) => {
      expect(standings(network, cycles - 2)[lane]!.progress).toBeLessThan(1);
      expect(standings(network, cycles - 1)[lane]).toMatchObject({ progress: 1, text: expect.stringContaining("done") });
    });
    const factor = (lengths[0]! / lengths[2]!).toFixed(1);
    expect(standings(network, lengths[0]!)[2]!.text).toContain(`${factor}× faster`);
  });

  it("says that a GRU waits for its reset gate where it is before the product", () => {
    const shape: AcceleratorShape = { ...network, cell: "gru", reset: "before", macUnits: 100, precision: "binary", clockMegahertz: 400 };
    const candidate = timing(shape).phases[1]!.start;
    expect(stripText(shape, candidate)).toMatch(/no MAC unit busy\. reset gate: the candidate needs r/);
    expect(stripText(shape, candidate + 1)).toMatch(/100 of 100 MAC units busy$/);
  });

  it("says why the array rests", () => {
    const shape: AcceleratorShape = { ...network, macUnits: 1000, precision: "binary", clockMegahertz: 400 };
    const last = summarise(shape).cyclesPerTimestep - 1;
    expect(stripText(shape, 0)).toMatch(/ROM port: the first word/);
    expect(stripText(shape, 1200)).toMatch(/look-up port/);
    expect(stripText(shape, last)).toMatch(/recurrence: the next timestep/);
    expect(stripText(shape, 100)).toBe("cycle 100: 1,000 of 1,000 MAC units busy");
  });
});
