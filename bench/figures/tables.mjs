import { formatted } from "./document.mjs";

/** The tables of README and docs that are made whole from measurements, by the name in `<!--table NAME-->`. */

const markdown = (rows) => rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Markdown of a table. @param columns pairs of a title and the cell of a row */
export function tableFrom(rows, columns) {
  return markdown([columns.map(([title]) => title), columns.map(() => "---"), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]);
}

/** A number with so many decimals, thousands apart. */
export const figure = (value, decimals = 0) => formatted(value, decimals === 0 ? "0" : `0.${"0".repeat(decimals)}`);
const times = (value, decimals = 2) => `${figure(value, decimals)}x`;

function machineInWords({ processor, cores }) {
  return `${cores} cores of ${processor}`;
}

function listOfMeasurements(measurements) {
  const sorted = Object.entries(measurements).sort(([a], [b]) => a.localeCompare(b));
  return tableFrom(sorted, [
    ["measurement", ([name]) => `[${name}](${name}.json)`],
    ["command", ([, { command }]) => `\`${command}\``],
    ["commit", ([, { commit }]) => commit],
    ["date", ([, { date }]) => date],
    ["machine", ([, { machine }]) => machineInWords(machine)],
  ]);
}

/** What delta updates save on one network. */
function deltaTable({ output: { rows } }) {
  const [all] = rows;
  return tableFrom(rows, [
    ["threshold, in 2^-11", ({ threshold }) => (threshold === null ? "all columns" : String(threshold))],
    ["columns", ({ columns }) => columns.map((count) => figure(count, 1)).join(" + ")],
    ["cycles", ({ cycles }) => `${figure(cycles)} (${times(all.cycles / cycles)})`],
    ["energy, nJ", ({ picojoules }) => `${figure(picojoules / 1e3, 1)} (${times(all.picojoules / picojoules)})`],
    ["bits per prediction", ({ bitsPerPrediction }) => figure(bitsPerPrediction, 4)],
    ["accuracy", ({ accuracy }) => `${figure(100 * accuracy, 1)} %`],
  ]);
}

const tables = {
  measurements: (measurements) => listOfMeasurements(measurements),
  "delta-text": (measurements) => deltaTable(measurements["delta-text"]),
  "delta-digits": (measurements) => deltaTable(measurements["delta-digits"]),
};

/** @throws Error for a name without a table, or a table without its measurement */
export function tableOf(measurements, name) {
  if (!Object.hasOwn(tables, name)) {
    throw new Error(`<!--table ${name}-->: there is no such table; there are ${Object.keys(tables).join(", ")}.`);
  }
  return tables[name](measurements);
}
