import { columnsOf } from "../../src/runTable/columns.js";
import { FilterError } from "../../src/runTable/filter/filter.js";
import { type RunTest, runTest } from "../../src/runTable/filter/runTest.js";
import type { ViewedRun } from "../shared/viewedRuns.js";

/** The runs that fit the filter of the list, in the language of the table of experiments; none where it cannot be read. */
export function filterRuns(runs: readonly ViewedRun[], filter: string): ViewedRun[] {
  const test = testOrError(runs, filter);
  return test instanceof FilterError ? [] : runs.filter(test);
}

/** What is wrong with the filter, and the remedy; undefined where nothing is. */
export function filterProblem(runs: readonly ViewedRun[], filter: string): string | undefined {
  const test = testOrError(runs, filter);
  return test instanceof FilterError ? test.message : undefined;
}

function testOrError(runs: readonly ViewedRun[], filter: string): RunTest | FilterError {
  try {
    return runTest(filter, columnsOf(runs));
  } catch (error) {
    if (error instanceof FilterError) {
      return error;
    }
    throw error;
  }
}
