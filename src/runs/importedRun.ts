import { rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { writeFileAtomically } from "../files/atomicFile.js";
import { readSmallFile } from "../files/regularFile.js";
import { printableLine } from "../text/printable.js";
import { Course } from "./course.js";
import type { RunMarks } from "./marks.js";
import { measures } from "./measures.js";
import { RunError } from "./readRun.js";
import { makeRunDirectory } from "./runDirectory.js";
import { runFiles } from "./runFiles.js";
import { shownMarks } from "./runSummary.js";
import type { RunSummary } from "./runViews.js";

/** Curves that another tool measured, in a directory among runs, so that they are shown beside them. Nothing can be trained or exported of it. */

const mostBytes = 256 * 1024 * 1024;
const word = z.string().transform(printableLine);

const pointSchema = z.object({
  step: z.number().int().min(0),
  /** Since the first point; 0 where the other tool tells no time. */
  seconds: z.number(),
  /** Nats; null where the other tool tells none. */
  loss: z.number().nullable(),
  /** The figure by which the task is judged. */
  figure: z.number(),
});
export type ImportedPoint = z.infer<typeof pointSchema>;

const seriesSchema = z.array(z.object({ step: z.number().int().min(0), value: z.number() }));

export const importedRunSchema = z.object({
  version: z.literal(1),
  name: word,
  /** What it is compared with: tasks that are judged by the same figure. */
  task: z.enum(["character-model", "word-model", "classification"]),
  /** The file that it comes from, without its folder. */
  source: word,
  /** Seconds since the epoch. */
  importedAt: z.number(),
  train: z.array(pointSchema),
  validation: z.array(pointSchema),
  learningRate: seriesSchema,
});
export type ImportedRun = z.infer<typeof importedRunSchema>;

/** Makes the directory of imported curves in a folder of runs. @returns its absolute path */
export async function writeImportedRun(root: string, run: ImportedRun): Promise<string> {
  const dir = await makeRunDirectory(path.resolve(root), run.name);
  try {
    await writeFileAtomically(path.join(dir, runFiles.imported), `${JSON.stringify(run)}\n`);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  return dir;
}

/** @returns undefined where the directory holds no imported curves @throws RunError where it does and they cannot be read */
export async function readImportedRun(dir: string): Promise<ImportedRun | undefined> {
  const file = path.join(dir, runFiles.imported);
  let text: string;
  try {
    text = await readSmallFile(file, mostBytes);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      return undefined;
    }
    throw error;
  }
  const parsed = importedRunSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const { path: field, message } = parsed.error.issues[0]!;
    throw new RunError(`${file} is not valid (${field.join(".") || "whole value"}: ${message}): delete it, and import the curves again.`);
  }
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Its curves, as those of a run. How many items a step has is not known: 0. */
export function importedCourse({ task, train, validation, learningRate }: ImportedRun): Course {
  const course = new Course({ task: { kind: task, batchSize: 0 } });
  // A curve keeps its extremes by loss too, where it has one.
  train.forEach((point) => course.train.add({ ...point, loss: point.loss ?? NaN }));
  validation.forEach((point) => course.validation.add({ ...point, loss: point.loss ?? NaN }));
  learningRate.forEach((point) => course.learningRate.add(point));
  return course;
}

/** The best point of validation; of curves without validation that of training. */
export function importedBest({ task, train, validation }: ImportedRun): { readonly part: "validation" | "training"; readonly point: ImportedPoint } | null {
  const [part, points] = validation.length > 0 ? (["validation", validation] as const) : (["training", train] as const);
  const { better } = measures[task];
  const point = points.reduce<ImportedPoint | null>((best, next) => (best === null || better(best.figure, next.figure) !== best.figure ? next : best), null);
  return point && { part, point };
}

/**
 * Imported curves as a row of the list of runs.
 * @param colour index into the chart colours
 * @param marks what the user set; its name takes the place of the import's
 */
export function importedSummary(dir: string, run: ImportedRun, colour: number, marks?: RunMarks): RunSummary {
  const { name, task, source, train, validation } = run;
  const best = importedBest(run);
  const points = [...train, ...validation];
  const last = points.reduce((most, { step }) => Math.max(most, step), 0);
  return {
    dir,
    name,
    task,
    state: "finished",
    ending: null,
    colour,
    metric: best && { label: `${best.part} ${measures[task].name}`, value: best.point.figure },
    metricMethod: `imported from ${source}, as another tool computed it`,
    step: last,
    steps: last,
    itemsPerSecond: null,
    secondsLeft: null,
    computeKernel: "",
    parameters: { "imported from": source },
    hyperparameters: [{ path: "imported", title: "imported from", value: source }],
    startedAt: run.importedAt,
    seconds: points.reduce((most, { seconds }) => Math.max(most, seconds), 0),
    figures: {
      train: train.at(-1)?.figure ?? null,
      validation: validation.at(-1)?.figure ?? null,
      best: best?.part === "validation" ? { value: best.point.figure, step: best.point.step } : null,
      test: null,
    },
    ...shownMarks(marks),
  };
}
