import { figure, tableFrom } from "../figures/tables.mjs";
import { levers } from "./levers.mjs";
import { rowsElsewhere } from "./plan.mjs";
import { published } from "./published.mjs";
import { areaName } from "./rowFiles.mjs";

/** The tables of docs/results.md, made of the rows. */

const kibibytes = (bits) => figure(bits / 8192, 0);
/** A saving of less than one is a loss, and must not read as none. */
const times = (value) => `${figure(value, value < 1 ? 2 : 1)}x`;

/** How a figure is written; the best comes first in a table. */
const measures = {
  bpc: { title: "test BPC", of: ({ testBpc }) => testBpc, text: (value, decimals = 3) => figure(value, decimals), order: 1 },
  accuracy: { title: "test accuracy", of: ({ testAccuracy }) => testAccuracy, text: (value, decimals = 3) => `${figure(100 * value, decimals - 1)} %`, order: -1 },
};
const measureOf = (row) => (row.testBpc === null ? measures.accuracy : measures.bpc);

const taskOf = ({ dataset, permuted }) => (dataset === "mnist" ? `${permuted ? "permuted" : "sequential"}-mnist` : dataset);

/** Rows of one task and budget, the best first. */
function ranked(rows, task, budgets) {
  const chosen = rows.filter((row) => taskOf(row) === task && budgets.includes(row.budget));
  return chosen.toSorted((a, b) => measureOf(a).order * (measureOf(a).of(a) - measureOf(b).of(b)) || a.name.localeCompare(b.name));
}

const noRows = "No row of this table has been trained yet.";

function resultsTable(rows, task, budgets) {
  const chosen = ranked(rows, task, budgets);
  if (chosen.length === 0) {
    return noRows;
  }
  const { title, of, text } = measureOf(chosen[0]);
  return tableFrom(chosen, [
    ["cell", ({ cell, layers }) => (layers === 1 ? cell.toUpperCase() : `${layers} layers of ${cell.toUpperCase()}`)],
    ["weights", ({ quantiser }) => quantiser],
    ["normaliser", ({ normaliser }) => normaliser],
    ["seed", ({ seed }) => String(seed)],
    [`${title}, as it ships`, (row) => text(of(row))],
    ["author-style", ({ authorStyle }) => text(authorStyle)],
    ["validation", ({ validation }) => text(validation)],
    ["steps", ({ steps }) => figure(steps)],
    ["hours", ({ hours }) => figure(hours, 1)],
    ["row", ({ name }) => `[file](../examples/results/${name}.json)`],
  ]);
}

/** Square micrometres are of a library of 180 nm. */
function areaText(row, areas) {
  const area = areas.find(({ name }) => name === areaName(row));
  return row.chip === null || area === undefined ? "" : figure(area.squareMicrometres / 1e6, 2);
}

function sizesTable(rows, _, areas) {
  const chosen = ["war-and-peace", "sequential-mnist", "permuted-mnist", "moby-dick"].flatMap((task) => ranked(rows, task, ["equal", "long", "digits", "short"]));
  return tableFrom(chosen, [
    ["row", ({ name }) => `[${name}](../examples/results/${name}.json)`],
    ["recurrent layers, KiB", ({ size }) => kibibytes(size.recurrentBits)],
    ["less than float32", ({ size }) => times(size.recurrentSaving)],
    ["whole model, KiB", ({ size }) => kibibytes(size.wholeBits)],
    ["less than float32", ({ size }) => times(size.wholeSaving)],
    ["ROM, KiB", ({ chip }) => (chip === null ? "no accelerator" : kibibytes(chip.romBits))],
    ["cycles of a timestep, 64 MAC units", ({ chip }) => (chip === null ? "" : figure(chip.cycles))],
    ["area of its cells, mm² at 180 nm", (row) => areaText(row, areas)],
    ["integers", (row) => (row.chip === null ? "" : measureOf(row).text(row.chip.integers))],
    ["float, same timesteps", (row) => (row.chip === null ? "" : measureOf(row).text(row.chip.float))],
  ]);
}

function meanAndDeviation(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1));
  return { mean, deviation };
}

const baseOf = ({ name }) => name.replace(/-seed-\d+$/, "");

/** Rows that differ in their seed alone. */
function seedsTable(rows) {
  const bases = [...new Set(rows.map(baseOf))];
  const several = bases.map((base) => rows.filter((row) => baseOf(row) === base)).filter(({ length }) => length > 1);
  if (several.length === 0) {
    return noRows;
  }
  return tableFrom(several, [
    ["row", ([row]) => baseOf(row)],
    ["seeds", (group) => group.map(({ seed }) => seed).toSorted((a, b) => a - b).join(", ")],
    ["mean", (group) => measureOf(group[0]).text(meanAndDeviation(group.map(measureOf(group[0]).of)).mean)],
    ["standard deviation", (group) => measureOf(group[0]).text(meanAndDeviation(group.map(measureOf(group[0]).of)).deviation)],
    ["each", (group) => group.toSorted((a, b) => a.seed - b.seed).map((row) => measureOf(row).text(measureOf(row).of(row))).join(", ")],
  ]);
}

