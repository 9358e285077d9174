import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Jupyter, prepareJupyter } from "./jupyter.js";

const here = fileURLToPath(new URL(".", import.meta.url));
/** Classes of these files and how many tests each has, so that none is left out unseen. */
const classes = {
  kernel_test: { Conformance: 10, Welcome: 1, Execution: 10, Assistance: 5, Input: 4, Interruption: 3, Hostile: 5 },
  ends_test: { Ends: 7, Orphan: 1, TwoKernels: 1 },
};
const cases = Object.entries(classes).flatMap(([file, counts]) => Object.entries(counts).map(([name, tests]) => [`${file}.${name}`, tests] as const));

let jupyter: Jupyter;
beforeAll(async () => {
  jupyter = await prepareJupyter();
  const { code, stderr } = await jupyter.tritloom(["jupyter", "install"]);
  expect(code, stderr).toBe(0);
});
afterAll(() => jupyter.remove());

describe.concurrent("the kernel, as the client of the project Jupyter sees it", () => {
  it.each(cases)("%s", { timeout: 120_000 }, async (name, tests) => {
    const { code, stderr } = await jupyter.python(["-m", "unittest", name], { cwd: here });
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(new RegExp(`Ran ${tests} tests? in .*\\n\\nOK\\n`));
  });
});
