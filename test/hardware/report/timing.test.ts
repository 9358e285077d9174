import { beforeAll, describe, expect, it, vi } from "vitest";
import { flatDesign, type FlatDesign, synthesiseFlat } from "../../../src/hardware/report/asicSynthesis.js";
import { overloads } from "../../../src/hardware/report/driveLimits.js";
import { parseGateNetlist } from "../../../src/hardware/report/gateNetlist.js";
import { type Liberty, readLiberty } from "../../../src/hardware/report/liberty.js";
import { strongestDriver } from "../../../src/hardware/report/libertyPins.js";
import { assumedMemoryTiming, type MemoryTiming } from "../../../src/hardware/report/memoryCells.js";
import { findOpenSta, type OpenSta, readTiming } from "../../../src/hardware/report/opensta.js";
import { type CellReading, chooseClock, clockInWords, OverloadError, readCells } from "../../../src/hardware/report/timingPart.js";
import { findYosys, type Yosys } from "../../../src/hardware/report/yosys.js";
import { smallNetwork } from "./smallNetworks.js";

// Seconds on an idle machine; beside other work on all cores, minutes.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let yosys: Yosys;
let liberty: Liberty;
let sta: OpenSta;

beforeAll(async () => {
  [yosys, liberty, sta] = [await findYosys(), await readLiberty(), await findOpenSta()];
});

/** Yosys that maps as it does without constraints: no buffers. */
function withoutBuffers(run: Yosys): Yosys {
  return { ...run, run: (script, ...rest) => run.run(script.replace(" -constr constraints.sdc", ""), ...rest) };
}

describe("The netlist that is timed", () => {
  let buffered: FlatDesign;

  beforeAll(async () => {
    buffered = await synthesiseFlat(smallNetwork(), 32, yosys, liberty);
  });

  it("has no pin that drives more than its library allows", () => {
    expect(buffered.overloads).toEqual([]);
    expect(buffered.netlist.pins.filter(({ pin }) => pin === "memory_output/q").length).toBeGreaterThan(100);
  });

  it("is not timed where one does: Yosys without buffers has a gate that drives the whole array", async () => {
    const unbuffered = await synthesiseFlat(smallNetwork(), 32, withoutBuffers(yosys), liberty);
    expect(unbuffered.overloads.length).toBeGreaterThan(0);
    const work = readCells(unbuffered, 32, assumedMemoryTiming, liberty, sta);
    await expect(work).rejects.toThrow(/^Pins of the netlist drive more than the library allows, so no clock can be told: \S+ drives [\d.e+]+ of at most [\d.]+ \(capacitance\) on /);
    await expect(work).rejects.toBeInstanceOf(OverloadError);
  });

  it("is slower by what paths spend in memories", async () => {
    const period = async (memory: MemoryTiming): Promise<number> => (await readTiming(buffered, memory, liberty, sta)).periodNanoseconds;
    const none = await period({ accessNanoseconds: 0, setupNanoseconds: 0 });
    const long = await period({ accessNanoseconds: 20, setupNanoseconds: 0 });
    expect(none).toBeGreaterThan(2);
    // A path from a memory passes at least one gate and a flip-flop's setup.
    expect(long).toBeGreaterThan(20.1);
    expect(await period({ accessNanoseconds: 21, setupNanoseconds: 0 }) - long).toBeCloseTo(1, 1);
    // Every access comes into a flip-flop, so that only the slower of two ends shows.
    expect(await period({ accessNanoseconds: 0, setupNanoseconds: 30 })).toBeGreaterThan(30.1);
    expect(await period(assumedMemoryTiming)).toBeGreaterThanOrEqual(none);
  });
});

