import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { access, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

/** What delta updates save and cost over the threshold; see bench/README.md. */

const thresholds = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256];
const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, "../dist/cli.js");

async function tritloom(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args, "--json"]);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/** The run's integers at any threshold, as the command line makes them, and what a timestep of theirs takes. */
async function importProduct() {
  const outfile = join(here, "../dist/bench/delta.mjs");
  const contents = [
    'export { hardwareSubject } from "./cli/hardwareSubject.js";',
    'export { energySource, timestepEnergy, totalEnergy } from "./hardware/report/energyTable.js";',
  ].join("\n");
  const stdin = { contents, resolveDir: join(here, "../src"), loader: "ts" };
  await build({ stdin, bundle: true, platform: "node", format: "esm", packages: "external", outfile, logLevel: "warning" });
  return import(pathToFileURL(outfile).href);
}

const [run, timesteps = "20000", macs = "64"] = process.argv.slice(2).filter((word) => word !== "--json");
if (run === undefined) {
  throw new Error("Give the directory of a finished run: npm run bench:delta -- RUN [TIMESTEPS] [MAC UNITS]");
}
await access(cli).catch(() => {
  throw new Error(`${cli} is missing: run npm run build first`);
});
const product = await importProduct();
const picojoules = async (values, columns) => {
  const { chip } = await product.hardwareSubject({ operands: [run], values }, "bench:delta", 1);
  return product.totalEnergy(product.timestepEnergy(chip.fixed, Number(macs), columns));
};
const folder = await mkdtemp(join(tmpdir(), "tritloom-delta-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const rows = [];
for (const threshold of [undefined, ...thresholds]) {
  const delta = threshold === undefined ? [] : ["--delta", String(threshold)];
  const { integers, recurrentColumns } = await tritloom("score", run, "--timesteps", timesteps, ...delta);
  // Cycles of a piece of the validation part, by the schedule that `tritloom verify` holds against the simulators.
  const { scheduleCycles, steps } = await tritloom("rtl", run, "--out", join(folder, "accelerator"), "--overwrite", "--steps", "500", "--macs", macs, ...delta);
  rows.push({ threshold: threshold ?? null, columns: recurrentColumns, cycles: scheduleCycles / steps, picojoules: await picojoules(threshold === undefined ? {} : { delta: String(threshold) }, recurrentColumns), ...integers });
}
const dense = rows[0];
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ bench: "delta", run, macUnits: Number(macs), timesteps: Number(timesteps), energySource: product.energySource, rows }));
} else {
  console.log(`${"threshold".padEnd(10)} ${"columns".padStart(9)} ${"cycles".padStart(9)} ${"speed-up".padStart(9)} ${"pJ".padStart(8)} ${"less".padStart(6)} ${"bits".padStart(8)} ${"accuracy".padStart(9)}`);
  for (const { threshold, columns, cycles, picojoules: energy, bitsPerPrediction, accuracy } of rows) {
    const name = threshold === null ? "all" : String(threshold);
    const figures = [columns.map((count) => count.toFixed(1)).join("+"), cycles.toFixed(0), `${(dense.cycles / cycles).toFixed(2)}x`, energy.toFixed(0), `${(dense.picojoules / energy).toFixed(2)}x`, bitsPerPrediction.toFixed(4), accuracy.toFixed(4)];
    console.log([name.padEnd(10), ...figures.map((figure, index) => figure.padStart([9, 9, 9, 8, 6, 8, 9][index]))].join(" "));
  }
}
