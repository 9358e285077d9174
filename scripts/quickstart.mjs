import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** The quickstart notebook, run in full by the command line: minutes on all cores. */

const notebook = "examples/quickstart.ipynb";
const record = "out/quickstart.json";

/** What decides what the notebook computes: the built program, its data, and the notebook itself. */
async function fingerprint() {
  const hash = createHash("sha256");
  const inFolders = await Promise.all(["dist/api", "dist/data", "dist/native"].map((folder) => readdir(folder, { recursive: true, withFileTypes: true })));
  const built = inFolders.flat().filter((entry) => entry.isFile() && /\.(m?js|json|txt|node)$/.test(entry.name));
  const kernel = (await readdir("dist")).filter((name) => /^(cli|kernel.*)\.js$/.test(name));
  const files = [notebook, ...kernel.map((name) => path.join("dist", name)), ...built.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))];
  for (const file of files.toSorted()) {
    hash.update(`${file}\0`).update(await readFile(file));
  }
  return hash.digest("hex");
}

/**
 * @param {string} executed where the executed notebook goes
 * @returns {Promise<{ report: object, executed: string }>} report: what `--json` prints
 * @throws Error with the line that the command ended with
 */
export async function runQuickstart(executed, env = {}) {
  const options = { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", env: { ...process.env, ...env } };
  const { status, stdout } = spawnSync(process.execPath, ["dist/cli.js", "run", notebook, "--out", executed, "--json"], options);
  const lastLine = stdout.trimEnd().split("\n").at(-1) ?? "";
  if (status !== 0) {
    throw new Error(lastLine);
  }
  return { report: JSON.parse(lastLine), executed };
}

/** Runs it for the person who sits here, and records with which program. */
export async function startQuickstart() {
  await rm(record, { force: true });
  const run = await runQuickstart("out/quickstart.ipynb");
  await writeFile(record, JSON.stringify({ fingerprint: await fingerprint(), run }));
  return run;
}

/** What `startQuickstart` gave last, if the program of now made it and its files are there. */
export async function startedQuickstart() {
  if (!existsSync(record)) {
    return undefined;
  }
  const { fingerprint: made, run } = JSON.parse(await readFile(record, "utf8"));
  const files = [run.executed, ...run.report.runs.map(({ dir }) => dir), ...run.report.roms.map(({ manifest }) => manifest)];
  return files.every((file) => existsSync(file)) && made === (await fingerprint()) ? run : undefined;
}
