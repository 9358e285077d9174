import fc from "fast-check";
import { cellHardware } from "../../src/hardware/cells/cells.js";
import { gateRows } from "../../src/hardware/fixedModel.js";
import { describe, expect, it } from "vitest";
import type { FixedMatrix } from "../../src/hardware/fixedModel.js";
import { weightImage } from "../../src/hardware/rom/contents.js";
import { hexWord, type RomImage } from "../../src/romFormats/romImage.js";
import { steps } from "./controller.js";
import { summarise } from "../../src/hardware/schedule/schedule.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { cells } from "./shapes.js";

function ternaryMatrix(rows: number, columns: number, pick: (index: number) => number): FixedMatrix {
  const codes = Int8Array.from({ length: rows * columns }, (_, index) => (pick(index) % 3) - 1);
  return { precision: "ternary", rows, columns, codes };
}

/** The trit in a lane of a word, decoded from the word's hexadecimal text: two's complement, lane 0 lowest. */
function trit(image: RomImage, address: number, lane: number): number {
  const field = Number((BigInt(`0x${hexWord(image, address)}`) >> BigInt(2 * lane)) & 3n);
  return field === 3 ? -1 : field;
}

describe("the schedule and the exported ROM", () => {
  it("agree: the word that a cycle accumulates holds the weights of that cycle's rows and column", () => {
    const sizes = fc.record({
      cell: fc.constantFrom(...cells),
      units: fc.integer({ min: 1, max: 9 }),
      inputs: fc.integer({ min: 1, max: 6 }),
      macUnits: fc.integer({ min: 1, max: 40 }),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(sizes, ({ cell, units, inputs, macUnits, seed }) => {
        const shape: AcceleratorShape = { ...cell, units, inputs, macUnits, inputKind: "one-hot", precision: "ternary", clockMegahertz: 400 };
        const rows = gateRows({ cell: cell.cell, units });
        const pick = (index: number): number => (index * 7919 + seed * 104729) % 11;
        const matrices = {
          recurrent: ternaryMatrix(cellHardware(cell.cell).hasRecurrentWeights ? units : 0, rows, pick),
          input: ternaryMatrix(inputs, rows, (index) => pick(index + 5)),
        };
        const images = {
          recurrent: weightImage("recurrent_weights", shape, matrices.recurrent, macUnits),
          input: weightImage("input_weights", shape, matrices.input, macUnits),
        };
        const { romWords } = summarise(shape);
        expect([images.recurrent.depth, images.input.depth]).toEqual([romWords.recurrent, romWords.input]);
        expect(images.recurrent.width).toBe(romWords.bitsPerWord);
        const symbol = seed % inputs;
        for (const { accumulate } of steps(shape)) {
          for (let unit = 0; accumulate && unit < accumulate.busyUnits; unit++) {
            const { memory, firstRow } = accumulate;
            const [address, column] = memory === "input" ? [accumulate.address + symbol, symbol] : [accumulate.address, accumulate.column];
            const weight = matrices[memory].codes[column * rows + firstRow + unit];
            expect(trit(images[memory], address, unit)).toBe(weight);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
