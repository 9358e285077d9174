import { describe, expect, it } from "vitest";
import { bestSoFar } from "../../src/runTable/bestSoFar.js";
import { cellText } from "../../src/runTable/cellText.js";
import { columnsOf, foldEqual } from "../../src/runTable/columns.js";
import { groupRuns } from "../../src/runTable/group.js";
import { importances } from "../../src/runTable/importance.js";
import { sortKeyAfter, sortRuns } from "../../src/runTable/order.js";
import { tableCsv, tableJson } from "../../src/runTable/tableText.js";
import { columnNamed, initialTableOptions, sortKeysOf, tableView } from "../../src/runTable/tableView.js";
import { runOf } from "./runs.js";

const sweep = [64, 128, 256].flatMap((units, at) =>
  [1, 2].map((seed) => runOf({ name: `${units} seed ${seed}`, metric: 2.5 - 0.1 * at + 0.01 * seed, startedAt: 10 * at + seed, spec: { "layers.0.units": units, "layers.0.cell": "gru", seed } })),
);
const columns = columnsOf(sweep);
const named = (name: string) => columnNamed(columns, name);
const namesOf = (runs: readonly { readonly name: string }[]): string[] => runs.map(({ name }) => name);

describe("columns", () => {
  it("fold away where all rows are equal", () => {
    const { differing, equal } = foldEqual(columns.filter(({ isHyperparameter }) => isHyperparameter), sweep);
    expect(differing.map(({ title }) => title)).toEqual(["units", "seed"]);
    expect(equal.map(({ column, value }) => [column.title, value])).toEqual([["cell", "gru"]]);
  });

  it("are one for a parameter that each kind of schedule keeps elsewhere", () => {
    const runs = [runOf({ spec: { "optimiser.learningRate.rate": 0.1 } }), runOf({ spec: { "optimiser.learningRate.peak": 0.2 } })];
    const rates = columnsOf(runs).filter(({ title }) => title === "learning rate");
    expect(rates.map((column) => runs.map((run) => column.value(run)))).toEqual([[0.1, 0.2]]);
  });

  it("are mixed where a parameter is a number in one run and a word in another", () => {
    const runs = [runOf({ spec: { limit: 1 } }), runOf({ spec: { limit: "none" } })];
    expect(columnsOf(runs).find(({ title }) => title === "limit")?.kind).toBe("mixed");
  });

  it("are found by title, place and part; a name of several says which", () => {
    expect([named("Units").id, named("layers.0.units").id, named("cel").id]).toEqual(["layers.0.units", "layers.0.units", "layers.0.cell"]);
    expect(() => named("layers")).toThrow('"layers" names several columns: choose from units, cell.');
    expect(() => named("zebra")).toThrow('There is no column "zebra"; there are starred, name');
  });
});

describe("sorting", () => {
  it("goes by numbers, falling with a minus, and by the further columns where they are equal", () => {
    const sorted = sortRuns(sweep, sortKeysOf("-units, seed", columns), columns);
    expect(namesOf(sorted)).toEqual(["256 seed 1", "256 seed 2", "128 seed 1", "128 seed 2", "64 seed 1", "64 seed 2"]);
  });

  it("puts the best figure first, of accuracy the highest, and runs without one last in either direction", () => {
    const runs = [runOf({ name: "none" }), runOf({ name: "low", metric: 0.7, task: "classification" }), runOf({ name: "high", metric: 0.9, task: "classification" }), runOf({ name: "bpc", metric: 2 })];
    const sorted = (text: string): string[] => namesOf(sortRuns(runs, sortKeysOf(text, columns), columns));
    expect(sorted("metric")).toEqual(["bpc", "high", "low", "none"]);
    expect(sorted("-metric")).toEqual(["low", "high", "bpc", "none"]);
  });

  it("puts the newest first without a key", () => {
    expect(namesOf(sortRuns(sweep, [], columns))[0]).toBe("256 seed 2");
  });

  it("rises, falls, and ends with the clicks on a column", () => {
    const first = sortKeyAfter([], "units", false);
    const second = sortKeyAfter(first, "units", false);
    expect([first, second, sortKeyAfter(second, "units", false)]).toEqual([[{ column: "units", descending: false }], [{ column: "units", descending: true }], []]);
    expect(sortKeyAfter(first, "seed", true)).toEqual([...first, { column: "seed", descending: false }]);
    expect(sortKeyAfter(first, "seed", false)).toEqual([{ column: "seed", descending: false }]);
  });
});

it("groups runs that differ by their seeds, with mean and spread", () => {
  const groups = groupRuns(sweep, [named("units")]);
  expect(groups.map(({ values, runs }) => [values, namesOf(runs)])).toEqual([
    [[64], ["64 seed 1", "64 seed 2"]],
    [[128], ["128 seed 1", "128 seed 2"]],
    [[256], ["256 seed 1", "256 seed 2"]],
  ]);
  // statistics.mean([2.51, 2.52]), statistics.stdev([2.51, 2.52]) of Python
  expect(groups[0]!.metric).toEqual({ count: 2, best: 2.51, mean: expect.closeTo(2.515, 9), deviation: expect.closeTo(0.0070710678, 9) });
});

