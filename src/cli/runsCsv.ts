import { type EvaluationMethod, methodInWords } from "../experiment/evaluationMethod.js";
import type { RunResult } from "../runs/contract.js";
import { figureMethods } from "../runs/figureMethods.js";
import type { RunReading } from "../runs/readRun.js";
import { type CsvCell, csvLine } from "../text/csv.js";
import type { RunRow } from "./runRow.js";

/** Names of the columns never change their meaning; new ones are added at the end. */
const columns: Readonly<Record<string, (row: RunRow) => CsvCell>> = {
  directory: ({ listed }) => listed.dir,
  name: ({ listed }) => listed.name,
  task: ({ listed }) => listed.task,
  state: ({ listed }) => listed.state,
  step: ({ listed }) => listed.step,
  steps: ({ listed }) => listed.steps,
  seed: ({ reading }) => reading?.spec.seed ?? null,
  measure: ({ listed }) => listed.measure,
  best_validation: ({ listed }) => listed.validation,
  best_validation_how: ({ listed }) => how(listed.validationHow),
  shipped_validation: ({ reading }) => reading?.result?.figures?.validation ?? null,
  shipped_validation_how: ({ reading }) => how(methods(reading)?.validation),
  deployable_test: ({ listed }) => listed.test,
  deployable_test_how: ({ listed }) => how(listed.testHow),
  author_style_test: ({ reading }) => reading?.result?.figures?.authorStyleTest ?? null,
  author_style_test_how: ({ reading }) => how(methods(reading)?.authorStyleTest),
  deployable_test_accuracy: ({ reading }) => reading?.result?.deployableTestAccuracy ?? null,
  author_style_test_accuracy: ({ reading }) => reading?.result?.authorStyleTestAccuracy ?? null,
  training_seconds: ({ reading }) => reading?.result?.trainingSeconds ?? null,
  compute_kernel: ({ reading }) => reading?.result?.computeKernel ?? null,
  weights_that_ship: ({ reading }) => reading?.result?.choice ?? null,
};

/** Names of the columns of `runsCsv`, in order. */
export const runColumns: readonly string[] = Object.keys(columns);

/** A table of runs as CSV (RFC 4180), one in each row; a figure that there is not yet is an empty field. */
export function runsCsv(rows: readonly RunRow[]): string {
  const lines = rows.map((row) => csvLine(Object.values(columns).map((cell) => cell(row))));
  return [csvLine(runColumns), ...lines].join("");
}

function methods(reading: RunReading | undefined): NonNullable<NonNullable<RunResult["figures"]>["how"]> | undefined {
  return reading?.result && figureMethods(reading);
}

function how(method: EvaluationMethod | null | undefined): string | null {
  return method ? methodInWords(method) : null;
}
