import { spawn, spawnSync } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { measurements } from "./measurements.mjs";
import { describeMachine } from "./statistics.mjs";

/**
 * `npm run measure -- NAME ...` takes measurements of bench/measurements.mjs and keeps each, with command, commit and machine, in
 * docs/measurements/NAME.json. `npm run figures` then writes the figures of README and docs.
 */

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const folder = "docs/measurements";
const scratch = "out/measure";
process.chdir(root);

/** Runs node, its progress on stderr. @returns the JSON object on the last line that it printed */
async function run(args, env) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) {
    throw new Error(`node ${args.join(" ")} ended with exit code ${code}`);
  }
  // A measurement names no place of the machine that it was taken on.
  return JSON.parse(printed.trimEnd().split("\n").at(-1).replaceAll(`${root}/`, ""));
}

/** Where the run of a notebook is, for measurements of it. */
const runPlace = (name) => path.join(scratch, `${name}.run`);

async function runNotebook(name, { notebook, beside, replace = {} }, env) {
  let text = await readFile(notebook, "utf8");
  for (const [from, to] of Object.entries(replace).map((pair) => pair.map((piece) => JSON.stringify(piece).slice(1, -1)))) {
    if (!text.includes(from)) {
      throw new Error(`${notebook} has no ${from}, which measurement ${name} replaces.`);
    }
    text = text.replace(from, to);
  }
  const copy = path.join(scratch, `${name}.ipynb`);
  await writeFile(copy, text);
  if (beside !== undefined) {
    await cp(beside, path.join(scratch, path.basename(beside)), { recursive: true });
  }
  const report = await run(["dist/cli.js", "run", copy, "--json"], env);
  const { dir } = report.runs.at(-1);
  await writeFile(runPlace(name), dir);
  return { ...report, result: JSON.parse(await readFile(path.join(dir, "result.json"), "utf8")) };
}

async function output(name, measurement) {
  const { of, args, env = {} } = measurement;
  if (args === undefined) {
    return runNotebook(name, measurement, env);
  }
  const dir = of && (await readFile(runPlace(of), "utf8").catch(() => undefined));
  if (of !== undefined && dir === undefined) {
    throw new Error(`${name} needs the run of ${of}: npm run measure -- ${of} ${name}`);
  }
  return run(args.map((arg) => (arg === "RUN" ? dir : arg)), env);
}

function git(...args) {
  return spawnSync("git", args, { encoding: "utf8" }).stdout.trimEnd();
}

/** What is measured is what was committed; only the figures themselves may differ. */
function committed() {
  const changed = git("status", "--porcelain").split("\n").filter((line) => line !== "" && !/^.. (?:docs\/|.*\.md$)/.test(line));
  if (changed.length > 0) {
    throw new Error(`Commit first what is to be measured:\n${changed.join("\n")}`);
  }
  return git("rev-parse", "--short=10", "HEAD");
}

const names = process.argv.slice(2);
const unknown = names.find((name) => !Object.hasOwn(measurements, name));
if (names.length === 0 || unknown !== undefined) {
  console.error(`${unknown === undefined ? "Name what to measure" : `There is no measurement ${unknown}`}: ${Object.keys(measurements).join(", ")}.`);
  process.exit(2);
}
await mkdir(scratch, { recursive: true });
const commit = committed();
for (const name of names) {
  const { loadBefore: _, ...machine } = describeMachine();
  const date = new Date().toISOString().slice(0, 10);
  const measured = { command: measurements[name].command, commit, date, machine, output: await output(name, measurements[name]) };
  await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(measured, null, 1)}\n`);
  console.log(`${folder}/${name}.json`);
}
