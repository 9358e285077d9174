/** The variable of the environment that names the file of the report. */
export const reportVariable: string;

/** A failed test, or what failed around tests, and the first lines of why. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** What a run of tests came to. Tests that did not run count as failed. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

/** What the end of a log says of failures: nothing where there are none. */
export function failuresAsText(failures: readonly Failure[]): string;

/** A reporter of Vitest that writes a `Report` into a file. */
export class Reporter {
  constructor(file: string);
  onTestRunEnd(modules: readonly unknown[], unhandledErrors: readonly unknown[]): void;
}
