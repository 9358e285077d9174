import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

/** Training makes a new run each time; what is exported beside it may replace what the run before left there, and only that. */
test.each(["README.md", "examples/quickstart.ipynb"])("%s runs a second time: its exports overwrite their own", async (file) => {
  const text = await readFile(file, "utf8");
  const calls = [...text.matchAll(/await chip\.export(?:Rom|Verilog)\((.*?)\)/g)].map(([, options = ""]) => options);
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.filter((options) => !options.includes("overwrite: true"))).toEqual([]);
});
