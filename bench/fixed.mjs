import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What the accelerator's integers lose against the float model on a run's test part; see bench/README.md. */

/** Bits per prediction that the default widths may lose. */
const limit = 0.005;

const widths = [
  [],
  ["--activation-bits", "16"],
  ["--activation-bits", "10"],
  ["--activation-bits", "8"],
  ["--cell-bits", "12"],
  ["--activation-bits", "8", "--cell-bits", "12"],
  ["--constant-bits", "10"],
  ["--table-entries", "64"],
  ["--table-entries", "1024", "--interpolation", "none"],
  ["--table-entries", "256", "--interpolation", "none"],
];

const cli = join(dirname(fileURLToPath(import.meta.url)), "../dist/cli.js");

async function score(run, timesteps, options) {
  const cut = timesteps === undefined ? [] : ["--timesteps", timesteps];
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [cli, "score", run, ...cut, ...options, "--json"]);
  return { ...JSON.parse(stdout.trim().split("\n").at(-1)), seconds: (performance.now() - start) / 1000 };
}

function row(name, { float, integers, lostBits, saturations, seconds }) {
  const bits = (value) => value.toFixed(5).padStart(9);
  const counts = `${saturations.preactivation}, ${saturations.cell}`.padStart(14);
  return `${name.padEnd(44)} ${bits(float.bitsPerPrediction)} ${bits(integers.bitsPerPrediction)} ${bits(lostBits)} ${counts} ${seconds.toFixed(1).padStart(8)}`;
}

const [run, timesteps] = process.argv.slice(2);
if (run === undefined) {
  throw new Error("Give the directory of a finished run, and the number of timesteps if not all: npm run bench:fixed -- RUN [N]");
}
await access(cli).catch(() => {
  throw new Error(`${cli} is missing: run npm run build first`);
});
console.log(`${"widths".padEnd(44)} ${"float".padStart(9)} ${"integers".padStart(9)} ${"lost".padStart(9)} ${"saturated p, c".padStart(14)} ${"seconds".padStart(8)}`);
const lost = [];
for (const options of widths) {
  const scored = await score(run, timesteps, options);
  lost.push(scored.lostBits);
  console.log(row(options.length === 0 ? "default: 12, cell 16, constants 16, 256 linear" : options.join(" "), scored));
}
if (lost[0] > limit) {
  console.error(`The default widths lose ${lost[0].toFixed(5)} bits per prediction, more than ${limit}.`);
  process.exitCode = 1;
}
