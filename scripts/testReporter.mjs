import { writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";

/**
 * What a run of tests came to, for those who read only the end of a log.
 * @typedef {{ name: string, message: string }} Failure a failed test, or what failed around tests, and the first lines of why
 * @typedef {{ passed: number, failed: number, failures: Failure[] }} Report failed: tests that did not run count, too
 */

const mostLines = 8;

/** The variable of the environment that names the file of the report. */
export const reportVariable = "TRITLOOM_TEST_REPORT";

/** Where in the project's files an error was thrown, if that is known. */
function placeOf({ stacks = [] }) {
  const frame = stacks.find(({ file }) => !file.includes("/node_modules/"));
  return frame === undefined ? [] : [`at ${path.relative(process.cwd(), frame.file)}:${frame.line}`];
}

/** @returns {Failure} */
function failure(names, error) {
  const lines = stripVTControlCharacters(error.message ?? String(error)).trim().split("\n");
  const left = lines.length - mostLines;
  const shown = left > 0 ? [...lines.slice(0, mostLines), `... and ${left} lines more, above`] : lines;
  return { name: names.join(" > "), message: [...shown, ...placeOf(error)].join("\n") };
}

/** @returns {Report} of one file: a test fails once, however many errors it has, and each error of a hook or of the file itself counts */
function reportOfFile(module) {
  const project = module.project.name === "" ? "" : ` (${module.project.name})`;
  const file = `${module.relativeModuleId}${project}`;
  const tests = [...module.children.allTests()];
  const inState = (state) => tests.filter((test) => test.result().state === state);
  const [passed, failed] = [inState("passed"), inState("failed")];
  const idle = tests.length - passed.length - failed.length;
  const failures = [
    ...module.errors().map((error) => failure([file], error)),
    ...[...module.children.allSuites()].flatMap((suite) => suite.errors().map((error) => failure([file, suite.fullName], error))),
    ...failed.map((test) => failure([file, test.fullName], test.result().errors[0])),
  ];
  const notRun = idle === 0 ? [] : [{ name: file, message: `${idle} of its ${tests.length} tests did not run` }];
  return { passed: passed.length, failed: failures.length + idle, failures: [...failures, ...notRun] };
}

/** @returns {string} what the end of a log says of failures: nothing where there are none */
export function failuresAsText(failures) {
  const paragraphs = failures.map(({ name, message }) => `  ${name}\n${message.replaceAll(/^/gm, "    ")}\n`);
  return paragraphs.length === 0 ? "" : ["What failed:\n", ...paragraphs].join("\n");
}

/** A reporter of vitest that writes a `Report` into a file. */
export class Reporter {
  constructor(file) {
    this.file = file;
  }

  onTestRunEnd(modules, unhandledErrors) {
    const reports = modules.map(reportOfFile);
    const stray = unhandledErrors.map((error) => failure([path.relative(process.cwd(), error.VITEST_TEST_PATH ?? "."), "outside of its tests"], error));
    const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
    const report = {
      passed: sum(reports.map(({ passed }) => passed)),
      failed: sum(reports.map(({ failed }) => failed)) + stray.length,
      failures: [...reports.flatMap(({ failures }) => failures), ...stray],
    };
    writeFileSync(this.file, JSON.stringify(report));
  }
}
