import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { columnGrids } from "../../src/data/csv/columnGrid.js";
import { type CsvTableOptions, readCsvSequences, readSequencesCsv } from "../../src/data/csvSequences.js";
import { temporaryFolder } from "../temporaryFolder.js";

/** Tables as people have them: each is read right, or refused by one error that names the place and the remedy. */

const folder = temporaryFolder();
async function read(text: string, options: CsvTableOptions) {
  const file = path.join(folder.path, "t.csv");
  await writeFile(file, text);
  return readCsvSequences(file, options);
}

/** What the tables below say: 6 sequences of 3 timesteps of 2 values. */
const sequences = Array.from({ length: 6 }, (_, n) => ({
  id: n + 1,
  label: n % 2 === 0 ? "up" : "down",
  values: [0, 1, 2].map((t) => [n + t / 4, -n * t - 0.5]),
}));
const expected = { timesteps: 3, width: 2, labels: sequences.map(({ label }) => label), values: Float32Array.from(sequences.flatMap(({ values }) => values.flat())) };

/** @param cells each row's fields after the header's names */
function csv(names: readonly string[] | undefined, cells: readonly (readonly (string | number)[])[], delimiter = ",", end = "\n"): string {
  return [...(names ? [names] : []), ...cells].map((row) => row.join(delimiter)).join(end) + end;
}
const longRows = sequences.flatMap(({ id, label, values }) => values.map(([x, y], t) => [id, t, x!, y!, label] as const));
const timeMajor = ["x_t0", "y_t0", "x_t1", "y_t1", "x_t2", "y_t2"];
const wideRows = sequences.map(({ label, values }) => [...values.flat(), label]);
const comma = (value: string | number) => String(value).replace(".", ",");

describe("the same sequences are read from", () => {
  const tables: [string, string, CsvTableOptions][] = [
    ["a wide table by its header", csv([...timeMajor, "class"], wideRows), { label: "class" }],
    ["one with its values feature by feature", csv(["class", "x_t0", "x_t1", "x_t2", "y_t0", "y_t1", "y_t2"], sequences.map(({ label, values }) => [label, ...values.map(([x]) => x!), ...values.map(([, y]) => y!)])), { label: "class" }],
    ["one with the same names for each timestep", csv(["x", "y", "x", "y", "x", "y", "class"], wideRows), { label: "class" }],
    ["one without a header, by width", csv(undefined, wideRows), { label: 6, width: 2 }],
    ["one with a header but a numbered label", csv([...timeMajor, "class"], wideRows), { label: 6 }],
    ["one with the numbers of its rows before it", csv(["", ...timeMajor, "class"], wideRows.map((row, n) => [n, ...row])), { label: "class" }],
    ["one with other columns, by features", csv(["note", ...timeMajor, "class"], wideRows.map((row) => ["?", ...row])), { label: "class", features: timeMajor }],
    ["a semicolon table with decimal commas", csv([...timeMajor, "class"], wideRows.map((row) => row.map(comma)), ";", "\r\n"), { label: "class" }],
    ["tabs, a byte-order mark and quoted fields", `\ufeff${csv([...timeMajor, "class"].map((name) => `"${name}"`), wideRows, "\t")}`, { label: "class" }],
    ["a delimiter at each row's end", csv([...timeMajor, "class", ""], wideRows.map((row) => [...row, ""])), { label: "class" }],
    ["a table that Excel marked", `sep=;\n${csv([...timeMajor, "class"], wideRows, ";")}`, { label: "class" }],
    ["a long table", csv(["id", "t", "x", "y", "class"], longRows), { label: "class", id: "id", time: "t" }],
    ["a long table, guessed by its names", csv(["id", "t", "x", "y", "class"], longRows), { label: "class" }],
    ["a long table without a header", csv(undefined, longRows), { label: 4, id: 0, time: 1 }],
    ["rows out of time", csv(["id", "t", "x", "y", "class"], [...longRows].sort(([a, t], [b, u]) => a - b || u - t)), { label: "class", id: "id", time: "t" }],
    ["ids in turn", csv(["t", "id", "x", "y", "class"], [...longRows].sort(([, t], [, u]) => t - u).map(([id, t, ...rest]) => [t, id, ...rest])), { label: "class", id: "id", time: "t" }],
    ["dates for times", csv(["id", "t", "x", "y", "class"], longRows.map(([id, t, ...rest]) => [id, `2024-05-0${t + 1}T12:00:00`, ...rest])), { label: "class", id: "id", time: "t" }],
    ["two columns of ids", csv(["subject", "trial", "t", "x", "y", "class"], longRows.map(([id, ...rest]) => [`s${id >> 1}`, id % 2, ...rest])), { label: "class", id: ["subject", "trial"], time: "t" }],
    ["a long table by features", csv(["id", "y", "extra", "x", "class"], longRows.map(([id, , x, y, label]) => [id, y, "n/a", x, label])), { label: "class", id: "id", features: ["x", "y"] }],
  ];
  it.each(tables)("%s", async (_, text, options) => {
    expect(await read(text, options)).toMatchObject(expected);
  });

  it("columns named x1 to xN, one value each", async () => {
    const table = await read(csv(["x1", "x2", "x3", "y"], [[1, 2, 3, "a"], [4, 5, 6, "b"]]), { label: "y" });
    expect(table).toMatchObject({ timesteps: 3, width: 1, reading: { warnings: [], features: ["x"] } });
  });
});

