import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkNode, installDependencies } from "./install.mjs";
import { failuresOf, runQuietly } from "./together.mjs";
import { failuresAsText, reportVariable } from "./testReporter.mjs";

/**
 * `npm test`: installs what is missing and runs everything; `npm test -- test/kernel` runs the tests of some files
 * only. Ends with what failed, and one line "N passed, N failed" that counts every test of every suite.
 */

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));
const filters = process.argv.slice(2);
const reports = mkdtempSync(path.join(os.tmpdir(), "tritloom-test-"));
const totals = { passed: 0, failed: 0 };
const failures = [];

function fail(name, message) {
  totals.failed += 1;
  failures.push({ name, message });
}

/** Runs vitest once. A suite that could not run counts as failed. */
function suite(title, args) {
  console.log(`\n== ${title}`);
  const file = path.join(reports, `${title.replace(/\W+/g, "-")}.json`);
  const { status } = spawnSync("npx", ["vitest", "run", ...args], {
    stdio: "inherit",
    env: { ...process.env, [reportVariable]: file },
    shell: process.platform === "win32",
  });
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    totals.passed += report.passed;
    totals.failed += report.failed;
    failures.push(...report.failures);
    if (status !== 0 && report.failed === 0) {
      fail(title, `ended with exit code ${status} though no test failed`);
    }
  } catch {
    fail(title, "could not run: see above");
  }
}

/**
 * Everything that the tests need. Types, style and builds keep the cores busy while the network brings the rest.
 * @returns {Promise<string[]>} what failed
 */
function prepare() {
  console.error("Checking types and style, building, and fetching what the tests need ...");
  const node = (script, ...args) => runQuietly("node", script, ...args);
  const tools = node("scripts/tools.mjs");
  const steps = [
    runQuietly("npm", "run", "typecheck", "--silent"),
    runQuietly("npm", "run", "lint", "--silent"),
    tools.then(() => node("scripts/build.mjs")),
  ];
  if (filters.length > 0) {
    return failuresOf(steps);
  }
  const [, , build] = steps;
  return failuresOf([
    ...steps,
    build.then(() => node("scripts/buildNative.mjs", "wasm")).then(() => node("scripts/package.mjs")),
    tools.then(() => node("scripts/setup-tensorflow.mjs")),
    tools.then(() => node("scripts/setup-interop.mjs")),
    node("test/e2e/workbench/install.mjs"),
  ]);
}

function runTests() {
  if (filters.length > 0) {
    suite("chosen tests", filters);
    return;
  }
  suite("builds for other platforms", ["--project", "builds"]);
  suite("unit, golden, kernel and webview tests; layers on each backend", ["--project", "unit", "--project", "layers-*"]);
  suite("end to end in a real VS Code", ["--project", "e2e"]);
}

try {
  checkNode();
  installDependencies();
  const unprepared = await prepare();
  if (unprepared.length === 0) {
    runTests();
  }
  unprepared.forEach((message) => fail("before the tests", message));
} catch (error) {
  fail("before the tests", error instanceof Error ? error.message : String(error));
} finally {
  rmSync(reports, { recursive: true, force: true });
}
// Just before the last line: the end of a log is all that many readers see.
console.log(`\n${failuresAsText(failures)}\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
