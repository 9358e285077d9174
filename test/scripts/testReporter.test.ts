import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { failuresAsText, type Report } from "../../scripts/testReporter.mjs";
import { temporaryFolder } from "../temporaryFolder.js";

const root = path.resolve(import.meta.dirname, "../..");
const folder = temporaryFolder();

const config = (report: string): string => `
import { Reporter } from ${JSON.stringify(path.join(root, "scripts/testReporter.mjs"))};
export default { test: { include: ["*.test.js"], maxWorkers: 1, reporters: [new Reporter(${JSON.stringify(report)})] } };
`;

const files = {
  "sums.test.js": `import { describe, expect, test } from "vitest";
test("one and one", () => expect(1 + 1).toBe(2));
describe("sums", () => {
  test("of thirds", () => expect(1 / 3 + 1 / 3).toBe(1));
});
`,
  "hook.test.js": `import { beforeAll, describe, test } from "vitest";
describe("with a kernel", () => {
  beforeAll(() => { throw new Error("no kernel answers"); });
  test("counts", () => {});
  test("draws", () => {});
});
`,
  "broken.test.js": `import "./missing.js";\n`,
  "stray.test.js": `import { test } from "vitest";
test("leaves a promise", async () => {
  Promise.reject(new Error("nobody waited"));
  await new Promise((go) => setTimeout(go, 50));
});
`,
  "long.test.js": `import { test } from "vitest";
test("says much", () => { throw new Error(Array.from({ length: 30 }, (_, index) => "line " + index).join("\\n")); });
`,
};

test("a report counts all tests, and names each failure with its file, place and first lines: tests, hooks, files, and promises of nobody", () => {
  const report = path.join(folder.path, "report.json");
  for (const [name, text] of Object.entries({ ...files, "vitest.config.mjs": config(report) })) {
    writeFileSync(path.join(folder.path, name), text);
  }
  const { status } = spawnSync(process.execPath, [path.join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", folder.path], { cwd: folder.path, encoding: "utf8" });
  expect(status).toBe(1);
  const { passed, failed, failures } = JSON.parse(readFileSync(report, "utf8")) as Report;
  expect({ passed, failed }).toEqual({ passed: 2, failed: 7 });
  const text = failuresAsText(failures.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  expect(text).toBe(`What failed:

  broken.test.js
    Cannot find module './missing.js' imported from ${folder.path}/broken.test.js
    at broken.test.js:1

  hook.test.js
    2 of its 2 tests did not run

  hook.test.js > with a kernel
    no kernel answers
    at hook.test.js:3

  long.test.js > says much
    line 0
    line 1
    line 2
    line 3
    line 4
    line 5
    line 6
    line 7
    ... and 22 lines more, above
    at long.test.js:2

  stray.test.js > outside of its tests
    nobody waited

  sums.test.js > sums > of thirds
    expected 0.6666666666666666 to be 1 // Object.is equality
    at sums.test.js:4
`);
});

test("there is nothing to say where nothing failed", () => {
  expect(failuresAsText([])).toBe("");
});