it("tells the best so far in the order of the starts", () => {
  const runs = [runOf({ name: "third", startedAt: 3, metric: 2.2 }), runOf({ name: "first", startedAt: 1, metric: 2.3 }), runOf({ name: "second", startedAt: 2, metric: 2.6 })];
  expect(bestSoFar(runs, "character-model").map(({ run, number, best }) => [run.name, number, best])).toEqual([["first", 1, 2.3], ["second", 2, 2.3], ["third", 3, 2.2]]);
});

describe("importance", () => {
  it("is that of scipy's one-way analysis of variance, and the rank correlation of scipy", () => {
    const units = [1, 1, 1, 2, 2, 2, 3, 3, 3];
    const figures = [2.1, 2.2, 2.15, 2.0, 2.05, 2.3, 1.8, 1.9, 1.85];
    const runs = units.map((value, at) => runOf({ name: String(at), metric: figures[at]!, spec: { units: value, chance: at % 2 === 0 ? "a" : "b" } }));
    const [first, second] = importances(runs, columnsOf(runs));
    // scipy.stats.f_oneway(figures[:3], figures[3:6], figures[6:]) gives F = 7.891891891891897, and epsilon squared is (F - 1) * 2 / (F * 2 + 6);
    // scipy.stats.spearmanr(units, figures) gives -0.7905694150420948.
    const f = 7.891891891891897;
    expect([first?.column.title, first?.share, first?.correlation]).toEqual(["units", expect.closeTo(((f - 1) * 2) / (f * 2 + 6), 9), expect.closeTo(-0.7905694150420948, 9)]);
    expect([second?.column.title, second?.correlation]).toEqual(["chance", null]);
    expect(second!.share).toBeLessThan(0.1);
  });

  it("says nothing of too few runs and of parameters that all differ", () => {
    const runs = [1, 2, 3, 4, 5].map((value) => runOf({ metric: value, spec: { units: value } }));
    expect(importances(runs, columnsOf(runs))).toEqual([]);
    expect(importances(runs.slice(0, 3), columnsOf(runs))).toEqual([]);
  });
});

describe("the view", () => {
  const marked = [...sweep, runOf({ name: "hidden", marks: { hidden: true }, spec: { "layers.0.units": 1, "layers.0.cell": "lstm", seed: 9 } })];

  it("shows what differs, folds the rest, and leaves hidden runs out", () => {
    const { columns: shown, folded, rows, hidden } = tableView(marked, initialTableOptions);
    expect(shown.map(({ title }) => title)).toEqual(["starred", "name", "state", "metric", "step", "time", "units", "seed"]);
    expect(folded.map(({ column }) => column.title)).toEqual(["cell"]);
    expect([rows.length, hidden]).toEqual([6, 1]);
    expect(tableView(marked, { ...initialTableOptions, withHidden: true }).rows).toHaveLength(7);
  });

  it("takes columns in and out as chosen", () => {
    const { columns: shown, folded } = tableView(sweep, { ...initialTableOptions, added: ["layers.0.cell", "started"], removed: ["seed", "step"] });
    expect(shown.map(({ title }) => title)).toEqual(["starred", "name", "state", "metric", "time", "started", "units", "cell"]);
    expect(folded).toEqual([]);
  });

  it("keeps the rows of a filter that is wrong, and tells what is", () => {
    const { rows, problem } = tableView(sweep, { ...initialTableOptions, filter: "units >" });
    expect(rows).toHaveLength(6);
    expect(problem?.message).toContain("a value is missing");
  });

  it("keeps grouped runs together in the order of the sort", () => {
    const { rows, grouping } = tableView(sweep, { ...initialTableOptions, group: ["seed"], sort: [{ column: "metric", descending: false }] });
    expect(namesOf(rows)).toEqual(["256 seed 1", "128 seed 1", "64 seed 1", "256 seed 2", "128 seed 2", "64 seed 2"]);
    expect(grouping?.groups.map(({ values }) => values)).toEqual([[1], [2]]);
  });
});

it("writes CSV and JSON of the columns, with values as they are", () => {
  const run = runOf({ name: "=a,b", metric: 2.123456789, marks: { starred: true, tags: ["x", "y"] }, spec: { units: 64 } });
  const all = columnsOf([run]);
  const chosen = ["name", "metric", "starred", "tags", "note", "units"].map((name) => columnNamed(all, name));
  expect(tableCsv([run], chosen)).toBe('name,metric,starred,tags,note,units,directory\r\n"\'=a,b",2.123456789,true,x y,,64,/runs/=a,b\r\n'.replace("/runs/=a,b", '"/runs/=a,b"'));
  expect(tableJson([run], chosen)).toEqual([{ name: "=a,b", metric: 2.123456789, starred: true, tags: ["x", "y"], note: null, units: 64, directory: "/runs/=a,b" }]);
  expect(chosen.map((column) => cellText(column, run))).toEqual(["=a,b", "2.123", "★", "x, y", "", "64"]);
});
