import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Look, ShownHeatMap, ShownHistogram, ShownImage, ShownTable, ShownValue } from "../../../src/variables/contract.js";
import { valueViewSchema } from "../../../src/variables/contract.js";
import { viewOf } from "../../../kernel/variables/view.js";
import { emptyLedger } from "./ledger.js";

const whole: Look = { name: "x", path: [], way: null, first: 0, firstColumn: 0 };

function view(value: unknown, look: Partial<Look> = {}) {
  const found = viewOf(value, { ...whole, ...look }, emptyLedger);
  const read = valueViewSchema.parse(found);
  expect(Buffer.byteLength(JSON.stringify(read))).toBeLessThan(200_000);
  return read;
}

function shown<Kind extends ShownValue["kind"]>(value: unknown, kind: Kind, look: Partial<Look> = {}) {
  const { shown: found } = view(value, { way: kind, ...look });
  expect(found.kind).toBe(kind);
  return found as Extract<ShownValue, { kind: Kind }>;
}

/** All pages of a table, one under the other. */
function allRows(value: unknown): ShownTable["rows"] {
  const rows: ShownTable["rows"] = [];
  for (let total = 1; rows.length < total; ) {
    const page = shown(value, "table", { first: rows.length });
    expect(page.rowRange.first).toBe(rows.length);
    total = page.rowRange.total;
    rows.push(...page.rows);
  }
  return rows;
}

describe("what a value opens as", () => {
  const matrix = (rows: number, columns: number) => Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => row - column));
  const image = (channels: number) => Array.from({ length: 8 }, () => Array.from({ length: 8 }, () => new Uint8Array(channels).fill(200)));
  it.each<[string, unknown, readonly string[]]>([
    ["records: a table", [{ a: 1 }, { b: 2 }], ["table"]],
    ["numbers: a histogram", [1, 2, 3], ["histogram", "table"]],
    ["a typed array: a histogram", new Float32Array(10), ["histogram", "table"]],
    ["a large matrix: a heat map", matrix(20, 30), ["heat map", "histogram", "table"]],
    ["a matrix that can be read: a table", matrix(3, 4), ["table", "heat map", "histogram"]],
    ["[8, 8, 3] from 0 to 255: an image", image(3), ["image", "histogram", "heat map", "table"]],
    ["[8, 8, 2]: no image", image(2), ["histogram", "heat map", "table"]],
    ["[8, 8, 1] with a number below 0: no image", image(1).map((row) => row.map(() => [-1])), ["histogram", "heat map", "table"]],
    ["a matrix from 0 to 1: also an image", matrix(20, 30).map((row) => row.map(() => 0.5)), ["heat map", "histogram", "table", "image"]],
    ["ragged lists: a table", [[1], [2, 3]], ["table"]],
    ["numbers and others: a table", [1, "a"], ["table"]],
    ["a text", "text", ["text"]],
    ["a number", 3, ["text"]],
    ["a function: its source", () => 1, ["text"]],
    ["an empty list", [], ["text"]],
  ])("%s", (_title, value, ways) => {
    expect(view(value).ways).toEqual(ways);
    expect(view(value).shown.kind).toBe(ways[0]);
  });
});

