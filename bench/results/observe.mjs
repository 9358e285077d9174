import { writeFile } from "node:fs/promises";
import path from "node:path";
import { buildLibrary, importLibrary } from "../library.mjs";
import { gatesOf } from "./gates.mjs";
import { observationFolder, observationSchema } from "./rowFiles.mjs";

/** Excerpts of the test part, each read from the initial state, and their characters. */
const excerpts = 100;
const excerptLength = 1600;
/** Timesteps over which gates and states are counted. */
const tracedTimesteps = 2000;
/** Lengths that are told; networks are trained on 99. */
const lengths = [25, 50, 99, 198, 396, 792, 1584];

/** What a finished run of a text does on longer sequences than it was trained on, and how its gates and states are distributed. */
export async function observe(tl, dir) {
  const run = await tl.openRun(dir);
  await buildLibrary();
  const library = await importLibrary();
  const { test, symbols } = library.splitCorpus(await library.loadText(run.spec.task.corpus.name), run.spec.task);
  const textAt = (start, length) => Array.from(test.slice(start, start + length), (id) => symbols[id]).join("");
  const starts = Array.from({ length: excerpts }, (_, index) => Math.floor((index * (test.length - excerptLength)) / excerpts));
  const losses = [];
  for (const start of starts) {
    losses.push((await run.predict({ text: textAt(start, excerptLength) })).bits);
  }
  const traced = await run.trace({ text: textAt(0, tracedTimesteps) });
  const observation = {
    name: run.spec.name,
    lengths: lengths.map((length) => [length, rounded(mean(losses.map((bits) => mean(bits.subarray(0, length)))))]),
    gates: gatesOf(await run.deployed(), traced, test.slice(0, tracedTimesteps), library.shippedValues).map(rounding),
  };
  const file = path.join(observationFolder, `${run.spec.name}.json`);
  await writeFile(file, `${JSON.stringify(observationSchema.parse(observation), null, 1)}\n`);
  return file;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value) => Number(value.toPrecision(5));
const rounding = ({ name, ...shares }) => ({ name, ...Object.fromEntries(Object.entries(shares).map(([key, value]) => [key, rounded(value)])) });
