import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withFigures } from "./figures/document.mjs";
import { readMeasurements, valueOf } from "./figures/measurement.mjs";
import { tableOf } from "./figures/tables.mjs";

/** `npm run figures` writes the figures of README, docs and examples from docs/measurements; `--check` only says which are others. */

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Paths of what publishes figures: README, docs, the guide, notebooks of examples. */
export async function publishedDocuments() {
  const names = async (folder, ending) => (await readdir(path.join(root, folder))).filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
  return ["README.md", ...(await names("docs", ".md")), ...(await names("docs/guide", ".md")), "docs/measurements/README.md", ...(await names("examples", ".ipynb"))];
}

/** @returns path, text as it stands, and text with the measured figures, of each document */
export async function figuresOfDocuments() {
  const measurements = await readMeasurements(path.join(root, "docs/measurements"));
  const documents = (await publishedDocuments()).map(async (file) => {
    const standing = await readFile(path.join(root, file), "utf8");
    const measured = withFigures(standing, (reference) => valueOf(measurements, reference), (name) => tableOf(measurements, name));
    return { file, standing, measured };
  });
  return Promise.all(documents);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const others = (await figuresOfDocuments()).filter(({ standing, measured }) => standing !== measured);
  for (const { file, measured } of others) {
    if (process.argv.includes("--check")) {
      console.error(`${file} has other figures than docs/measurements: npm run figures`);
      process.exitCode = 1;
    } else {
      await writeFile(path.join(root, file), measured);
      console.log(file);
    }
  }
}
