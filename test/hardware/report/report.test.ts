import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readCommandLine, UsageError } from "../../../src/cli/command.js";
import { reportCommand } from "../../../src/cli/report.js";
import type { Sequence } from "../../../src/hardware/calibrate.js";
import { countResources, synthesiseFpga } from "../../../src/hardware/report/fpga.js";
import { fpgaDevices, lackingResources } from "../../../src/hardware/report/fpgaDevices.js";
import { fpgaFamilies, neededResources } from "../../../src/hardware/report/fpgaFamilies.js";
import { fpgaPart } from "../../../src/hardware/report/fpgaPart.js";
import { hardwareReport } from "../../../src/hardware/report/hardwareReport.js";
import { type HardwareReport, hardwareReportSchema, reportJsonSchema } from "../../../src/hardware/report/reportSchema.js";
import { reportMarkdown } from "../../../src/hardware/report/reportText.js";
import { findYosys } from "../../../src/hardware/report/yosys.js";
import { layerShapes } from "../../../src/hardware/layerShapes.js";
import { verilogModules } from "../../../src/hardware/rtl/modules.js";
import { summarise } from "../../../src/hardware/schedule/schedule.js";
import { smallNetwork } from "./smallNetworks.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const macUnits = 6;
const options = { macUnits, fpga: [] } as const;

const symbols: Sequence = { kind: "symbols", symbols: Int32Array.from([0, 3, 1, 2, 2, 1]) };

