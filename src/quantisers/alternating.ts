import * as z from "zod";
import { noScales } from "./coded.js";
import type { Quantiser } from "./contract.js";
import { quantiserKind, specOf } from "./kind.js";
import { SignCode } from "./signCode.js";
import { patternValues, signPlanes } from "./signPlanes.js";

/** Columns that are gathered together, so that a cache line of the row-major matrix is read once. */
const blockColumns = 16;

export const alternatingKind = quantiserKind({
  kind: "alternating",
  word: "tl.alternating",
  options: { bits: z.number().int().min(2).max(4), iterations: z.number().int().min(0).max(20) },
  levels: "planes",
  make: ({ bits, iterations }, { rows, columns }) => sumOfSigns(rows, columns, bits, iterations),
});

/** Alternating multi-bit weights (Xu et al. 2018): each matrix is a sum of `bits` sign matrices, with scales of their own for each column. */
export function alternating(options: { bits?: number; iterations?: number } = {}) {
  return specOf(alternatingKind, options, { bits: 2, iterations: 2 });
}

/**
 * Alternating multi-bit quantisation (Xu et al. 2018, "Alternating Multi-bit Quantization for Recurrent Neural
 * Networks"): each output column is a sum of k sign vectors with scales of their own, greedy at the start, then least
 * squares for the scales and the nearest codes by turns (algorithm 2; the paper takes 2 turns). The gradient is
 * straight-through.
 * @param iterations 0 leaves the greedy code of Guo et al. 2017
 */
function sumOfSigns(rows: number, columns: number, bits: number, iterations: number): Quantiser {
  const values = new Float32Array(rows * columns);
  const codes = new Int8Array(rows * columns);
  const patterns = new Uint8Array(rows * columns);
  const scales = Array.from({ length: bits }, () => new Float32Array(columns));
  const encoder = new SignCode(rows, bits);
  const gathered = Array.from({ length: Math.min(blockColumns, columns) }, () => new Float32Array(rows));
  const found = new Uint8Array(rows * blockColumns);
  const tables = Array.from({ length: gathered.length }, () => new Float32Array(2 ** bits));
  const codeTables = Array.from({ length: gathered.length }, () => new Int8Array(2 ** bits));
  const columnScales = new Float32Array(bits);

  const encodeColumn = (column: number, place: number): void => {
    encoder.encode(gathered[place]!, iterations);
    columnScales.set(encoder.scales);
    scales.forEach((own, plane) => (own[column] = columnScales[plane]!));
    patternValues(columnScales, tables[place]!);
    patternCodes(tables[place]!, codeTables[place]!);
    found.set(encoder.patterns, place * rows);
  };

  const scatter = (first: number, width: number): void => {
    for (let place = 0; place < width; place++) {
      const table = tables[place]!;
      const codeTable = codeTables[place]!;
      for (let row = 0, index = first + place; row < rows; row++, index += columns) {
        const pattern = found[place * rows + row]!;
        patterns[index] = pattern;
        values[index] = table[pattern]!;
        codes[index] = codeTable[pattern]!;
      }
    }
  };

  return {
    rows,
    columns,
    saturation: null,
    codes,
    initialScales: () => noScales,
    quantise(latent) {
      for (let first = 0; first < columns; first += blockColumns) {
        const width = Math.min(blockColumns, columns - first);
        gather(latent, columns, first, gathered.slice(0, width));
        for (let place = 0; place < width; place++) {
          encodeColumn(first + place, place);
        }
        scatter(first, width);
      }
      return values;
    },
    backward: () => noScales,
    constrain: () => undefined,
    ship: () => ({ kind: "planes", rows, columns, planes: signPlanes(patterns, scales) }),
  };
}

/** A code for each pattern: the sign of its value times a number that only the opposite pattern has too. */
function patternCodes(values: Float32Array, out: Int8Array): void {
  const all = values.length - 1;
  for (let pattern = 0; pattern < values.length; pattern++) {
    out[pattern] = Math.sign(values[pattern]!) * (Math.min(pattern, pattern ^ all) + 1);
  }
}

/** Copies neighbouring columns of a row-major matrix, each into an array of its own. */
function gather(matrix: Float32Array, columns: number, first: number, out: readonly Float32Array[]): void {
  out.forEach((column, place) => {
    for (let row = 0, index = first + place; row < column.length; row++, index += columns) {
      column[row] = matrix[index]!;
    }
  });
}
