import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withFigures } from "./figures/document.mjs";
import { readMeasurements, valueOf } from "./figures/measurement.mjs";
import { tableOf } from "./figures/tables.mjs";
import { resultPictures } from "./results/pictures.mjs";
import { readAreas, readObservations, readRows } from "./results/rowFiles.mjs";
import { resultTables } from "./results/tables.mjs";

/**
 * `npm run figures` writes the figures of README, docs and examples from docs/measurements, and the tables and pictures of docs/results.md
 * from examples/results; `--check` only says which are others.
 */

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Paths of what publishes figures: README, docs, the guide, notebooks of examples. */
export async function publishedDocuments() {
  const names = async (folder, ending) => (await readdir(path.join(root, folder))).filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
  return ["README.md", ...(await names("docs", ".md")), ...(await names("docs/guide", ".md")), "docs/measurements/README.md", ...(await names("examples", ".ipynb"))];
}

/** @returns path, text as it stands, and text with the measured figures, of each document */
export async function figuresOfDocuments() {
  const [rows, observations, areas] = [await readRows(), await readObservations(), await readAreas()];
  const measurements = await readMeasurements(path.join(root, "docs/measurements"));
  const sources = { ...measurements, results: { output: { rows } } };
  const table = (name) => (Object.hasOwn(resultTables, name) ? resultTables[name](rows, observations, areas) : tableOf(measurements, name));
  const documents = (await publishedDocuments()).map(async (file) => {
    const standing = await readFile(path.join(root, file), "utf8");
    const measured = withFigures(standing, (reference) => valueOf(sources, reference), table);
    return { file, standing, measured };
  });
  return Promise.all(documents);
}

/** @returns path, picture as it stands, undefined where it is missing, and picture of the rows */
export async function picturesOfResults() {
  const pictures = Object.entries(resultPictures(await readRows()));
  return Promise.all(pictures.map(async ([file, measured]) => ({ file, standing: await readFile(path.join(root, file), "utf8").catch(() => undefined), measured })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const others = [...(await figuresOfDocuments()), ...(await picturesOfResults())].filter(({ standing, measured }) => standing !== measured);
  for (const { file, measured } of others) {
    if (process.argv.includes("--check")) {
      console.error(`${file} has other figures than docs/measurements: npm run figures`);
      process.exitCode = 1;
    } else {
      await mkdir(path.join(root, path.dirname(file)), { recursive: true });
      await writeFile(path.join(root, file), measured);
      console.log(file);
    }
  }
}