describe("A pin that drives too much", () => {
  const library = {
    text: `library (mine) {
      default_max_fanout : 8;
      cell (INV) { pin (A) { direction : input; capacitance : 0.2; rise_capacitance : 9; } pin (Y) { direction : output; max_capacitance : 0.5; max_fanout : 3; } }
      cell (BUF) { pin (A) { direction : input; capacitance : 0.1; fanout_load : 4; } pin (Y) { direction : output; } }
      cell (REG) { ff (IQ, IQN) { clocked_on : "C"; } pin (C) { direction : input; clock : true; capacitance : 0.3; } pin (D) { direction : input; capacitance : 0.1; } pin (Q) { direction : output; max_capacitance : 0.35; } }
    }`,
  };
  const cell = (kind: string, name: string, pins: Record<string, string>): string =>
    `  ${kind} ${name} (\n${Object.entries(pins).map(([pin, net]) => `    .${pin}(${net})`).join(",\n")}\n  );`;
  const found = (ports: string, ...cells: string[]): unknown[] => overloads(parseGateNetlist(`${ports}\n${cells.join("\n")}\n`), library);

  it("is found by the sum of the pins on its net, and one within its limits is not", () => {
    const inverters = (count: number): string[] => Array.from({ length: count }, (_, index) => cell("INV", `_${index}_`, { A: "n", Y: `m${index}` }));
    expect(found("", cell("INV", "_d_", { A: "a", Y: "n" }), ...inverters(2))).toEqual([]);
    expect(found("", cell("INV", "_d_", { A: "a", Y: "n" }), ...inverters(3))).toEqual([
      { driver: "INV/Y", net: "n", what: "capacitance", load: expect.closeTo(0.6, 9) as number, limit: 0.5 },
    ]);
    expect(found("", cell("BUF", "_d_", { A: "a", Y: "n" }), ...inverters(8))).toEqual([]);
    expect(found("", cell("BUF", "_d_", { A: "a", Y: "n" }), ...inverters(9))).toEqual([{ driver: "BUF/Y", net: "n", what: "fan-out", load: 9, limit: 8 }]);
  });

  it("counts a fan-out as the library weighs it", () => {
    const buffers = ["x", "y"].map((name) => cell("BUF", name, { A: "n", Y: name }));
    expect(found("", cell("INV", "_d_", { A: "a", Y: "n" }), ...buffers)).toEqual([{ driver: "INV/Y", net: "n", what: "fan-out", load: 8, limit: 3 }]);
  });

  it("may be a memory's or the input's, held to what a register may drive; the clock is a tree's", () => {
    const registers = [0, 1, 2, 3].map((index) => cell("REG", `_${index}_`, { C: "clock", D: "n", Q: `q${index}` }));
    const over = { net: "n", what: "capacitance", load: expect.closeTo(0.4, 9) as number, limit: 0.35 };
    expect(found("  input clock;\n  input n;", ...registers)).toEqual([{ driver: "input", ...over }]);
    expect(found("  input clock;", cell("memory_output", "\\words[3].read ", { clock: "clock", q: "n" }), ...registers)).toEqual([{ driver: "memory", ...over }]);
    expect(found("  input clock;\n  input n;", ...registers.slice(1))).toEqual([]);
  });
});

describe("The cell that ABC is told of as the driver of registers and memories", () => {
  it("is the buffer or inverter that may drive most, and none in a library without limits", () => {
    expect(strongestDriver(liberty.text)).toBe("INVX8");
    expect(strongestDriver(liberty.text.replace(/cell \(INVX8\) \{/, "cell (INVX8) { dont_use : true;"))).toBe("INVX4");
    expect(strongestDriver(liberty.text.replaceAll("max_capacitance", "most"))).toBeUndefined();
  });
});

describe("The clock of a report's headlines", () => {
  const cells = { reading: { periodNanoseconds: 5, startPoint: "a", endPoint: "b", watts: 1 }, macUnits: 4, memory: assumedMemoryTiming };
  const timed = (): CellReading => ({ ...cells, liberty, sta });
  const missing = { missing: "sta is not on PATH." };

  it("is the highest found, or the one given, and says which and whether these cells reach it", () => {
    const clocks = [chooseClock(undefined, timed()), chooseClock(150, timed()), chooseClock(200, timed()), chooseClock(400, timed()), chooseClock(400, missing)];
    expect(clocks.map((clock) => ("missing" in clock ? clock.missing : clockInWords(clock)))).toEqual([
      "the highest clock found, 200 MHz",
      "the clock given, 150 MHz",
      "the clock given, 200 MHz",
      "the clock given, 400 MHz, which these cells do not reach",
      "the clock given, 400 MHz",
    ]);
  });

  it("is missing where none was found or given: no default stands in for it", () => {
    expect(chooseClock(undefined, missing)).toEqual(missing);
  });
});

describe("A design that was read as Verilog", () => {
  it("has its cells counted, and an unknown one refused", () => {
    const verilog = "module accelerator(a, y);\n  input a;\n  output y;\n  INVX1 _0_ (\n    .A(a),\n    .Y(y)\n  );\nendmodule\n";
    expect(flatDesign(verilog, liberty)).toMatchObject({ area: 16, cells: 1 });
    expect(() => flatDesign(verilog.replace("INVX1", "INVX3"), liberty)).toThrow(/^The cell INVX3 has no area in /);
  });
});