describe("A report", () => {
  let report: HardwareReport;

  beforeAll(async () => {
    report = await hardwareReport(smallNetwork(), { ...options, sequences: [symbols] });
  });

  it("fits its schema, which is committed as JSON Schema", () => {
    expect(hardwareReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const committed = fileURLToPath(new URL("../../../docs/schemas/report.schema.json", import.meta.url));
    expect(JSON.parse(readFileSync(committed, "utf8"))).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
  });

  it("has no number without node, tool, version and source", () => {
    const bare: string[] = [];
    const visit = (value: unknown, place: string): void => {
      if (typeof value === "number") {
        bare.push(place);
      } else if (typeof value === "object" && value !== null) {
        const isFigure = ["value", "unit", "node", "tool", "version", "source"].every((name) => name in value);
        Object.entries(value).filter(() => !isFigure).forEach(([name, part]) => visit(part, `${place}.${name}`));
      }
    };
    visit(report, "");
    expect(bare).toEqual([".version", ".area.macUnits"]);
  });

  it("adds up: blocks to the total, parts to the shipped bits and the energy", () => {
    const { area, memory, energy } = report;
    const sum = (figures: readonly { value: number }[]): number => figures.reduce((total, { value }) => total + value, 0);
    expect(sum(area.blocks.map((block) => block.area))).toBeCloseTo(area.ofBlocks.value, 3);
    // Mapping across blocks saves a little; buffers take some of it.
    expect(Math.abs(area.total.value / area.ofBlocks.value - 1)).toBeLessThan(0.15);
    expect(sum([memory.weights, memory.scales, memory.shifts, memory.initialStates, memory.lookUpTables, memory.padding])).toBe(memory.shipped.value);
    const { total, weightReadsFromDram: _, recurrentColumns: __, ...parts } = energy.table;
    expect(sum(Object.values(parts))).toBeCloseTo(total.value, 6);
  });

  it("takes its cycles from the schedule, and its speed and power at the highest clock that it found itself", () => {
    const [shape] = layerShapes(smallNetwork(), { macUnits, clockMegahertz: 100 });
    const { cyclesPerTimestep, macOperations } = summarise(shape!);
    const { throughput, cells } = report.timing;
    if ("missing" in cells || "missing" in throughput || "missing" in report.energy.cells) {
      throw new Error("OpenSTA is missing.");
    }
    expect(report.timing.cyclesPerTimestep.value).toBe(cyclesPerTimestep);
    // A memory's access and setup alone take 1.7 ns; a path of an adder takes longer.
    expect(cells.period.value).toBeGreaterThan(2);
    expect(cells.frequency.value).toBeCloseTo(1e3 / cells.period.value, 9);
    expect(cells.frequency.node).toBe("180 nm");
    expect(cells.frequency.source).toContain("flattened netlist of 6 MAC units a layer, buffered");
    expect(cells.frequency.source).toContain("memories of 1.5 ns access and 0.2 ns setup, assumed");
    expect(throughput).toMatchObject({ origin: "found", isReachable: true, clock: { value: cells.frequency.value } });
    expect(throughput.timestepsPerSecond.value).toBeCloseTo(1e9 / cells.period.value / cyclesPerTimestep, 3);
    expect(throughput.effectiveThroughput.value).toBeCloseTo((2 * macOperations) / cyclesPerTimestep / cells.period.value, 9);
    expect(report.energy.cells.power.value).toBeCloseTo(report.energy.cells.perCycle.value / cells.period.value, 6);
    expect(reportMarkdown(report)).not.toContain("400 MHz");
  });

  it("has no speed where no clock was found or given, and says so", () => {
    const missing = { missing: "sta is not on PATH: install it." };
    const text = reportMarkdown({ ...report, timing: { ...report.timing, throughput: missing, cells: missing } });
    expect(text).toContain("No timing of cells: sta is not on PATH: install it.");
    expect(text).toContain("No throughput, as no clock was found; give one (--clock MHZ).");
    expect(text).not.toMatch(/GOPS|timesteps\/s/);
  });

  it("scales only the default library, and says by what", () => {
    const [to65, to45] = report.area.scaled;
    expect(to65).toMatchObject({ node: "65 nm", scaledBy: { factor: (65 / 180) ** 2 } });
    expect(to65!.value).toBeCloseTo(report.area.total.value * (65 / 180) ** 2, 6);
    expect(to45!.value).toBeLessThan(to65!.value);
  });

  it("has the energy of its array by the toggles of gates, beside the same without looking at data", () => {
    const { toggles } = report.energy;
    if ("missing" in toggles) {
      throw new Error(toggles.missing);
    }
    const [array] = toggles.arrays;
    expect(toggles.arrays).toHaveLength(1);
    expect(array!.clock.value).toBeLessThan(array!.perOperation.value);
    expect(array!.activity.value).toBeGreaterThan(0.02);
    // Energy over the clock's is about in proportion to activity; the vectorless one is of 0.2.
    const ratio = (array!.perOperation.value - array!.clock.value) / (array!.vectorless.value - array!.clock.value);
    expect(ratio / (array!.activity.value / 0.2)).toBeGreaterThan(0.5);
    expect(ratio / (array!.activity.value / 0.2)).toBeLessThan(2);
  });

  it("reads as Markdown with the total, each block, and every source", () => {
    const text = reportMarkdown(report);
    expect(text).toContain(`| **total, flattened** `);
    expect(text).toContain(`${Math.round(report.area.total.value).toLocaleString("en-US")} µm²`);
    for (const words of ["LSTM of 5 units", "element-wise unit", "OpenSTA 2", "Horowitz, ISSCC 2014", "ideal shrink", "None was asked for.", "Icarus Verilog 1", "Of recurrent columns a timestep reads 5 (every timestep reads all)."]) {
      expect(text).toContain(words);
    }
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    expect(rows.every((row) => !row.includes("undefined") && !row.includes("NaN"))).toBe(true);
  });
});

describe("FPGA resources", () => {
  /** 128 words of 16 bits, of no pattern. */
  const words = Array.from({ length: 128 }, (_, word) => ((word * 40_503 + 12_345) % 65_536).toString(16).padStart(4, "0"));
  const top = 'module top(input wire clock, input wire [6:0] address, output wire [15:0] word);\n  rom #(.WIDTH(16), .DEPTH(128), .FILE("weights.mem")) weights (.clock(clock), .address(address), .word(word));\nendmodule\n';

  it.each(fpgaFamilies)("have a ROM of weights in block RAM and not in logic: %s", async (family) => {
    const files = new Map([["top.v", top], ["rom.v", verilogModules.rom], ["weights.mem", `${words.join("\n")}\n`]]);
    const netlist = await synthesiseFpga(["top.v", "rom.v"], files, { family, top: "top" }, await findYosys());
    const { blockRams, luts, lutRams } = countResources(netlist, family, "top");
    expect({ blockRams, luts, lutRams }).toEqual({ blockRams: 1, luts: 0, lutRams: 0 });
  });

  it("of a device are held against what it has, and a design that is too large is not placed", async () => {
    // 20 rows of 4,000 symbols, 160,000 bits, in at least 40 blocks of 4 Kbit.
    const { families: [ice40], placed } = await fpgaPart(smallNetwork({ inputs: 4000 }), { macUnits: 5, fpga: ["ice40"], place: true }, await findYosys(), () => undefined);
    const [hx8k] = ice40!.devices;
    expect(ice40!.blockRams.value).toBeGreaterThanOrEqual(40);
    expect(hx8k).toMatchObject({ device: "iCE40 HX8K", lacks: ["blockRams"], blockRams: { needed: { value: ice40!.blockRams.value }, available: { value: 32 } } });
    expect(placed).toEqual([{ missing: expect.stringMatching(/^iCE40 HX8K has 32 block RAMs of the \d+ that the design needs, so it is not placed/) as string }]);
  });

  it("count a block of 36 Kbit as two halves, and tables that carries and LUT RAM take", () => {
    const netlist = (types: readonly string[]): string =>
      JSON.stringify({ modules: { accelerator: { attributes: {}, cells: Object.fromEntries(types.map((type, index) => [`cell${index}`, { type }])) } } });
    const xilinx = countResources(netlist(["RAMB36E1", "RAMB18E1", "RAM32M", "RAM64X1D", "SRL16E", "LUT3", "DSP48E1"]), "xilinx");
    expect(neededResources("xilinx", xilinx)).toEqual({ logic: 1 + 4 + 2 + 1, flipFlops: 0, blockRams: 3, dsps: 1 });
    const ecp5 = countResources(netlist(["LUT4", "CCU2C", "TRELLIS_DPR16X4", "TRELLIS_FF", "DP16KD"]), "ecp5");
    expect(neededResources("ecp5", ecp5)).toEqual({ logic: 1 + 2 + 6, flipFlops: 1, blockRams: 1, dsps: 0 });
    const ice40 = countResources(netlist(["SB_LUT4", "SB_CARRY", "SB_CARRY", "SB_DFFESR", "SB_RAM40_4K"]), "ice40");
    expect(neededResources("ice40", ice40)).toEqual({ logic: 2, flipFlops: 1, blockRams: 1, dsps: 0 });
    const [small, large] = fpgaDevices.ecp5;
    expect([lackingResources({ logic: 6157, flipFlops: 3679, blockRams: 57, dsps: 10 }, small!), lackingResources({ logic: 6157, flipFlops: 3679, blockRams: 57, dsps: 10 }, large!)]).toEqual([["blockRams"], []]);
  });
});

describe("tritloom report", () => {
  const work = async (...args: string[]) => reportCommand.work(readCommandLine("report", reportCommand, args));

  it("refuses what it does not know, before any work", async () => {
    await expect(work("--random", "1", "--clock", "0")).rejects.toThrow(new UsageError("--clock 0: give a frequency in MHz above 0."));
    await expect(work("--random", "1", "--memory-access=-1")).rejects.toThrow(new UsageError("--memory-access -1: give a time in ns from 0."));
    await expect(work("--random", "1", "--memory-setup", "soon")).rejects.toThrow(new UsageError("--memory-setup soon: give a time in ns from 0."));
    await expect(work("--random", "1", "--fpga", "ice41")).rejects.toThrow(
      new UsageError("--fpga ice41: choose from ice40, ice40up, ecp5, xilinx, gowin."),
    );
    await expect(work()).rejects.toThrow(new UsageError("report needs either RUN, the directory of a finished run, or --random SEED."));
    await expect(work("--random", "1", "--liberty", "/none.lib")).rejects.toThrow(
      "There are no standard cells in /none.lib: name a liberty file of your own (--liberty FILE).",
    );
  });

  it("prints the report of a random network, and the same as JSON", async () => {
    const sizes = ["--units", "4", "--inputs", "3", "--activation-bits", "5", "--cell-bits", "6", "--constant-bits", "6", "--table-entries", "16"];
    const { text, json } = await work("--random", "1", "--cell", "gru", ...sizes, "--macs", "3", "--fpga", "none", "--clock", "900", "--memory-access", "3");
    const report = hardwareReportSchema.parse(json);
    expect(report.subject).toBe("GRU of 4 units over 3 one-hot inputs, ternary weights; 3 MAC units a layer");
    expect(text).toBe(reportMarkdown(report).trimEnd());
    expect(report.timing.throughput).toMatchObject({ origin: "given", isReachable: false, clock: { value: 900 } });
    expect(text).toContain("**These cells do not reach the clock that was given, 900 MHz: their highest is ");
    expect(text).toContain("memories of 3 ns access and 0.2 ns setup, as given");
  });
});
