import { stat } from "node:fs/promises";
import path from "node:path";
import { readVerification } from "../jobs/verifiedRun.js";
import { bestValidation, figureMethods } from "../runs/figureMethods.js";
import { inTurns } from "../runs/inTurns.js";
import { measures } from "../runs/measures.js";
import { listRunDirs, readRun, type RunReading } from "../runs/readRun.js";
import { summaryOf } from "../runs/runSummary.js";
import type { RunSummary } from "../runs/runViews.js";
import { printableLine } from "../text/printable.js";
import { type Command, type CommandLine, type Report, UsageError } from "./command.js";
import type { ListedRun, RunRow } from "./runRow.js";
import { runsCsv } from "./runsCsv.js";
import { runsFolder } from "./runsFolder.js";

export const runsCommand: Command = {
  summary: "Lists the runs in a folder, newest first.",
  guide: "reading-curves",
  operands: [{ name: "DIR", description: "folder of runs, or one with a folder runs; default TRITLOOM_RUNS or this one", isOptional: true }],
  options: { csv: { description: "print CSV, one run in each row, with all figures" } },
  work: listRuns,
};

/** One that cannot be read, and why. */
interface DamagedRun {
  readonly dir: string;
  readonly message: string;
}

async function listRuns({ operands, switches }: CommandLine): Promise<Report> {
  const root = path.resolve(operands[0] ?? process.env.TRITLOOM_RUNS ?? ".");
  if (operands[0] !== undefined && !(await isFolder(root))) {
    throw new UsageError(`There is no folder ${root}: give the folder that holds runs.`);
  }
  const dirs = await listRunDirs([root, path.join(root, runsFolder)]);
  const rows = await inTurns(dirs, (dir) => readRow(dir).catch((error: Error): DamagedRun => ({ dir, message: error.message })));
  const whole = rows.filter((row) => "listed" in row);
  const damaged = rows.filter((row) => !("listed" in row));
  return {
    ...(switches.has("csv") && { exact: runsCsv(whole) }),
    text: rows.length === 0 ? `No runs in ${root}.` : table(rows.map((row) => ("listed" in row ? row.listed : row))),
    json: { runs: whole.map(({ listed }) => listed), damaged },
  };
}

async function readRow(dir: string): Promise<RunRow> {
  const reading = await readRun(dir);
  const verification = await readVerification(dir);
  return { listed: { ...listed(reading), ...(verification && { verification }) }, reading };
}

function listed(reading: RunReading): ListedRun {
  const { dir } = reading;
  const { name, task, state, ending, step, steps, figures } = summaryOf(reading, 0);
  const { test } = figures;
  const ofCharacters = (figure: number | null): number | null => (task === "character-model" ? figure : null);
  const validation = figures.best?.value ?? null;
  return {
    dir,
    name,
    task,
    state,
    ending,
    steps,
    step,
    measure: measures[task].name,
    validation,
    test,
    validationBpc: ofCharacters(validation),
    testBpc: ofCharacters(test),
    validationHow: bestValidation(reading.spec, reading.log)?.how ?? null,
    testHow: figureMethods(reading).deployableTest,
    problem: reading.logProblem?.message ?? null,
  };
}

function table(rows: readonly (ListedRun | DamagedRun)[]): string {
  const cells = [["STATE", "STEP", "MEASURE", "VALIDATION", "TEST", "NAME", "DIRECTORY", "PROBLEM"], ...rows.map(cellsOf)];
  const isNeeded = cells[0]!.map((_, column) => cells.slice(1).some((row) => row[column] !== ""));
  const shown = cells.map((row) => row.filter((_, column) => isNeeded[column]));
  const widths = shown[0]!.map((_, column) => shown.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  return shown.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n");
}

/** The cells of a row, in the order of the headings. */
function cellsOf(row: ListedRun | DamagedRun): string[] {
  if (!("state" in row)) {
    return ["damaged", "-", "-", "-", "-", "-", printableLine(row.dir), printableLine(row.message)];
  }
  const { task, state, ending, step, steps, measure, validation, test, name, dir, problem } = row;
  const inWords = ending === null ? state : `${state} (${ending.split(":")[0]})`;
  return [inWords, `${step}/${steps}`, measure, figureText(task, validation), figureText(task, test), name, printableLine(dir), printableLine(problem ?? "")];
}

function figureText(task: RunSummary["task"], figure: number | null): string {
  return figure === null ? "-" : measures[task].text(figure);
}

function isFolder(place: string): Promise<boolean> {
  return stat(place).then((found) => found.isDirectory(), () => false);
}
