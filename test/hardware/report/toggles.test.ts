import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Sequence } from "../../../src/hardware/calibrate.js";
import type { FixedModel } from "../../../src/hardware/fixedModel.js";
import { type ArrayRun, arrayRun, layerReadings } from "../../../src/hardware/report/arrayOperands.js";
import { type AsicDesign, measuredLanes, synthesiseAccelerator, synthesiseArray } from "../../../src/hardware/report/asicSynthesis.js";
import { parseGateNetlist } from "../../../src/hardware/report/gateNetlist.js";
import { findIcarus, simulateArray } from "../../../src/hardware/report/gateSimulation.js";
import { type Liberty, readLiberty } from "../../../src/hardware/report/liberty.js";
import { type Activities, energyOfToggles, pinEnergy } from "../../../src/hardware/report/pinEnergy.js";
import { ToggleCounter } from "../../../src/hardware/report/toggleCounter.js";
import { findYosys } from "../../../src/hardware/report/yosys.js";
import { VcdReader } from "../../../src/hardware/verify/vcd.js";
import { smallNetwork } from "./smallNetworks.js";

// Seconds on an idle machine; beside other work on all cores, minutes.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const lanes = measuredLanes.few;
let liberty: Liberty;

beforeAll(async () => {
  liberty = await readLiberty();
});

async function synthesised(model: FixedModel): Promise<AsicDesign> {
  const yosys = await findYosys();
  const accelerator = await synthesiseAccelerator(model, yosys, liberty);
  return synthesiseArray(model, accelerator.netlist, 0, lanes, yosys, liberty);
}

const symbols: Sequence = { kind: "symbols", symbols: Int32Array.from([0, 3, 1, 2, 2, 1]) };
const features: Sequence = { kind: "dense", width: 4, values: Float32Array.from({ length: 24 }, (_, index) => Math.sin(index * index)) };

function runOf(model: FixedModel): ArrayRun {
  const [layer] = model.layers;
  return arrayRun(layer!, { lanes, columnsPerCycle: model.columnsPerCycle }, layerReadings(model, layer!.inputKind === "one-hot" ? symbols : features)[0]!);
}

async function simulated(design: AsicDesign, run: ArrayRun): Promise<Activities> {
  return simulateArray(design, parseGateNetlist(design.flatVerilog), run, liberty, await findIcarus());
}

describe("The gates of a MAC array", () => {
  const models = [
    smallNetwork({ precision: "full", inputKind: "dense" }),
    smallNetwork({ precision: "binary", cell: "gru", inputKind: "dense" }),
    smallNetwork({ precision: "ternary" }, { deltaThreshold: 0 }),
    smallNetwork({ precision: "ternary" }, { columnsPerCycle: 2 }),
    smallNetwork({ precision: "binary", inputKind: "dense" }, { columnsPerCycle: 4 }),
  ];

  it.each(models)("have the sums of the integer twin: case %#", async (model) => {
    const run = runOf(model);
    expect(run.expected.length).toBeGreaterThan(3 * lanes);
    expect(new Set(run.expected.map(({ recurrentSum }) => recurrentSum)).size).toBeGreaterThan(4);
    const activities = await simulated(await synthesised(model), run);
    expect(activities.size).toBeGreaterThan(300);
    expect(Math.max(...activities.values())).toBeCloseTo(2, 1);
  });
});

