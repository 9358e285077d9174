import { stat } from "node:fs/promises";
import path from "node:path";
import type { EvaluationMethod } from "../experiment/evaluationMethod.js";
import { courseOf } from "../runs/course.js";
import { bestValidation, figureMethods } from "../runs/figureMethods.js";
import { measures } from "../runs/measures.js";
import { listRunDirs, readRun } from "../runs/readRun.js";
import { snapshotOf } from "../runs/runSnapshot.js";
import type { RunSnapshot } from "../../webview/contract.js";
import { type Command, type CommandLine, type Report, UsageError } from "./command.js";

/** Where a notebook beside it puts its runs. */
const runsFolder = "runs";

export const runsCommand: Command = {
  summary: "Lists the runs in a folder, newest first.",
  operands: [{ name: "DIR", description: "folder of runs, or one with a folder runs; default TRITLOOM_RUNS or this one", isOptional: true }],
  options: {},
  work: listRuns,
};

/** One line of the list. */
interface ListedRun {
  readonly dir: string;
  readonly name: string;
  readonly task: RunSnapshot["task"];
  readonly state: string;
  readonly steps: number;
  readonly step: number;
  /** "BPC", "perplexity" or "accuracy", a share. */
  readonly measure: string;
  /** The best so far. */
  readonly validation: number | null;
  /** Deployable, of the shipped weights. */
  readonly test: number | null;
  /** Both once more for a character model; null for other tasks. */
  readonly validationBpc: number | null;
  readonly testBpc: number | null;
  /** How the figures were computed; null without a figure. */
  readonly validationHow: EvaluationMethod | null;
  readonly testHow: EvaluationMethod | null;
}

/** One that cannot be read, and why. */
interface DamagedRun {
  readonly dir: string;
  readonly message: string;
}

async function listRuns({ operands }: CommandLine): Promise<Report> {
  const root = path.resolve(operands[0] ?? process.env.TRITLOOM_RUNS ?? ".");
  if (operands[0] !== undefined && !(await isFolder(root))) {
    throw new UsageError(`There is no folder ${root}: give the folder that holds runs.`);
  }
  const runs: ListedRun[] = [];
  const damaged: DamagedRun[] = [];
  for (const dir of await listRunDirs([root, path.join(root, runsFolder)])) {
    try {
      runs.push(await listed(dir));
    } catch (error) {
      const { message } = error as Error;
      damaged.push({ dir, message });
      process.stderr.write(`Left out ${dir}: ${message}\n`);
    }
  }
  return { text: runs.length === 0 ? `No runs in ${root}.` : table(runs), json: { runs, damaged } };
}

async function listed(dir: string): Promise<ListedRun> {
  const reading = await readRun(dir);
  const { name, task, state, step, steps } = snapshotOf(reading, 0);
  const best = bestValidation(reading.spec, courseOf(reading.events).validations);
  const test = reading.result?.figures?.deployableTest ?? null;
  const ofCharacters = (figure: number | null): number | null => (task === "character-model" ? figure : null);
  const validation = best?.value ?? null;
  return {
    dir,
    name,
    task,
    state,
    steps,
    step,
    measure: measures[task].name,
    validation,
    test,
    validationBpc: ofCharacters(validation),
    testBpc: ofCharacters(test),
    validationHow: best?.how ?? null,
    testHow: figureMethods(reading).deployableTest,
  };
}

function table(runs: readonly ListedRun[]): string {
  const rows = [
    ["STATE", "STEP", "MEASURE", "VALIDATION", "TEST", "NAME", "DIRECTORY"],
    ...runs.map(({ task, state, step, steps, measure, validation, test, name, dir }) => [
      state,
      `${step}/${steps}`,
      measure,
      figureText(task, validation),
      figureText(task, test),
      name,
      dir,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n");
}

function figureText(task: RunSnapshot["task"], figure: number | null): string {
  return figure === null ? "-" : measures[task].text(figure);
}

function isFolder(place: string): Promise<boolean> {
  return stat(place).then((found) => found.isDirectory(), () => false);
}