function drawsTable(rows) {
  const drawn = rows.filter(({ draws }) => draws.length > 1);
  if (drawn.length === 0) {
    return noRows;
  }
  return tableFrom(drawn, [
    ["row", ({ name }) => name],
    ["draws", ({ draws }) => String(draws.length)],
    ["mean, bits", ({ draws }) => figure(meanAndDeviation(draws).mean, 4)],
    ["standard deviation, bits", ({ draws }) => figure(meanAndDeviation(draws).deviation, 4)],
    ["least to most", ({ draws }) => `${figure(Math.min(...draws), 4)} to ${figure(Math.max(...draws), 4)}`],
  ]);
}

/** Each minibatch size on as many sequences. */
function minibatchTable(rows) {
  const chosen = rows.filter(({ budget }) => budget === "minibatches").toSorted((a, b) => a.batchSize - b.batchSize);
  return chosen.length === 0
    ? noRows
    : tableFrom(chosen, [
        ["sequences in a minibatch", ({ batchSize }) => String(batchSize)],
        ["steps", ({ steps }) => figure(steps)],
        ["test BPC, as it ships", ({ testBpc }) => figure(testBpc, 3)],
        ["author-style", ({ authorStyle }) => figure(authorStyle, 3)],
      ]);
}

/** What each lever gave, the best first; two seeds of the base tell how much of it may be chance. */
function ablationTable(rows) {
  const chosen = rows.filter(({ budget }) => budget === "ablation").toSorted((a, b) => a.testBpc - b.testBpc);
  const base = chosen.find(({ lever, seed }) => lever === "base" && seed === 1);
  if (base === undefined) {
    return noRows;
  }
  const signed = (value) => `${value < 0 ? "-" : "+"}${figure(Math.abs(value), 3)}`;
  return tableFrom(chosen, [
    ["lever", ({ lever, seed }) => `${levers[lever].words}${seed === 1 ? "" : `, seed ${seed}`}`],
    ["test BPC, as it ships", ({ testBpc }) => figure(testBpc, 3)],
    ["against the recipe", (row) => (row === base ? "" : signed(row.testBpc - base.testBpc))],
    ["validation", ({ validation }) => figure(validation, 3)],
    ["minutes", ({ hours }) => figure(60 * hours)],
    ["row", ({ name }) => `[file](../examples/results/${name}.json)`],
  ]);
}

function lengthsTable(observations) {
  return tableFrom(observations, [
    ["bits per character of the first … characters", ({ name }) => name],
    ...observations[0].lengths.map(([length], index) => [figure(length), ({ lengths }) => figure(lengths[index][1], 3)]),
  ]);
}

function gatesTable(observations) {
  const shown = observations.filter(({ gates }) => gates.length > 0);
  return tableFrom(shown, [
    ["mean ± deviation, saturated", ({ name }) => name],
    ...shown[0].gates.map(({ name }, index) => [name, ({ gates: { [index]: gate } }) => `${figure(gate.mean, 2)} ± ${figure(gate.deviation, 2)}, ${figure(100 * gate.saturated)} %`]),
  ]);
}

function publishedTable(task) {
  const { text } = task.endsWith("mnist") ? measures.accuracy : measures.bpc;
  return tableFrom(published[task], [
    ["published", ({ who }) => who],
    ["test", ({ figure: value }) => text(value, 2)],
    ["source", ({ source }) => source],
  ]);
}

function elsewhereTable() {
  return tableFrom(rowsElsewhere, [
    ["data", ({ dataset }) => dataset],
    ["weights", ({ quantiser }) => quantiser],
    ["units", ({ units }) => figure(units)],
    ["steps", ({ steps }) => figure(steps)],
    ["test", () => "not run here: the data are not redistributable"],
    ["command", ({ name }) => `\`npm run results -- specs && node dist/cli.js train examples/results/specs/${name}.json\``],
  ]);
}

/** The tables by the names that docs/results.md gives them; each is made of the rows, the observations and the areas. */
export const resultTables = {
  "results-war-and-peace-long": (rows) => resultsTable(rows, "war-and-peace", ["long"]),
  "results-war-and-peace": (rows) => resultsTable(rows, "war-and-peace", ["equal"]),
  "results-sequential-mnist": (rows) => resultsTable(rows, "sequential-mnist", ["digits"]),
  "results-permuted-mnist": (rows) => resultsTable(rows, "permuted-mnist", ["digits"]),
  "results-short": (rows) => resultsTable(rows, "moby-dick", ["short"]),
  "results-sizes": sizesTable,
  "results-seeds": seedsTable,
  "results-draws": drawsTable,
  "results-ablation": ablationTable,
  "results-minibatches": minibatchTable,
  "results-lengths": (_, observations) => lengthsTable(observations),
  "results-gates": (_, observations) => gatesTable(observations),
  "results-elsewhere": elsewhereTable,
  "published-war-and-peace": () => publishedTable("war-and-peace"),
  "published-sequential-mnist": () => publishedTable("sequential-mnist"),
  "published-permuted-mnist": () => publishedTable("permuted-mnist"),
};
