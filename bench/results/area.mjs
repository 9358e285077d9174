import { writeFile } from "node:fs/promises";
import path from "node:path";
import { rowOf } from "./plan.mjs";
import { areaFolder, areaName, areaSchema, macUnits } from "./rowFiles.mjs";

/**
 * Synthesises the accelerator of a finished run, and keeps its area for all rows of the same cell, units and codes: what differs between
 * those is in ROMs, which are in no area. It takes minutes.
 */
export async function addArea(tl, dir) {
  const run = await tl.openRun(dir);
  const row = rowOf(dir, run.spec);
  const { figures } = await (await run.accelerator({ macUnits })).report();
  const { library, total, cells } = figures.area;
  const area = areaSchema.parse({ name: areaName(row), row: row.name, library, macUnits, squareMicrometres: Math.round(total.value), cells: cells.value });
  const file = path.join(areaFolder, `${area.name}.json`);
  await writeFile(file, `${JSON.stringify(area, null, 1)}\n`);
  return file;
}
