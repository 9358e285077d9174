import { readFileSync } from "node:fs";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MissingToolError } from "../../../src/programs/missingTool.js";
import { addEnergy, multiplyEnergy } from "../../../src/hardware/report/energyTable.js";
import { readLiberty } from "../../../src/hardware/report/liberty.js";
import { extents, parseNetlist } from "../../../src/hardware/report/netlist.js";
import { accessEnergy, dramReadEnergy } from "../../../src/hardware/report/memoryEnergy.js";
import { parseCriticalPath, parseMegahertz, parseUtilisation } from "../../../src/hardware/report/nextpnr.js";
import { parseTiming } from "../../../src/hardware/report/opensta.js";
import { faultOf, runProgram, ToolError } from "../../../src/programs/runProgram.js";

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

describe("What OpenSTA 2.0.17 printed for an LSTM accelerator", () => {
  const output = fixture("opensta.txt");

  it("is the period in which the slowest path just meets its setup time, its ends, and the power", () => {
    const { periodNanoseconds, ...rest } = parseTiming(output);
    // Arrival 6.5082 ns and setup 0.1835 ns.
    expect(periodNanoseconds).toBeCloseTo(6.5082 + 0.1835, 4);
    expect(rest).toEqual({ startPoint: "layer_0.gate_scale_recurrent_rom.words[0].read", endPoint: "_21535_", watts: 0.06158494 });
  });

  it("has a longer period where the path misses the clock", () => {
    expect(parseTiming(output.replace("3.3083   slack (MET)", "-2.5   slack (VIOLATED)")).periodNanoseconds).toBeCloseTo(12.5);
  });

  it("is an error in the tool's words where there is no path", () => {
    expect(() => parseTiming("No paths found.\n")).toThrow(new ToolError("OpenSTA reported no path: No paths found."));
    expect(() => parseTiming(output.replace(/^Total.*$/m, ""))).toThrow(/^OpenSTA reported no power: /);
  });

  it("is no reading after a command that failed: the paths that are left are not all", () => {
    const fault = "Error: script.tcl, 7 invalid command name \"NULL\"";
    expect(() => parseTiming(`${fault}\n${output}`)).toThrow(new ToolError(`OpenSTA failed: ${fault}`));
  });
});

describe("What nextpnr-ice40 0.4 printed", () => {
  it("is the routed frequency, not the estimate before routing", () => {
    const output = fixture("nextpnr-ice40.txt");
    expect(output).toContain("81.31 MHz");
    expect(parseMegahertz(output)).toBe(72.31);
  });

  it("is the share of the device that each resource takes, and the routed path from source to set-up", () => {
    // Lines as nextpnr 0.4 prints them, of another design.
    const lines = [
      "Info: Device utilisation:",
      "Info: \t         ICESTORM_LC:  5626/ 7680    73%",
      "Info: \t        ICESTORM_RAM:    29/   32    90%",
      "Info: \t        ICESTORM_PLL:     0/    2     0%",
      ...["early", "routed"].flatMap((stage) => [
        "Info: Critical path report for clock 'clock$SB_IO_IN_$glb_clk' (posedge -> posedge):",
        "Info: curr total",
        `Info:  0.8  0.8  Source ${stage}_rows_LC.O`,
        "Info:  1.8  2.6    Net sums[3] budget 9.1 ns (12,16) -> (12,17)",
        "Info:                Sink middle_LC.I1",
        "Info:  0.4  3.0  Source middle_LC.O",
        `Info:  0.5  16.4  Setup ${stage}_enable_LC.CEN`,
      ]),
      "Info: Critical path report for cross-domain path '<async>' -> 'posedge clock':",
      "Info:  0.0  0.0  Source in_valid$sb_io.D_IN_0",
      "Info:  0.5  2.5  Setup other_LC.I0",
    ].join("\n");
    expect(parseUtilisation(lines)).toEqual([
      { resource: "ICESTORM_LC", used: 5626, available: 7680 },
      { resource: "ICESTORM_RAM", used: 29, available: 32 },
    ]);
    expect(parseCriticalPath(lines)).toEqual({ from: "routed_rows_LC.O", to: "routed_enable_LC.CEN", nanoseconds: 16.4 });
    expect(parseCriticalPath("Info: Program finished normally.")).toBeUndefined();
  });

  it("is an error without a frequency", () => {
    expect(() => parseMegahertz("ERROR: Unable to place cell")).toThrow("nextpnr-ice40 reported no clock frequency.");
  });
});

describe("Standard cells", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tritloom-liberty-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (text: string): string => {
    const place = path.join(folder, "own.lib");
    writeFileSync(place, text);
    return place;
  };

  it("of OSU 0.18 µm have the areas of the library's data book", async () => {
    const { name, node, cellAreas } = await readLiberty();
    expect({ name, node, cells: cellAreas.size }).toEqual({ name: "osu018_stdcells", node: "180 nm", cells: 32 });
    expect(["INVX1", "NAND2X1", "FAX1", "DFFPOSX1", "PADINC"].map((cell) => cellAreas.get(cell))).toEqual([16, 24, 120, 96, undefined]);
  });

  it("of one's own may quote names, and a pin's numbers are not the cell's area", async () => {
    const cells = 'library("mine") { cell ("A_1") { area : 1.5; pin(Y) { area : 9; } } cell(B){pin(A){} area:"2e1" ;} }';
    const liberty = await readLiberty(file(cells));
    expect(liberty).toMatchObject({ name: "mine", node: "mine" });
    expect([...liberty.cellAreas]).toEqual([["A_1", 1.5], ["B", 20]]);
  });

  it("that are not there are an error with the remedy, never an area of 0", async () => {
    const place = path.join(folder, "none.lib");
    await expect(readLiberty(place)).rejects.toThrow(
      new MissingToolError(`There are no standard cells in ${place}: name a liberty file of your own (--liberty FILE).`),
    );
    const empty = file("library(mine) { }");
    await expect(readLiberty(empty)).rejects.toThrow(
      new RangeError(`${empty} is not a liberty file with cells that have an area; give the .lib of a standard cell library.`),
    );
  });
});