describe("Toggles of a ternary MAC array", () => {
  const model = smallNetwork();
  let design: AsicDesign;
  let toggled: Activities;

  beforeAll(async () => {
    design = await synthesised(model);
    toggled = await simulated(design, runOf(model));
  });

  it("are refused where one gate is another: its sums are not the twin's", async () => {
    const wrong = { ...design, flatVerilog: design.flatVerilog.replace(/^ {2}XNOR2X1 /m, "  XOR2X1 ") };
    expect(wrong.flatVerilog).not.toBe(design.flatVerilog);
    await expect(simulated(wrong, runOf(model))).rejects.toThrow(/^The synthesised MAC array is not its twin: in cycle \d+ its gates have/);
  });

  it("of operands and clock are those of the cycles that it is fed", () => {
    const { cycles } = runOf(model);
    const changesOf = (values: readonly (boolean | bigint)[]): number => values.filter((value, cycle) => cycle > 0 && value !== values[cycle - 1]).length;
    expect(toggled.get("is_first")! * cycles.length).toBeCloseTo(changesOf(cycles.map(({ isFirst }) => isFirst)), 9);
    expect(toggled.get("weights[3]")! * cycles.length).toBeCloseTo(changesOf(cycles.map(({ weights }) => (weights >> 3n) & 1n)), 9);
    expect(toggled.get("clock")! * cycles.length).toBeCloseTo(2 * cycles.length - 1, 9);
  });

  it("of an accumulator's lowest bit are those that trits times values make", () => {
    let sum = 0;
    let toggles = 0;
    for (const { accumulate, isInput, isFirst, weights, values: [value] } of runOf(model).cycles) {
      const before = sum;
      if (accumulate && !isInput) {
        sum = (isFirst ? 0 : sum) + Number(BigInt.asIntN(2, weights)) * value!;
      }
      toggles += (before ^ sum) & 1;
    }
    expect(toggles).toBeGreaterThan(2);
    expect(toggled.get("units[0].mac.recurrent_sum[0]")! * runOf(model).cycles.length).toBeCloseTo(toggles, 9);
  });
});

describe("The energy of toggles", () => {
  it("is ½ C V² of every pin on a net, counted by hand for a flip-flop that drives two inverters", () => {
    const netlist = parseGateNetlist(
      [
        "module top(clock, z);",
        "  input clock;",
        "  output z;",
        "  DFFPOSX1 _0_ (\n    .CLK(clock),\n    .D(n),\n    .Q(\\q[0] )\n  );",
        "  INVX1 _1_ (\n    .A(\\q[0] ),\n    .Y(n)\n  );",
        "  INVX1 _2_ (\n    .A(\\q[0] ),\n    .Y(z)\n  );",
        "endmodule",
      ].join("\n"),
    );
    const activities = new Map([["clock", 2], ["q[0]", 0.5], ["n", 0.25], ["z", 1]]);
    // In pF, of OSU's cells at 1.8 V.
    const [clockPin, dataPin, inverter] = [0.0279235, 0.00882947, 0.00932456];
    const half = 0.5 * 1.8 ** 2;
    const energy = pinEnergy(liberty);
    expect(energyOfToggles(netlist, activities, energy)).toBeCloseTo(half * (2 * clockPin + 0.25 * dataPin + 0.5 * 2 * inverter), 12);
    expect(energyOfToggles(netlist, activities, energy, (net) => net === "clock")).toBeCloseTo(half * 2 * clockPin, 12);
  });

  it("heeds the library's unit of capacitance, and refuses a library without", () => {
    const library = (unit: string): string => `library (l) { ${unit} nom_voltage : 2.0; cell ("BUF") { pin ("A") { direction : "input"; capacitance : 3; } } }`;
    expect(pinEnergy({ text: library('capacitive_load_unit (1, "ff");'), file: "l.lib" }).perToggle("BUF/A")).toBeCloseTo(0.006, 12);
    expect(pinEnergy({ text: library("capacitive_load_unit (0.1,pf);"), file: "l.lib" }).perToggle("BUF/A")).toBeCloseTo(0.6, 12);
    expect(() => pinEnergy({ text: library(""), file: "l.lib" })).toThrow("l.lib has no capacitive_load_unit or nom_voltage: use a complete liberty file.");
  });
});

describe("A count of toggles", () => {
  it("is that of a dump made by hand: from 0 to 1 and back, not from or to unknown, however a name is escaped", () => {
    const counter = new ToggleCounter();
    const reader = new VcdReader(counter);
    reader.push("$timescale 1ps $end $scope module array $end $var wire 1 ! a $end $var wire 1 % \\b[3] $end $var wire 1 & c $end $upscope $end\n");
    reader.push("$enddefinitions $end #0 $dumpvars x! 0% z& $end #1 1! 1% #2 0! 0% #3 1! x% #4 1! 1% #5 0!\n");
    reader.end();
    expect(["a", "b[3]", "c", "none"].map((net) => counter.toggles(net))).toEqual([3, 2, 0, undefined]);
  });
});