describe("two readings are told apart", () => {
  const ab = ["a", "b"];
  const warned: [string, string, CsvTableOptions, RegExp][] = [
    ["values without names", csv(undefined, ab.map((label) => [1, 2, 3.5, 4, label])), { label: 4 }, /read as 4 timesteps of 1 value, which width: 1 says.*width: 2 reads 2 timesteps of 2 values/],
    ["names that count nothing", csv(["a", "b", "c", "class"], ab.map((label) => [1, 2, 3, label])), { label: "class" }, /read as 3 timesteps of 1 value.*width: 3 reads 1 timestep of 3 values/],
    ["numbered features", csv(["f1", "f2", "f3", "class"], ab.map((label) => [1, 2, 3, label])), { label: "class" }, /width: 3 reads 1 timestep of 3 values/],
    ["a width that the names contradict", csv([...timeMajor, "class"], wideRows), { label: "class", width: 3 }, /Read as 2 timesteps of 3 values, as width says; the names of the columns say 3 timesteps of 2, which width: 2 reads/],
    ["a guessed id", csv(["id", "x", "class"], longRows.map(([id, , x, , label]) => [id, x, label])), { label: "class" }, /told by column "id"; id: "id" says so\. To read each row as a sequence give width/],
    ["a guessed time", csv(["id", "t", "x", "class"], longRows.map(([id, t, x, , label]) => [id, t, x, label])), { label: "class", id: "id" }, /"t" was read as time.*time: "t" says so.*name it in features/],
    ["rows of an id that stand apart", csv(["id", "x", "class"], [[1, 1, "a"], [2, 1, "b"], [1, 2, "a"], [2, 2, "b"]]), { label: "class", id: "id" }, /sequence 1 stand apart \(line 4 does not follow line 2\).*id: \["subject", "trial"\]; time names/],
    ["the number of a row", csv(["id", ...timeMajor, "class"], wideRows.map((row, n) => [n, ...row])), { label: "class" }, /Column 0 \("id"\) has another entry in each row and was left out/],
    ["thousands or decimals", csv(["x1", "x2", "class"], [["1,234", "5,678", "a"], ["2,000", "3,999", "b"]], ";"), { label: "class" }, /"1,234" was read as 1\.234.*decimal: ","/],
  ];
  it.each(warned)("by a warning: %s", async (_, text, options, message) => {
    expect((await read(text, options)).reading.warnings).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  const settled: [string, string, CsvTableOptions][] = [
    ["width", csv(undefined, ab.map((label) => [1, 2, 3.5, 4, label])), { label: 4, width: 1 }],
    ["id and time", csv(["id", "t", "x", "class"], longRows.map(([id, t, x, , label]) => [id, t, x, label])), { label: "class", id: "id", time: "t" }],
    ["decimal", csv(["x1", "x2", "class"], [["1,234", "5,678", "a"], ["2,000", "3,999", "b"]], ";"), { label: "class", decimal: "," }],
  ];
  it.each(settled)("and silent once %s is given", async (_, text, options) => {
    expect((await read(text, options)).reading.warnings).toEqual([]);
  });

  it("by names that count times, or else by an error", () => {
    const names = (pattern: (feature: number, t: number) => string) => [0, 1].flatMap((feature) => [0, 1, 2].map((t) => pattern(feature, t)));
    expect(columnGrids(names((feature, t) => `f${feature}_t${t}`))).toMatchObject([{ features: ["f0", "f1"], timesteps: 3, order: [0, 3, 1, 4, 2, 5] }]);
    expect(columnGrids(names((feature, t) => `t${t}.f${feature}`))).toMatchObject([{ timesteps: 3, order: [0, 3, 1, 4, 2, 5] }]);
    expect(columnGrids(names((feature, t) => `a${feature}_${t}`)).map(({ timesteps }) => timesteps)).toEqual([2, 3]);
    expect(columnGrids(["x1", "x2", "x4"])).toEqual([]);
    expect(columnGrids(["x1", "x2", "age"])).toEqual([]);
  });
});

describe("a table is refused for", () => {
  const head = ["id", "t", "x", "class"];
  const long = (rows: (string | number)[][]) => csv(head, rows);
  const roles = { label: "class", id: "id", time: "t" };
  const faults: [string, string, CsvTableOptions, RegExp][] = [
    ["a label that changes within a sequence", long([[1, 0, 1, "a"], [1, 1, 1, "b"]]), roles, /t\.csv, line 3, column 3 \("class"\) has the label "b", and line 2 of the same sequence, 1, has "a"/],
    ["a time that comes twice", long([[1, 0, 1, "a"], [1, 0, 1, "a"]]), roles, /line 3, column 1 \("t"\) has a time of the sequence 1 that line 2 has too/],
    ["a time that is none", long([[1, "noon", 1, "a"]]), roles, /line 2, column 1 \("t"\) has "noon" where a time should be/],
    ["no id", long([["", 0, 1, "a"]]), roles, /line 2, column 0 \("id"\) has nothing where an id should be/],
    ["no label", long([[1, 0, 1, ""]]), roles, /line 2, column 3 \("class"\) has nothing where a label should be/],
    ["a missing number", long([[1, 0, "NaN", "a"]]), roles, /line 2, column 2 \("x"\) has "NaN" where a number should be\. Fill it in, or say .*missing: 0/],
    ["an infinite number", long([[1, 0, "inf", "a"]]), roles, /line 2, column 2 \("x"\) has "inf"/],
    ["both decimal marks", csv(["x1", "x2", "y"], [["1.5", "2.5", "a"], ["1,5", "2.5", "b"]], ";"), { label: "y" }, /line 3, column 0 \("x1"\) has "1,5" .* decimal point: write all alike/],
    ["lengths that differ", long([[1, 0, 1, "a"], [2, 0, 1, "b"], [2, 1, 1, "b"]]), roles, /2 sequences have from 1 to 2 timesteps \(median 1\.5\): .*timesteps: 2/],
    ["two columns of one name", csv(["x", "class", "class"], [[1, "a", "b"]]), { label: "class" }, /has two columns "class": give the number .* label: 1 or label: 2/],
    ["a misspelt column", long([[1, 0, 1, "a"]]), { label: "clas" }, /no label column "clas": its columns are "id", "t", "x", "class"; the nearest is "class"/],
    ["a column of two roles", long([[1, 0, 1, "a"]]), { label: "class", id: "class" }, /column 3 \("class"\) is given two roles/],
    ["width and id", long([[1, 0, 1, "a"]]), { ...roles, width: 2 }, /width is for tables with a sequence in each row/],
    ["time without id", csv(["x1", "x2", "t", "y"], [[1, 2, 3, "a"]]), { label: "y", time: "t", width: 1 }, /has no time column: name the column that tells sequences apart too/],
    ["two columns of ids", csv(["subject", "trial", "x", "class"], longRows.map(([id, , x, , label]) => [id, id, x, label])), { label: "class" }, /give id: "subject", id: "trial", or both, id: \["subject", "trial"\]/],
    ["ids without a name", csv(undefined, longRows.map(([id, , x, , label]) => [id, x, label])), { label: 2 }, /can be read with a timestep in each row, because column 0 repeats.*give id: 0, or width: 1/],
    ["a header that counts two things", csv(["a1_1", "a1_2", "a1_3", "a2_1", "a2_2", "a2_3", "y"], [[1, 2, 3, 4, 5, 6, "a"]]), { label: "y" }, /can be read as 2 timesteps of 3 values, .*, and as 3 timesteps of 2 values, .*give width: 3 or width: 2/],
    ["names that are numbers", csv(["0", "1", "2", "label"], [[5, 6, 7, "a"]]), { label: 3 }, /first row counts from 0 to 2, .*give header: true or header: false/],
    ["two delimiters", "a;b,c\na;b,c\n", { label: 0 }, /can be read with "," between its fields, and with ";": give delimiter/],
    ["an open quote", 'x1,y\n"1,a\n', { label: "y" }, /line 2: a field begins with a double quote/],
  ];
  it.each(faults)("%s", async (_, text, options, message) => {
    await expect(read(text, options)).rejects.toThrow(message);
  });
});

it("missing numbers and lengths are filled as the options say", async () => {
  const text = csv(["id", "x", "class"], [[1, "", "a"], [1, 2, "a"], [1, 3, "a"], [2, 4, "b"]]);
  const table = await read(text, { label: "class", id: "id", missing: -1, timesteps: 2 });
  expect(table).toMatchObject({ timesteps: 2, width: 1, values: Float32Array.of(2, 3, 0, 4), padding: Int32Array.of(0, 1) });
  expect(table.reading.lengths).toEqual({ shortest: 1, median: 2, longest: 3 });
  const longer = await read(text, { label: "class", id: "id", missing: -1, timesteps: 4 });
  expect(longer.values).toEqual(Float32Array.of(0, -1, 2, 3, 0, 0, 0, 4));
});

it("padding takes no part in standardising", async () => {
  const file = path.join(folder.path, "t.csv");
  // Four sequences of one or two timesteps; the first three are the training part.
  await writeFile(file, csv(["id", "x", "class"], [[1, 10, "a"], [2, 20, "b"], [2, 40, "b"], [3, 30, "a"], [4, 5, "b"], [5, 5, "a"]]));
  const { data } = await readSequencesCsv(file, { label: "class", id: "id", timesteps: 2, normalise: "standardise", stratified: false, split: [0.6, 0.2, 0.2] });
  // Mean and deviation of 10, 20, 40, 30.
  const [mean, deviation] = [25, Math.sqrt(125)];
  const scaled = [0, 10, 20, 40, 0, 30].map((value) => (value === 0 ? 0 : (value - mean) / deviation));
  scaled.forEach((value, at) => expect(data.train.values[at]).toBeCloseTo(value, 6));
  expect(data.scaling).toEqual({ means: [mean], deviations: [expect.closeTo(deviation, 10)] });
});

it("labels that are no classes, and labels that nearly agree, are told", async () => {
  const file = path.join(folder.path, "t.csv");
  const write = (label: (n: number) => string) => writeFile(file, csv(["x1", "x2", "y"], Array.from({ length: 40 }, (_, n) => [n, -n, label(n)])));
  await write((n) => `${n / 7}`);
  await expect(readSequencesCsv(file, { label: "y" })).rejects.toThrow(/40 sequences of "t" have 40 different labels, "0", .*no classes to learn from/);
  await write((n) => ["up", "Up", "down"][n % 3]!);
  expect((await readSequencesCsv(file, { label: "y" })).notes).toEqual(['The labels "Up" and "up" are two classes: write them alike if they are one.']);
});
