import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkNode, installDependencies, must } from "./install.mjs";
import { ensureTools } from "./tools.mjs";

/**
 * `npm test`: installs what is missing and runs everything; `npm test -- test/kernel` runs the tests of some files
 * only. Ends with one line "N passed, N failed" that counts every test of every suite.
 */

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));
const filters = process.argv.slice(2);
const reports = mkdtempSync(path.join(os.tmpdir(), "tritloom-test-"));
const layerTests = ["layer", "layerMasking", "tensorKernel"].map((name) => `test/rnn/${name}.test.ts`);
const totals = { passed: 0, failed: 0 };

/** Runs vitest once; `env` selects for example the tensor backend. A suite that could not run counts as failed. */
function suite(title, args, env = {}) {
  console.log(`\n== ${title}`);
  const report = path.join(reports, `${title.replace(/\W+/g, "-")}.json`);
  const { status } = spawnSync(
    "npx",
    ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args],
    { stdio: "inherit", env: { ...process.env, ...env }, shell: process.platform === "win32" },
  );
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
    totals.passed += numPassedTests;
    totals.failed += numFailedTests + numPendingTests + numTodoTests;
    if (status !== 0 && numFailedTests === 0) {
      totals.failed += 1;
    }
  } catch {
    totals.failed += 1;
  }
}

try {
  checkNode();
  installDependencies();
  ensureTools();
  must("npm", ["run", "typecheck", "--silent"]);
  must("npm", ["run", "lint", "--silent"]);
  must("node", ["scripts/build.mjs"]);
  if (filters.length > 0) {
    suite("chosen tests", filters);
  } else {
    must("node", ["test/e2e/workbench/install.mjs"]);
    must("node", ["scripts/setup-tensorflow.mjs"]);
    must("node", ["scripts/setup-interop.mjs"]);
    must("node", ["scripts/buildNative.mjs", "wasm"]);
    suite("builds for other platforms", ["--project", "builds"]);
    suite("unit, golden, kernel and webview tests", ["--project", "unit"]);
    for (const backend of ["tensorflow", "wasm", "cpu"]) {
      suite(`layers on the ${backend} backend`, ["--project", "unit", ...layerTests], { TRITLOOM_BACKEND: backend });
    }
    must("node", ["scripts/package.mjs"]);
    suite("end to end in a real VS Code", ["--project", "e2e"]);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  totals.failed += 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
