import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { synthesiseAccelerator, synthesiseArray, synthesiseFlat } from "../../../src/hardware/report/asicSynthesis.js";
import { type AreaModel, blockExtents, measureArea, totalArea } from "../../../src/hardware/report/areaModel.js";
import { type Liberty, readLiberty } from "../../../src/hardware/report/liberty.js";
import { extents } from "../../../src/hardware/report/netlist.js";
import { findYosys, type Yosys } from "../../../src/hardware/report/yosys.js";
import { smallNetwork } from "./smallNetworks.js";

interface Baseline {
  readonly yosys: string;
  readonly tolerance: number;
  readonly otherVersionsTolerance: number;
  readonly networks: Readonly<Record<string, Readonly<Record<string, { readonly area: number; readonly cells: number }>>>>;
}

/** The figures that a failure of this test prints, of Debian 12's Yosys. */
const baseline = JSON.parse(readFileSync(new URL("../baselines/area.json", import.meta.url), "utf8")) as Baseline;

// Seconds on an idle machine; beside other work on all cores, minutes.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let yosys: Yosys;
let liberty: Liberty;
let lstm: AreaModel;

beforeAll(async () => {
  yosys = await findYosys();
  liberty = await readLiberty();
  lstm = await measureArea(smallNetwork(), yosys, liberty);
});

type Size = Readonly<{ area: number; cells: number }>;

/** Blocks whose area or cells are not those of the baseline. */
function changes(network: string, found: Readonly<Record<string, Size>>): unknown[] {
  const known = baseline.networks[network] ?? {};
  const tolerance = yosys.version === baseline.yosys ? baseline.tolerance : baseline.otherVersionsTolerance;
  const isNear = (value = 0, expected = 0): boolean => Math.abs(value - expected) <= tolerance * Math.abs(expected);
  return [...new Set([...Object.keys(known), ...Object.keys(found)])]
    .filter((block) => !isNear(found[block]?.area, known[block]?.area) || !isNear(found[block]?.cells, known[block]?.cells))
    .map((block) => ({ block, area: found[block]?.area, cells: found[block]?.cells, before: known[block] }));
}

describe("The area of an accelerator", () => {
  it("is that of the blocks in the baseline", () => {
    expect(changes("lstm ternary, 8 MAC units", Object.fromEntries(blockExtents(lstm, 8)))).toEqual([]);
  });

  it("is that of a GRU's blocks, too", async () => {
    const gru = await measureArea(smallNetwork({ cell: "gru", inputKind: "dense" }), yosys, liberty);
    expect(changes("gru ternary dense, 8 MAC units", Object.fromEntries(blockExtents(gru, 8)))).toEqual([]);
  });

  it("is within 15 % of what Yosys makes of the whole at once, without modules", async () => {
    const flat = await synthesiseFlat(smallNetwork(), 8, yosys, liberty);
    expect(totalArea(lstm, 8) / flat.area).toBeGreaterThan(1);
    expect(totalArea(lstm, 8) / flat.area).toBeLessThan(1.15);
  });

  it("grows by the same for each MAC unit: twelve lanes, synthesised, are what four and eight foretell", async () => {
    const { netlist, top } = await synthesiseArray(smallNetwork(), lstm.designs.accelerator.netlist, 0, 12, yosys, liberty);
    const measured = [...extents(netlist, top, liberty).values()].reduce((sum, { area }) => sum + area, 0);
    const [{ fixed, macUnit, registers }] = lstm.arrays as [AreaModel["arrays"][number]];
    const foretold = fixed.area + 12 * (macUnit.area + registers.area);
    expect(Math.abs(foretold / measured - 1)).toBeLessThan(0.01);
  });

  it("is Yosys's own sum over the flat netlist", async () => {
    const { flatVerilog, netlist, top } = lstm.designs.accelerator;
    const script = ["read_liberty -lib cells.lib", "read_verilog flat.v", "tee -o stat.txt stat -liberty cells.lib", ""].join("\n");
    const files = new Map([["cells.lib", liberty.text], ["flat.v", flatVerilog]]);
    const stat = (await yosys.run(script, files, ["stat.txt"])).get("stat.txt")!;
    const total = Number(/Chip area for (?:top )?module '\\accelerator': ([\d.]+)/.exec(stat)![1]);
    const ours = [...extents(netlist, top, liberty).values()].reduce((sum, { area }) => sum + area, 0);
    // Flattening lets a few cells go that drive nothing.
    expect(ours / total).toBeGreaterThanOrEqual(1);
    expect(ours / total).toBeLessThan(1.01);
  });

  it("leaves out memories, which are counted in bits: h twice, three gates, c, and two frames of output", () => {
    expect(lstm.memoryBits).toBe(5 * (2 * 5 + 3 * 5 + 6 + 2 * 5));
  });

  it("falls from full precision to a trit in the MAC unit", async () => {
    const units = [];
    for (const precision of ["full", "ternary", "binary"] as const) {
      const model = smallNetwork({ precision });
      const accelerator = precision === "ternary" ? lstm.designs.accelerator : await synthesiseAccelerator(model, yosys, liberty);
      const design = await synthesiseArray(model, accelerator.netlist, 0, 4, yosys, liberty);
      const unit = extents(design.netlist, design.top, liberty).get("mac_unit")!;
      units.push({ precision, area: unit.area / 4, cells: unit.cells / 4 });
    }
    expect(changes("MAC units", Object.fromEntries(units.map((unit) => [unit.precision, unit])))).toEqual([]);
    const [full, ternary, binary] = units as [(typeof units)[number], ...typeof units];
    expect(full.area).toBeGreaterThan(2 * ternary!.area);
    expect(ternary!.area).toBeGreaterThanOrEqual(0.9 * binary!.area);
  });
});

describe("Yosys", () => {
  it("that cannot do what it is asked tells why", async () => {
    await expect(yosys.run("read_verilog none.v\n", new Map(), [])).rejects.toThrow(/^Yosys failed: .*none\.v|^yosys failed: .*none\.v/);
  });
});
