import { stat } from "node:fs/promises";
import path from "node:path";
import { readVerification } from "../jobs/verifiedRun.js";
import { bestValidation, figureMethods } from "../runs/figureMethods.js";
import { importedSummary, readImportedRun } from "../runs/importedRun.js";
import { inTurns } from "../runs/inTurns.js";
import { readMarks } from "../runs/marksFile.js";
import { measures } from "../runs/measures.js";
import { listDirsOfCurves, NoRunError, readRun } from "../runs/readRun.js";
import { summaryOf } from "../runs/runSummary.js";
import type { RunSummary } from "../runs/runViews.js";
import { printableLine } from "../text/printable.js";
import { alignedTable } from "./alignedTable.js";
import { type Command, type CommandLine, type Report, UsageError } from "./command.js";
import { actionsInWords, actionWords, workOnRuns } from "./runActions.js";
import { chooseRuns } from "./runChoice.js";
import type { DamagedRun, ListedRun, RunRow } from "./runRow.js";
import { runsCsv } from "./runsCsv.js";
import { runsFolder } from "./runsFolder.js";

export const runsCommand: Command = {
  summary: "Lists the runs in a folder, newest first.",
  guide: "reading-curves",
  operands: [
    { name: "DIR", description: "folder of runs, or one with a folder runs; default TRITLOOM_RUNS or this one", isOptional: true },
    { name: "RUN", description: `in place of DIR a word, and then the runs it is for: ${actionsInWords()}`, isOptional: true, isRepeated: true },
  ],
  options: {
    filter: { value: "CONDITION", description: 'list the runs that fit, as "units > 256 and quantiser = ternary" or "is starred"' },
    sort: { value: "COLUMNS", description: "the first first, as metric,-units: a minus before those that fall; --sort=-units where one stands first" },
    columns: { value: "COLUMNS", description: "show these columns, as state,metric,units; all: every one; differing: those that tell the runs apart" },
    group: { value: "COLUMNS", description: "one row for the runs with the same values in these columns, with the mean of their figures" },
    all: { description: "list hidden runs too" },
    csv: { description: "print CSV, one run in each row, with all figures" },
  },
  work,
};

async function work(line: CommandLine): Promise<Report> {
  const done = await workOnRuns(line.operands, (dir) => foldersBelow(rootOf(dir)));
  if (done !== undefined) {
    return done;
  }
  if (line.operands.length > 1) {
    throw new UsageError(`runs takes one folder, or one of ${actionWords.join(", ")} and then runs, not "${line.operands.join('" "')}".`);
  }
  return listRuns(line);
}

const rootOf = (dir: string | undefined): string => path.resolve(dir ?? process.env.TRITLOOM_RUNS ?? ".");
const foldersBelow = (root: string): string[] => [root, path.join(root, runsFolder)];

async function listRuns({ operands, switches, values }: CommandLine): Promise<Report> {
  const root = rootOf(operands[0]);
  if (operands[0] !== undefined && !(await isFolder(root))) {
    throw new UsageError(`There is no folder ${root}: give the folder that holds runs.`);
  }
  const dirs = await listDirsOfCurves(foldersBelow(root));
  const rows = await inTurns(dirs, (dir) => readRow(dir).catch((error: Error): DamagedRun => ({ dir, message: error.message })));
  const damaged = rows.flatMap((row) => ("listed" in row ? [] : [row]));
  const chosen = chooseRuns(rows.filter((row) => "listed" in row), { filter: values.filter, sort: values.sort, columns: values.columns, group: values.group, all: switches.has("all") });
  if (chosen.report !== undefined) {
    return chosen.report(switches.has("csv"), damaged);
  }
  const whole = chosen.rows;
  // Without a filter, what cannot be read stands where its directory would.
  const kept = new Set<RunRow | DamagedRun>(values.filter === undefined ? [...whole, ...damaged] : whole);
  const inOrder = values.sort === undefined ? rows.filter((row) => kept.has(row)) : [...kept];
  return {
    ...(switches.has("csv") && { exact: runsCsv(whole) }),
    text: inOrder.length === 0 ? noneInWords(root, rows.length) : table(inOrder.map((row) => ("listed" in row ? row.listed : row))),
    json: { runs: whole.map(({ listed: row }) => row), damaged },
  };
}

function noneInWords(root: string, others: number): string {
  return others === 0 ? `No runs in ${root}.` : `No run in ${root} fits; there are ${others}.`;
}

async function readRow(dir: string): Promise<RunRow> {
  try {
    return await readRunRow(dir);
  } catch (error) {
    const imported = error instanceof NoRunError ? await readImportedRun(dir) : undefined;
    if (imported === undefined) {
      throw error;
    }
    const { marks, problem } = await readMarks(dir);
    const summary = importedSummary(dir, imported, 0, marks);
    return { listed: listed(summary, problem), summary };
  }
}

async function readRunRow(dir: string): Promise<RunRow> {
  const reading = await readRun(dir);
  const verification = await readVerification(dir);
  const { marks, problem } = await readMarks(dir);
  const summary = summaryOf(reading, 0, marks);
  const methods = { validationHow: bestValidation(reading.spec, reading.log)?.how ?? null, testHow: figureMethods(reading).deployableTest };
  return { listed: { ...listed(summary, reading.logProblem?.message ?? problem), ...methods, ...(verification && { verification }) }, summary, reading };
}

function listed(summary: RunSummary, problem: string | undefined): ListedRun {
  const { dir, name, task, state, ending, step, steps, figures, marks } = summary;
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
    validationHow: null,
    testHow: null,
    problem: problem ?? null,
    ...(marks && { marks }),
  };
}

function table(rows: readonly (ListedRun | DamagedRun)[]): string {
  const cells = [["STATE", "STEP", "MEASURE", "VALIDATION", "TEST", "NAME", "DIRECTORY", "PROBLEM"], ...rows.map(cellsOf)];
  const isNeeded = cells[0]!.map((_, column) => cells.slice(1).some((row) => row[column] !== ""));
  const shown = cells.map((row) => row.filter((_, column) => isNeeded[column]));
  return alignedTable(shown);
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
