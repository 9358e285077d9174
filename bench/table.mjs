import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

/** Makes Markdown of what a bench prints with --json: `node bench/table.mjs file.json ...` */

const fixed = (digits) => (value) => value.toFixed(digits);
const seconds = (value) => (value < 1e-3 ? `${(value * 1e6).toFixed(1)} µs` : value < 1 ? `${(value * 1e3).toFixed(1)} ms` : `${value.toFixed(2)} s`);
const percent = (value) => `${(100 * value).toFixed(0)} %`;
const megabytes = (value) => `${(value / 1e6).toFixed(1)} MB`;

/** A column is left out where no row has it. */
const columns = [
  ["workload", "workload", String],
  ["cell", "cell", (value) => value.toUpperCase()],
  ["T", "timesteps", String],
  ["B", "batch", String],
  ["V", "symbols", String],
  ["H", "units", String],
  ["engine", "engine", String],
  ["threads", "threads", String],
  ["time", "seconds", seconds],
  ["fastest", "fastest", seconds],
  ["slowest", "slowest", seconds],
  ["times the first", "ratio", fixed(2)],
  ["cores' time", "processorSeconds", seconds],
  ["times the first's", "processorRatio", fixed(2)],
  ["times ONNX Runtime", "timesOnnxRuntime", fixed(2)],
  ["GF/s", "gigaflops", fixed(0)],
  ["of the products alone", "rooflineShare", percent],
  ["peak memory", "peakBytes", megabytes],
  ["memory", "bytes", (value) => [value].flat().map(megabytes).join(", ")],
  ["growth", "grownBytes", megabytes],
  ["steps", "steps", String],
  ["validation BPC", "bpc", fixed(3)],
];

/** @param result {bench, machine, rows} */
export function markdownTable({ rows }) {
  const isThere = (row, field) => row[field] !== undefined && row[field] !== null && !Number.isNaN(row[field]);
  const used = columns.filter(([, field]) => rows.some((row) => isThere(row, field)));
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    line(used.map(([title]) => title)),
    line(used.map(() => "---")),
    ...rows.map((row) => line(used.map(([, field, format]) => (isThere(row, field) ? format(row[field]) : "")))),
  ].join("\n");
}

export function machineInWords({ processor, cores, platform, loadBefore }) {
  const load = loadBefore === undefined ? "" : `, load before ${loadBefore.toFixed(1)}`;
  return `${processor}, ${cores} cores, ${platform}${load}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const file of process.argv.slice(2)) {
    const result = JSON.parse(await readFile(file, "utf8"));
    console.log(`bench:${result.bench}, ${machineInWords(result.machine)}\n\n${markdownTable(result)}\n`);
  }
}
