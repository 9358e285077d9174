import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** A row of docs/results.md is a file of examples/results, which `npm run results -- add RUN` makes of a finished run. */

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const rowFolder = path.join(root, "examples/results");
export const specFolder = path.join(rowFolder, "specs");
/** What finished runs show beside their figures. */
export const observationFolder = path.join(rowFolder, "observations");
/** Areas of accelerators. */
export const areaFolder = path.join(rowFolder, "areas");
/** ROM files of the smallest row. */
export const exampleRoms = path.join(rowFolder, "roms");

/** MAC units of the accelerator that a row tells of. */
export const macUnits = 64;

const count = z.number().int().min(0);
const figure = z.number().nullable();

export const rowSchema = z.strictObject({
  name: z.string(),
  dataset: z.string(),
  permuted: z.boolean(),
  cell: z.string(),
  quantiser: z.string(),
  normaliser: z.string(),
  layers: count.default(1),
  units: count,
  seed: count,
  budget: z.enum(["equal", "long", "digits", "minibatches", "ablation", "short"]),
  /** What it changes of the base of the ablation. */
  lever: z.string().optional(),
  batchSize: count,
  steps: count,
  /** Hours of training on `machine`, whatever else ran there. */
  hours: z.number(),
  /** The figure of what ships; the two that are no figure of the task are null. */
  testBpc: figure,
  testAccuracy: figure,
  testPerplexity: figure,
  /** The same figure, evaluated as the paper's code does, and that of the validation part. */
  authorStyle: figure,
  validation: figure,
  /** Validation figures of ten draws of the weights; of weights that are not drawn there is none. */
  draws: z.array(z.number()),
  /** The same figure of the accelerator's integers, on so many timesteps of the test part, and of the float model on these; null without an accelerator. */
  chip: z
    .strictObject({ macUnits: count, cycles: count, timesteps: count, integers: z.number(), float: z.number(), romBits: count })
    .nullable(),
  /** Bits of what ships, and how many times fewer than in float32: of the recurrent layers, and of the whole model. */
  size: z.strictObject({ recurrentBits: count, recurrentSaving: z.number(), wholeBits: count, wholeSaving: z.number() }),
  /** The command that trains it, from the repository's root, with the data in TRITLOOM_DATA or downloaded. */
  command: z.string(),
  commit: z.string(),
  date: z.string(),
  machine: z.strictObject({ processor: z.string(), cores: count, platform: z.string() }),
  computeKernel: z.string(),
  /** The log, thinned: mean training figures of at most 100 stretches of steps, and every validation. */
  curve: z.strictObject({ train: z.array(z.tuple([count, z.number()])), validation: z.array(z.tuple([count, z.number()])) }),
});

export const observationSchema = z.strictObject({
  name: z.string(),
  /** Pairs of a length and the bits per character of its characters. */
  lengths: z.array(z.tuple([count, z.number()])),
  /** Gates and states of what ships, in its equations; empty where these have statistics of their own at each timestep. */
  gates: z.array(z.strictObject({ name: z.string(), mean: z.number(), deviation: z.number(), saturated: z.number() })),
});

export const areaSchema = z.strictObject({
  name: z.string(),
  /** Whose accelerator was synthesised. */
  row: z.string(),
  library: z.string(),
  macUnits: count,
  /** Area of the standard cells; memories and ROMs are in none. */
  squareMicrometres: count,
  cells: count,
});

/** @returns "lstm-512-ternary": what the area of an accelerator depends on */
export function areaName({ cell, layers, units, quantiser }) {
  return `${cell}-${Array.from({ length: layers }, () => units).join("-")}-${codesOf(quantiser)}`;
}

function codesOf(quantiser) {
  if (quantiser === "full precision") {
    return "full-precision";
  }
  return quantiser.startsWith("ternary") ? "ternary" : "binary";
}

/** @returns the rows, in the order of their names @throws Error that names the file that is none */
export const readRows = () => readAll(rowFolder, rowSchema);

/** @returns the observations, in the order of their names @throws Error that names the file that is none */
export const readObservations = () => readAll(observationFolder, observationSchema);

/** @returns the areas, in the order of their names @throws Error that names the file that is none */
export const readAreas = () => readAll(areaFolder, areaSchema);

async function readAll(folder, schema) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const parsed = schema.safeParse(JSON.parse(await readFile(file, "utf8")));
      if (!parsed.success) {
        throw new Error(`${path.relative(root, file)} is another kind of file: ${z.prettifyError(parsed.error)}`);
      }
      return parsed.data;
    }),
  );
}
