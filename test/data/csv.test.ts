import { writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRows } from "../../src/data/csv/rows.js";
import { type CsvOptions, readSequencesCsv } from "../../src/data/csvSequences.js";
import { temporaryFolder } from "../temporaryFolder.js";

/** Writes as RFC 4180 says; fields that need no quotes get them when `quoteAll`. */
function writeCsv(rows: readonly (readonly string[])[], lineEnd: string, delimiter: string, quoteAll: boolean): string {
  const write = (field: string) =>
    quoteAll || field === "" || [delimiter, '"', "\n", "\r"].some((special) => field.includes(special))
      ? `"${field.split('"').join('""')}"`
      : field;
  return rows.map((row) => row.map(write).join(delimiter) + lineEnd).join("");
}

describe("CSV", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "1", '"', ",", ";", "\n", "\r", " ", "é", "🐳"), maxLength: 6 });
  const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), fc.constantFrom(",", ";", "\t"), fc.boolean(), fc.boolean(), (rows, end, delimiter, all, bom) => {
        const written = writeCsv(rows, end, delimiter, all);
        const text = (bom ? "\ufeff" : "") + written;
        const read = [...csvRows(text, delimiter)];
        expect(read.map(({ fields }) => fields)).toEqual(rows);
        // Lines are counted by the text before each row.
        const starts = rows.map((_, i) => writeCsv(rows.slice(0, i), end, delimiter, all));
        expect(read.map(({ line }) => line)).toEqual(starts.map((before) => before.split(/\r\n|\n|\r/).length));
        const withoutLastEnd = text.slice(0, text.length - end.length);
        expect([...csvRows(withoutLastEnd, delimiter)].map(({ fields }) => fields)).toEqual(rows);
      }),
    );
  });

  it("may have empty lines, which are no rows, and empty fields", () => {
    expect([...csvRows("\n1,,\n\r\n\n,2\n\n")]).toEqual([
      { line: 2, fields: ["1", "", ""] },
      { line: 5, fields: ["", "2"] },
    ]);
  });

  it("is refused where quotes do not match", () => {
    expect(() => [...csvRows('1\n2,"a\nb')]).toThrow(/line 2: a field begins with a double quote, and none ends it/);
    expect(() => [...csvRows('1\n"a"b,2')]).toThrow(/line 2: after the double quote that ends a field comes "b"/);
  });
});

describe("sequences in a CSV file", () => {
  const root = temporaryFolder();
  async function read(text: string, options: Partial<CsvOptions> = {}) {
    const file = path.join(root.path, "waves.csv");
    await writeFile(file, text);
    return readSequencesCsv(file, { label: 0, split: [0.5, 0.25, 0.25], stratified: false, ...options });
  }
  const good = "up,1,2.5,-3e2\nup,.5,+6,7.\ndown,1,2,3\ndown,4,5,6\nup,0,0,0\nup,1,1,1\ndown,2,2,2\ndown,3,3,3\n";

  it("are rows of values with a label, at first or anywhere", async () => {
    const { data, name, source } = await read(good);
    expect([name, source]).toEqual(["waves", { kind: "inline" }]);
    expect(data).toMatchObject({ kind: "sequences", timesteps: 3, width: 1, classes: ["down", "up"] });
    expect([...data.train.values.subarray(0, 6)]).toEqual([1, 2.5, -300, 0.5, 6, 7]);
    expect(data.train.labels).toHaveLength(4);
    const last = good.replace(/^(\w+),(.*)$/gm, "$2,$1");
    expect((await read(last, { label: 3 })).data).toEqual(data);
    const named = `a,b,c,kind\n${last}`;
    expect((await read(named, { label: "kind" })).data).toEqual(data);
    const semicolons = named.replace(/,/g, ";");
    expect((await read(semicolons, { label: 3, header: true, delimiter: ";" })).data).toEqual(data);
    expect((await read(`${good.replace(/\n/g, "\r\n")}`)).data).toEqual(data);
  });

  it("may have several values at each timestep", async () => {
    const { data } = await read("a,1,2,3,4\nb,5,6,7,8\na,1,1,1,1\nb,2,2,2,2\na,0,0,0,0\nb,9,9,9,9\n", { width: 2 });
    expect(data).toMatchObject({ timesteps: 2, width: 2 });
  });

  const faults: [string, string, Partial<CsvOptions>, RegExp][] = [
    ["a ragged row", `${good}up,1,2\n`, {}, /waves\.csv, line 9 has 3 columns; the first row has 4\. Cut or pad/],
    ["a field that is no number", `${good}up,1,x,3\n`, {}, /waves\.csv, line 9, column 2 has "x" where a number should be/],
    ["a named column's field", `k,a,b,c\n${good}up,1,,3\n`, { label: "k" }, /line 10, column 2 \("b"\) has nothing where a number/],
    ["an infinite number", `${good}up,1,1e39,3\n`, {}, /line 9, column 2 has "1e39"/],
    ["a hexadecimal number", `${good}up,1,0x1F,3\n`, {}, /line 9, column 2 has "0x1F"/],
    ["a first row that is half a header", `k,a,2,3\n${good}`, {}, /line 1, column 1 has "a" .* Give header: true/],
    ["no such column name", `k,a,b,c\n${good}`, { label: "label" }, /no label column "label": its columns are "k", "a", "b", "c"/],
    ["no such column number", good, { label: 4 }, /no label column 4: it has 4 columns, numbered from 0/],
    ["a name without a header", good, { label: "up", header: false }, /no label column "up": it has 4 columns/],
    ["an empty file", "", {}, /waves\.csv is empty/],
    ["only blank lines", "\n\n", {}, /waves\.csv has no rows/],
    ["only a header", "k,a\n", { label: "k" }, /waves\.csv has a header but no row below it/],
    ["one class only", good.replaceAll("down", "up"), {}, /All 8 sequences of "waves" have the label "up"/],
    ["a width that does not divide", good, { width: 2 }, /has 3 columns of values .* no whole number of timesteps of width 2/],
    ["labels and no values", "a\nb\n", {}, /has 0 columns of values/],
    ["an open quote", `${good}"up,1,2,3\n`, {}, /waves\.csv, line 9: a field begins with a double quote.*double the quotes/],
  ];
  it.each(faults)("are refused for %s", async (_, text, options, message) => {
    await expect(read(text, options)).rejects.toThrow(message);
  });

  it("need a file", async () => {
    await expect(readSequencesCsv(path.join(root.path, "none.csv"), { label: 0 })).rejects.toThrow(/There is no text file .*none\.csv/);
  });
});
