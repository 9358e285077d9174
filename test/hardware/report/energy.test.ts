import { describe, expect, it } from "vitest";
import type { Sequence } from "../../../src/hardware/calibrate.js";
import { gateRows } from "../../../src/hardware/fixedModel.js";
import { IntegerNetwork } from "../../../src/hardware/integer/network.js";
import { addEnergy, timestepEnergy, totalEnergy } from "../../../src/hardware/report/energyTable.js";
import { recurrentColumns } from "../../../src/hardware/report/recurrentColumns.js";
import { smallNetwork } from "./smallNetworks.js";

/** Of the smallest memory of the table, in pJ a bit; all of these are smaller. */
const perBit = 10 / 64;
/** 20 gate rows in 4 groups of 6 lanes. */
const macUnits = 6;

const dense = smallNetwork();
const delta = smallNetwork({}, { deltaThreshold: 1 });
const symbols: Sequence = { kind: "symbols", symbols: Int32Array.from({ length: 40 }, (_, timestep) => (timestep * 7) % 4) };

describe("The energy of a timestep by the table", () => {
  it("with delta updates is that of the columns read, the list, the references and the kept sums, counted by hand", () => {
    const sumBits = delta.layers[0]!.bits.recurrentSum;
    const energy = timestepEnergy(delta, macUnits, [2.5]);
    expect(gateRows(delta.layers[0]!)).toBe(20);
    expect(energy.multiplyAccumulate).toBeCloseTo(20 * 2.5 * addEnergy(sumBits), 9);
    // 4 words of 6 trits for each of 2.5 recurrent columns and for the symbol.
    expect(energy.weightReads).toBeCloseTo(4 * 3.5 * 12 * perBit, 9);
    // An entry: one of 5 units in 3 bits, a change of 5-bit values in 6.
    expect(energy.stateReads).toBeCloseTo(4 * 2.5 * 9 * perBit, 9);
    const [sums, references, list] = [2 * 4 * 6 * sumBits, 2 * 5 * 5, 2.5 * 9];
    expect(energy.deltaMemories).toBeCloseTo((sums + references + list) * perBit, 9);
  });

  it("of a full-precision multiplier grows by the bit that a change has more than h", () => {
    const [full, changes] = [smallNetwork({ precision: "full" }), smallNetwork({ precision: "full" }, { deltaThreshold: 0 })];
    expect(timestepEnergy(changes, macUnits).multiplyAccumulate).toBeGreaterThan(timestepEnergy(full, macUnits).multiplyAccumulate);
  });

  it("without delta updates has no part of theirs, and reads h itself", () => {
    const energy = timestepEnergy(dense, macUnits);
    expect(energy.deltaMemories).toBe(0);
    expect(energy.stateReads).toBeCloseTo(4 * 5 * 5 * perBit, 9);
    expect(totalEnergy(energy)).toBeLessThan(totalEnergy(timestepEnergy(delta, macUnits)));
  });

  it("refuses columns that the accelerator cannot read", () => {
    expect(() => timestepEnergy(dense, macUnits, [4])).toThrow(new RangeError("recurrentColumns [4]: give one number for each layer: 5."));
    expect(() => timestepEnergy(delta, macUnits, [0.5])).toThrow(new RangeError("recurrentColumns [0.5]: give one number for each layer: 1 to 5."));
    expect(() => timestepEnergy(delta, macUnits, [2, 2])).toThrow("give one number for each layer");
  });
});

describe("The recurrent columns of a report", () => {
  it("are the average that the integer reference counts, and say over what", () => {
    const network = new IntegerNetwork(delta);
    const counts = [...(symbols.kind === "symbols" ? symbols.symbols : [])].map((symbol) => network.step(symbol)[0]!.columns);
    const { columns, words } = recurrentColumns(delta, [symbols]);
    expect(columns).toEqual([counts.reduce((sum, count) => sum + count, 0) / 40]);
    expect(columns[0]).toBeLessThan(5);
    expect(words).toBe("changes of h by more than 1, average over 40 timesteps");
  });

  it("are all where nothing is known, and say so", () => {
    expect(recurrentColumns(delta, [])).toEqual({ columns: [5], words: "all: no data says how many change by more than 1" });
    expect(recurrentColumns(dense, [symbols])).toEqual({ columns: [5], words: "every timestep reads all" });
  });
});
