import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { addRow } from "./addRow.mjs";
import { addArea } from "./area.mjs";
import { checkRows } from "./check.mjs";
import { observe } from "./observe.mjs";
import { experimentOf, rows, rowsElsewhere, sourceOf } from "./plan.mjs";
import { root, specFolder } from "./rowFiles.mjs";
import { trainRows } from "./trainRows.mjs";

/**
 * `npm run results -- specs` writes the specs of the plan whose data are at hand and that begin with no other run, `npm run results -- train FOLDER [ROW ...]` trains rows
 * into a folder of runs, `npm run results -- add RUN ...` makes rows of finished runs, `npm run results -- observe RUN ...` what else is told
 * of some, `npm run results -- area RUN ...` the area of their accelerators, and `npm run results -- check`, which is `npm run results:check`, trains the short row again and scores the example's ROM
 * files. `npm run figures` then writes docs/results.md and its pictures.
 */

const [command, ...operands] = process.argv.slice(2);
const tl = await import(pathToFileURL(path.join(root, "dist/api/tritloom.mjs")).href);

const commands = {
  specs: async () => {
    for (const row of [...rows, ...rowsElsewhere].filter((each) => sourceOf(each) === undefined)) {
      const experiment = await experimentOf(tl, row).catch((error) => console.error(`${row.name}: ${error.message}`));
      if (experiment !== undefined) {
        await writeFile(path.join(specFolder, `${row.name}.json`), `${JSON.stringify(experiment.spec, null, 1)}\n`);
      }
    }
  },
  train: ([folder, ...names]) => trainRows(tl, folder, names),
  add: async () => {
    for (const dir of operands) {
      console.log(path.relative(root, await addRow(tl, dir)));
    }
  },
  observe: async () => {
    for (const dir of operands) {
      console.log(path.relative(root, await observe(tl, dir)));
    }
  },
  area: async () => {
    for (const dir of operands) {
      console.log(path.relative(root, await addArea(tl, dir)));
    }
  },
  check: () => checkRows(tl),
};

if (!Object.hasOwn(commands, command)) {
  console.error(`"${command}" is none of ${Object.keys(commands).join(", ")}.`);
  process.exitCode = 2;
} else {
  await commands[command](operands);
}
