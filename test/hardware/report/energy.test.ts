import { describe, expect, it } from "vitest";
import type { Sequence } from "../../../src/hardware/calibrate.js";
import { type FixedModel, gateRows } from "../../../src/hardware/fixedModel.js";
import { IntegerNetwork } from "../../../src/hardware/integer/network.js";
import { addEnergy, timestepEnergy } from "../../../src/hardware/report/energyTable.js";
import { recurrentColumns } from "../../../src/hardware/report/recurrentColumns.js";
import { tableWordBits } from "../../../src/hardware/tableWord.js";
import { smallNetwork } from "./smallNetworks.js";

/** pJ a bit of a memory below 32 KB: the square root through 10 pJ for 64 bits at 8 KB, at least a register's. */
const perBit = (memoryBits: number): number => Math.max(0.009, (10 / 64) * Math.sqrt(memoryBits / 65_536));
/** 20 gate rows in 4 groups of 6 lanes. */
const macUnits = 6;

const dense = smallNetwork();
const delta = smallNetwork({}, { deltaThreshold: 1 });
const symbols: Sequence = { kind: "symbols", symbols: Int32Array.from({ length: 40 }, (_, timestep) => (timestep * 7) % 4) };

describe("The energy of a timestep by the table", () => {
  it("is that of an LSTM's words, counted by hand, each charged by the size of its memory", () => {
    const energy = timestepEnergy(dense, macUnits);
    // 4 groups of 6 trits; 5 recurrent columns and one of 4 symbols.
    expect(energy.weightReads).toBeCloseTo(4 * 5 * 12 * perBit(4 * 5 * 12) + 4 * 12 * perBit(4 * 4 * 12), 9);
    // Each group reads all 5 values of 5 bits from one of two banks; all are written to the other.
    expect(energy.hiddenStates).toBeCloseTo((4 * 5 + 5) * 5 * perBit(25), 9);
    // g, f, i wait for o; c is read and written with 6 bits; scale and shift of c.
    expect(energy.gates).toBeCloseTo(3 * (5 + 5) * 5 * perBit(25), 9);
    expect(energy.cellStates).toBeCloseTo((5 + 5) * 6 * perBit(30), 9);
    expect(energy.constantReads).toBeCloseTo(3 * 20 * 6 * perBit(120) + 2 * 5 * 6 * perBit(30), 9);
    // 15 rows of sigmoid, 5 of tanh, tanh of 5 cell states.
    const tables = Object.fromEntries(Object.entries(dense.tables).map(([name, table]) => [name, tableWordBits(table).value + tableWordBits(table).slope]));
    expect(energy.lookUpTables).toBeCloseTo(15 * tables.sigmoid! * perBit(16 * tables.sigmoid!) + 10 * tables.tanh! * perBit(16 * tables.tanh!), 9);
    // The frame of the output, once in and once out.
    expect(energy.streams).toBeCloseTo((5 + 5) * 5 * perBit(25), 9);
    expect(energy.deltaMemories).toBe(0);
  });

  it("charges a larger memory more for each bit, however few are read", () => {
    const wide = smallNetwork({ inputs: 4000 });
    const symbolRow = (model: FixedModel, symbols: number): number => {
      const recurrent = 4 * 5 * 12 * perBit(4 * 5 * 12);
      return (timestepEnergy(model, macUnits).weightReads - recurrent) / (4 * 12 * perBit(4 * symbols * 12));
    };
    expect(symbolRow(dense, 4)).toBeCloseTo(1, 9);
    expect(symbolRow(wide, 4000)).toBeCloseTo(1, 9);
    expect(timestepEnergy(wide, macUnits).weightReads).toBeGreaterThan(timestepEnergy(dense, macUnits).weightReads);
  });

  it("with delta updates is that of the columns read, the list, the references and the kept sums, counted by hand", () => {
    const sumBits = delta.layers[0]!.bits.recurrentSum;
    const energy = timestepEnergy(delta, macUnits, [2.5]);
    expect(gateRows(delta.layers[0]!)).toBe(20);
    expect(energy.multiplyAccumulate).toBeCloseTo(20 * 2.5 * addEnergy(sumBits), 9);
    // 4 words of 6 trits for each of 2.5 recurrent columns and for the symbol.
    expect(energy.weightReads).toBeCloseTo(4 * 2.5 * 12 * perBit(4 * 5 * 12) + 4 * 12 * perBit(4 * 4 * 12), 9);
    expect(energy.hiddenStates).toBe(0);
    // An entry: one of 5 units in 3 bits, a change of 5-bit values in 6.
    const [sums, references, list] = [2 * 4 * 6 * sumBits * perBit(4 * 6 * sumBits), 2 * 5 * 5 * perBit(25), (4 * 2.5 + 2.5) * 9 * perBit(45)];
    expect(energy.deltaMemories).toBeCloseTo(sums + references + list, 9);
  });

  it("of a full-precision multiplier grows by the bit that a change has more than h", () => {
    const [full, changes] = [smallNetwork({ precision: "full" }), smallNetwork({ precision: "full" }, { deltaThreshold: 0 })];
    expect(timestepEnergy(changes, macUnits).multiplyAccumulate).toBeGreaterThan(timestepEnergy(full, macUnits).multiplyAccumulate);
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
