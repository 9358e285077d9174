import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { addRow } from "./addRow.mjs";
import { experimentOf, rows, sourceOf } from "./plan.mjs";
import { root, rowFolder, specFolder } from "./rowFiles.mjs";

const cli = path.join(root, "dist/cli.js");

/**
 * Trains the rows that there are none of yet, one after the other, and adds each as it is finished. A run that was stopped goes on where it
 * stopped, so that the command may be given again and again.
 * @param folder of runs; it should outlast a checkout
 * @param names of rows; none: all of the plan
 */
export async function trainRows(tl, folder, names) {
  await mkdir(folder, { recursive: true });
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no row "${unknown}" in bench/results/plan.mjs.`);
  }
  const wanted = rows.filter(({ name }) => (names.length === 0 || names.includes(name)) && !existsSync(path.join(rowFolder, `${name}.json`)));
  for (const row of wanted) {
    await trained(tl, folder, row);
    console.log(path.relative(root, await addRow(tl, (await runOf(folder, row.name)).dir)));
  }
}

async function trained(tl, folder, row) {
  const begun = await runOf(folder, row.name);
  if (begun?.isFinished) {
    return;
  }
  const source = sourceOf(row);
  if (begun === undefined && source !== undefined) {
    // A spec has no weights to begin with, and no teacher.
    const from = await runOf(folder, source);
    if (!from?.isFinished) {
      throw new Error(`${row.name} needs the run of ${source} in ${folder}: npm run results -- train ${folder} ${source} ${row.name}`);
    }
    await (await experimentOf(tl, row, undefined, {}, await tl.openRun(from.dir))).train({ runs: folder });
    return;
  }
  const args = begun === undefined ? ["train", path.join(specFolder, `${row.name}.json`), "--runs", folder] : ["resume", begun.dir];
  const { status, signal } = spawnSync(process.execPath, [cli, ...args], { stdio: "inherit" });
  if (status !== 0) {
    throw new Error(`${row.name}: node dist/cli.js ${args.join(" ")} ended with ${signal ?? `exit code ${status}`}.`);
  }
}

/** @returns the run of a row in a folder, and whether it is finished; undefined where there is none */
async function runOf(folder, name) {
  for (const entry of await readdir(folder)) {
    const dir = path.join(folder, entry);
    const spec = await readFile(path.join(dir, "spec.json"), "utf8").catch(() => "{}");
    if (JSON.parse(spec).name === name) {
      return { dir, isFinished: existsSync(path.join(dir, "result.json")) };
    }
  }
  return undefined;
}