describe("A netlist", () => {
  const netlist = parseNetlist(
    JSON.stringify({
      modules: {
        top: { attributes: {}, cells: { a: { type: "$paramod$1\\unit" }, b: { type: "$paramod$1\\unit" }, c: { type: "INVX1" } } },
        "$paramod$1\\unit": { attributes: {}, cells: { a: { type: "NAND2X1" }, b: { type: "$paramod\\saturate\\N=1" }, m: { type: "$paramod$2\\memory" } } },
        "$paramod\\saturate\\N=1": { attributes: {}, cells: { a: { type: "INVX1" }, b: { type: "INVX1" } } },
        "$paramod$2\\memory": { attributes: {}, parameter_default_values: { WIDTH: "1100", DEPTH: "101" }, cells: { q: { type: "memory_output" } } },
        memory_output: { attributes: {}, cells: {} },
      },
    }),
  );
  const library = { file: "own.lib", cellAreas: new Map([["INVX1", 16], ["NAND2X1", 24]]) };

  it("counts every instance, arithmetic with the module that uses it, and memories in bits", () => {
    const nothing = { area: 0, cells: 0, memoryBits: 0, romBits: 0 };
    expect(Object.fromEntries(extents(netlist, "top", library))).toEqual({
      top: { ...nothing, area: 16, cells: 1 },
      unit: { ...nothing, area: 2 * (24 + 2 * 16), cells: 6 },
      memory: { ...nothing, memoryBits: 2 * 12 * 5 },
    });
  });

  it("with a cell that the library does not have is an error", () => {
    const poor = { file: "own.lib", cellAreas: new Map([["INVX1", 16]]) };
    expect(() => extents(netlist, "top", poor)).toThrow(
      new ToolError("The cell NAND2X1 in unit has no area in own.lib: use a complete standard cell library."),
    );
  });
});

describe("The energy table", () => {
  it("goes through the published adder, multipliers and memories", () => {
    expect(addEnergy(32)).toBeCloseTo(0.1, 12);
    expect([multiplyEnergy(8, 8), multiplyEnergy(32, 32)]).toEqual([expect.closeTo(0.2, 12), expect.closeTo(3.1, 12)]);
    const published = [10, 20, 100].map((picojoules) => expect.closeTo(picojoules, 9) as number);
    expect([2 ** 16, 2 ** 18, 2 ** 23].map((bits) => 64 * accessEnergy(bits))).toEqual(published);
    expect(64 * dramReadEnergy).toBe(1300);
  });

  it("charges a memory by its size: between the published ones by a power, below by the square root down to a register", () => {
    // 16 KB lies halfway between 8 and 32 KB, as ratios go: so do 14.1 pJ between 10 and 20.
    expect(64 * accessEnergy(2 ** 17)).toBeCloseTo(10 * Math.SQRT2, 9);
    // 86 KB: 100 pJ at 1 MB would be 2.9 times too many. log10(86/32) / log10(1024/32) of the way from 20 to 100.
    expect(64 * accessEnergy(86 * 8192)).toBeCloseTo(20 * 5 ** (Math.log10(86 / 32) / Math.log10(32)), 9);
    expect(64 * accessEnergy(2 ** 14)).toBeCloseTo(5, 9);
    expect([1, 64, 217].map(accessEnergy)).toEqual([0.009, 0.009, 0.009]);
    expect(accessEnergy(218)).toBeGreaterThan(0.009);
    const sizes = Array.from({ length: 30 }, (_, exponent) => accessEnergy(2 ** exponent));
    expect(sizes).toEqual(sizes.toSorted((one, other) => one - other));
  });
});

describe("A program", () => {
  it("that is not there is named with its remedy", async () => {
    const run = runProgram({ program: "tritloom-no-such-tool", args: [], remedy: "install it." });
    await expect(run).rejects.toThrow(new MissingToolError("tritloom-no-such-tool is not on PATH: install it."));
  });

  it("that fails is told in its own words", async () => {
    const script = "console.log('reading'); console.error('ERROR: no module top'); process.exit(1)";
    const run = runProgram({ program: process.execPath, args: ["-e", script], remedy: "" });
    await expect(run).rejects.toThrow(/failed: ERROR: no module top$/);
    expect(faultOf("one\n\ntwo\n")).toBe("two");
  });

  it("ends when it is cancelled", async () => {
    const cancel = new AbortController();
    const run = runProgram({ program: process.execPath, args: ["-e", "setInterval(() => 0, 1000)"], remedy: "", signal: cancel.signal });
    cancel.abort();
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
  });
});