describe("tables", () => {
  it("have a column for each property, in the order in which they first appear", () => {
    const records = [{ name: "a", loss: 1.5 }, { name: "b", steps: 3, loss: NaN }];
    expect(shown(records, "table")).toMatchObject({
      rowName: "index",
      columns: ["name", "loss", "steps"],
      rows: [{ head: "0", cells: ['"a"', "1.5", ""], opens: true }, { head: "1", cells: ['"b"', "NaN", "3"], opens: true }],
    });
  });

  it("have a row for each property of an object and each entry of a Map, and do not run getters", () => {
    const object = { a: 1, get b(): number { throw new Error("ran"); }, c: { d: 2 } };
    expect(shown(object, "table").rows).toEqual([
      { head: "a", cells: ["1", "number"], opens: false },
      { head: "b", cells: ["(getter, not run)", ""], opens: false },
      { head: "c", cells: ["{ d: 2 }", "object"], opens: true },
    ]);
    expect(shown(new Map<unknown, unknown>([["k", 1], [{ o: 1 }, [2]]]), "table")).toMatchObject({
      rowName: "key",
      rows: [{ head: '"k"', cells: ["1", "number"] }, { head: "{…}", cells: ["[2]", "array"], opens: true }],
    });
    expect(shown(new Set(["x"]), "table").rows).toEqual([{ head: "0", cells: ['"x"', "string"], opens: false }]);
  });

  it("lead from a row to its parts, and say so", () => {
    const model = { layers: [{ name: "lstm", weights: [new Float32Array([1, 2])] }] };
    const { trail, shown: found, summary } = view(model, { path: [0, 0, 1, 0] });
    expect(trail).toEqual(["layers", "0", "weights", "0"]);
    expect(summary.type).toBe("Float32Array");
    expect(found.kind).toBe("histogram");
    expect(viewOf(model, { ...whole, path: [0, 7] }, emptyLedger)).toBeUndefined();
    expect(viewOf(model, { ...whole, path: [0, 0, 0] }, emptyLedger)).toBeUndefined();
  });

  it("of more dimensions than two have the indices of all but the last one down", () => {
    const cube = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]];
    expect(shown(cube, "table").rows.map(({ head, cells }) => `${head}: ${cells.join(" ")}`)).toEqual(["0, 0: 1 2", "0, 1: 3 4", "1, 0: 5 6", "1, 1: 7 8"]);
  });

  it("in pages hold every element once, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double(), fc.string(), fc.record({ a: fc.integer() })), { minLength: 1, maxLength: 180 }), (values) => {
        expect(allRows(values).map(({ head }) => head)).toEqual(values.map((_, index) => String(index)));
        expect(allRows(new Map(values.map((value, index) => [index, value]))).map(({ head }) => head)).toEqual(values.map((_, index) => String(index)));
      }),
      { numRuns: 40 },
    );
  });

  it("of numbers hold each number at its place, whatever page is asked for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 2, max: 60 }), fc.nat(200), fc.nat(80), (rows, columns, first, firstColumn) => {
        const matrix = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => row * 1000 + column));
        const page = shown(matrix, "table", { first, firstColumn });
        const [top, left] = [page.rowRange.first, page.columnRange.first];
        expect([top, left]).toEqual([Math.min(first, rows - 1), Math.min(firstColumn, columns - 1)]);
        expect(page.rows.map(({ cells }) => cells.map(Number))).toEqual(
          matrix.slice(top, top + page.rows.length).map((row) => row.slice(left, left + page.columns.length)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("of the longest texts, in the widest tables, stay below 200 kB", () => {
    const longest = "\u{1f600}€\"\\\u0000\ud800".repeat(1000);
    const record = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${longest}${index}`, longest]));
    shown(new Array(100).fill(record), "table", { firstColumn: 20 });
    shown(new Map(Array.from({ length: 100 }, (_, index) => [`${longest}${index}`, longest])), "table");
    shown(longest.repeat(100), "text");
  });
});

describe("histograms and statistics", () => {
  const facts = (values: unknown) => Object.fromEntries(view(values).facts.map(({ name, value }) => [name, value]));

  it("say what two passes over the finite numbers say", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6 }), fc.constantFrom(0, -0, NaN, Infinity)), { minLength: 1, maxLength: 300 }), (values) => {
        const finite = values.filter(Number.isFinite);
        const { bars } = shown(values.length === 1 ? [...values, 0] : values, "histogram") as ShownHistogram;
        expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(finite.length + (values.length === 1 ? 1 : 0));
        if (finite.length > 0 && values.length > 1) {
          const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
          const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length;
          const scale = Math.max(1, ...finite.map(Math.abs));
          // Six digits are shown; sums of 300 numbers lose far fewer.
          expect(Math.abs(Number(facts(values).mean) - mean)).toBeLessThanOrEqual(1e-5 * scale);
          expect(Math.abs(Number(facts(values)["standard deviation"]) - Math.sqrt(variance))).toBeLessThanOrEqual(1e-5 * scale);
          expect(bars[0]!.from).toBe(Math.min(...finite) + 0);
          expect(bars.at(-1)!.to).toBe(Math.max(...finite) + 0);
          expect(facts(values).NaN?.split(" ")[0] ?? "0").toBe(String(values.filter(Number.isNaN).length));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("put each number into the bar that it belongs to", () => {
    const values = Array.from({ length: 97 }, (_, index) => index);
    const { bars, isDiscrete } = shown(values, "histogram");
    expect(isDiscrete).toBe(false);
    const expected = bars.map(({ from, to }, index) => values.filter((value) => value >= from && (value < to || index === bars.length - 1)).length);
    expect(bars.map(({ count }) => count)).toEqual(expected);
  });

  it("of few different numbers, as trits are, have a bar for each", () => {
    const trits = Int8Array.from({ length: 100 }, (_, index) => [-1, 0, 1, 0][index % 4]!);
    expect(shown(trits, "histogram")).toEqual({
      kind: "histogram",
      isDiscrete: true,
      bars: [{ from: -1, to: -1, count: 25 }, { from: 0, to: 0, count: 50 }, { from: 1, to: 1, count: 25 }],
    });
    expect(facts(trits).zeros).toBe("50 (50.0 %)");
  });

  it("bear the largest numbers of either sign", () => {
    const { bars } = shown(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 1 : -1) * Number.MAX_VALUE * (1 - index / 100)), "histogram");
    expect(bars.every(({ from, to }) => Number.isFinite(from) && Number.isFinite(to) && from < to)).toBe(true);
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(20);
  });
});

describe("pictures", () => {
  const floats = ({ values }: ShownHeatMap) => {
    const bytes = Buffer.from(values, "base64");
    return [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))];
  };
  const pixels = ({ pixels: text }: ShownImage) => [...Buffer.from(text, "base64")];

  it("of a small matrix are its numbers", () => {
    const map = shown([[1, -2], [NaN, 0.5]], "heat map");
    expect(map).toMatchObject({ rows: 2, columns: 2, rowsPerCell: 1, columnsPerCell: 1, greatest: 2 });
    expect(floats(map)).toEqual([1, -2, NaN, 0.5]);
  });

  it("of a large matrix are the means of its blocks, those at the edges of what is there", () => {
    const [rows, columns] = [300, 200];
    const matrix = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => row * columns + column));
    const map = shown(matrix, "heat map");
    expect(map).toMatchObject({ rows: 100, columns: 100, rowsPerCell: 3, columnsPerCell: 2 });
    const block = (row: number, column: number) => matrix.slice(3 * row, 3 * row + 3).flatMap((line) => line.slice(2 * column, 2 * column + 2));
    const mean = (numbers: number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    expect(floats(map)[0]).toBe(Math.fround(mean(block(0, 0))));
    expect(floats(map)[57 * 100 + 31]).toBe(Math.fround(mean(block(57, 31))));
    expect(floats(map).at(-1)).toBe(Math.fround(mean(block(99, 99))));
  });

  it("of one channel are grey, of three opaque, of four as they are; from 0 to 1 as from 0 to 255", () => {
    const one = (pixel: readonly number[]) => [[pixel, pixel], [pixel, pixel]];
    expect(pixels(shown(one([51]), "image")).slice(0, 4)).toEqual([51, 51, 51, 255]);
    expect(pixels(shown(one([0.2]), "image")).slice(0, 4)).toEqual([51, 51, 51, 255]);
    expect(pixels(shown(one([1, 2, 255]), "image")).slice(0, 4)).toEqual([1, 2, 255, 255]);
    expect(pixels(shown(one([1, 2, 255, 7]), "image")).slice(0, 4)).toEqual([1, 2, 255, 7]);
  });

  it("of a batch are turned one by one", () => {
    const batch = [10, 20, 30].map((value) => [[[value], [value]], [[value], [value]]]);
    const image = shown(batch, "image", { first: 2 });
    expect(image.image).toEqual({ first: 2, shown: 1, total: 3 });
    expect(pixels(image)[0]).toBe(30);
  });

  it("too large for a message are reduced", () => {
    const large = Array.from({ length: 700 }, () => new Uint8Array(900).fill(100));
    const { width, height, reducedBy } = shown(large, "image");
    expect({ width, height, reducedBy }).toEqual({ width: 180, height: 140, reducedBy: 5 });
  });
});

describe("texts", () => {
  it("come in pages that together are the text", () => {
    const text = Array.from({ length: 45_000 }, (_, index) => String(index % 10)).join("");
    const parts = [0, 20_000, 40_000].map((first) => shown(text, "text", { first }).text);
    expect(parts.join("")).toBe(text);
  });
});
