import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { csvTableFields } from "../../src/api/dataOptions.js";
import { readCsvSequences } from "../../src/data/csvSequences.js";
import { temporaryFolder } from "../temporaryFolder.js";

/** docs/data.md says what is true: its tables are read as it says, and every option of a table is in it. */
const folder = temporaryFolder();
const text = readFileSync("docs/data.md", "utf8");
const [wide, long] = [...text.matchAll(/^```\n((?:x_t0|id),[\s\S]*?)^```/gm)].map(([, block]) => block!);

async function write(block: string): Promise<string> {
  const file = path.join(folder.path, "table.csv");
  await writeFile(file, block);
  return file;
}

it("the wide table has two values at three timesteps", async () => {
  const table = await readCsvSequences(await write(wide!), { label: "class" });
  expect(table).toMatchObject({ timesteps: 3, width: 2, labels: ["up", "down"], reading: { features: ["x", "y"], warnings: [] } });
});

it("the long table's sequences are padded at their beginning", async () => {
  const table = await readCsvSequences(await write(long!), { id: "id", time: "time", label: "class", timesteps: 2 });
  expect(table).toMatchObject({ values: Float32Array.of(0.1, 1, 0.2, 0.9, 0, 0, 0.4, 0.2), labels: ["up", "down"] });
});

it("every option is described", () => {
  for (const name of ["label", "split", "stratified", "shuffle", "normalise", ...Object.keys(csvTableFields)]) {
    expect(text).toContain(`| \`${name}\` |`);
  }
});
