import path from "node:path";
import { readText } from "../data/textCorpus.js";
import { type ImportedPoint, type ImportedRun, writeImportedRun } from "../runs/importedRun.js";
import { printableLine } from "../text/printable.js";
import { CurvesError, CurveTable } from "./curveTable.js";
import { type ForeignCurve, foreignCurves, type ForeignPoint } from "./foreignCurves.js";
import { extentOf } from "../numbers/extent.js";

/** Figures by which imported curves are compared; a file with several is judged by the first of them. */
export const importMeasures = ["bpc", "perplexity", "accuracy"] as const;
export type ImportMeasure = (typeof importMeasures)[number];

/** How curves of another tool are read. */
export interface ImportOptions {
  /** Folder of runs that gets a directory for each run of the file. Default: TRITLOOM_RUNS or `runs`. */
  readonly runs?: string | undefined;
  /** What they are called in lists. Default: as the file says, else the name of the file. */
  readonly name?: string | undefined;
  /** The column of steps. Default: one that is called a step, iteration or epoch. */
  readonly step?: string | undefined;
  /** The character between fields. Default: whichever makes columns of numbers. */
  readonly delimiter?: string | undefined;
  /** What the curves are judged by. Default: accuracy, BPC or perplexity, whichever the file has. */
  readonly measure?: ImportMeasure | undefined;
}

/** What an import made of one run of the file. */
export interface ImportedCurves {
  /** Absolute. */
  readonly dir: string;
  readonly name: string;
  readonly measure: ImportMeasure;
  readonly points: { readonly train: number; readonly validation: number };
  /** What each column was read as, and what was left out. */
  readonly notes: readonly string[];
}

const tasks: Readonly<Record<ImportMeasure, ImportedRun["task"]>> = { bpc: "character-model", perplexity: "word-model", accuracy: "classification" };

/**
 * Reads a CSV file of another tool's curves into directories beside own runs, which lists and the panel of curves then show with them.
 * @throws CorpusError for a file that cannot be read as text; CurvesError that names file, place and remedy
 */
export async function importCurves(file: string, options: ImportOptions = {}): Promise<ImportedCurves[]> {
  const absolute = path.resolve(file);
  const table = new CurveTable(await readText(absolute), absolute, options);
  const curves = foreignCurves(table, options.step);
  const made = [...new Set(curves.map(({ run }) => run))].map((run) => {
    const ofRun = curves.filter((curve) => curve.run === run);
    const stem = options.name ?? path.basename(absolute, path.extname(absolute));
    const name = run === "" ? stem : options.name === undefined ? run : `${stem}, ${run}`;
    return { name: printableLine(name).slice(0, 200), roles: rolesOf(table, ofRun, options.measure) };
  });
  if (made.length === 0) {
    throw new CurvesError(`${absolute} has no column of numbers beside its steps; its columns are ${table.columnsInWords}.`);
  }
  const root = options.runs ?? process.env.TRITLOOM_RUNS ?? "runs";
  const imported: ImportedCurves[] = [];
  for (const { name, roles } of made) {
    const { measure, notes, train, validation, learningRate } = roles;
    const run: ImportedRun = { version: 1, name, task: tasks[measure], source: path.basename(absolute), importedAt: Date.now() / 1000, train, validation, learningRate };
    imported.push({ dir: await writeImportedRun(root, run), name, measure, points: { train: train.length, validation: validation.length }, notes });
  }
  return imported;
}

type Part = "train" | "validation";
type Quantity = "loss" | ImportMeasure;

const quantityNames: Readonly<Record<Quantity, RegExp>> = {
  accuracy: /(^|[^a-z])(acc|accuracy|top[-_]?1)([^a-z]|$)|accuracy/i,
  bpc: /(^|[^a-z])(bpc|bits[-_ ]per[-_ ]char(acter)?)([^a-z]|$)/i,
  perplexity: /(^|[^a-z])(ppl|perplexity)([^a-z]|$)/i,
  loss: /(^|[^a-z])(loss|nll|cross[-_ ]?entropy|xent)([^a-z]|$)/i,
};
const validationName = /(^|[^a-z])(val|valid|validation|dev|eval)([^a-z]|$)/i;
const testName = /(^|[^a-z])test([^a-z]|$)/i;
const learningRateName = /(^|[^a-z])(lr|learning[-_ ]?rate)([^a-z]|$)/i;

interface Roles extends Pick<ImportedRun, "train" | "validation" | "learningRate"> {
  readonly measure: ImportMeasure;
  readonly notes: string[];
}

/** What the curves of one run are. */
function rolesOf(table: CurveTable, curves: readonly ForeignCurve[], wanted: ImportMeasure | undefined): Roles {
  const notes: string[] = [];
  const found = new Map<string, ForeignCurve>();
  for (const curve of curves) {
    const role = roleOf(curve.metric);
    if (role !== undefined && !found.has(role)) {
      found.set(role, curve);
      notes.push(`${JSON.stringify(curve.metric)} is ${role}`);
    } else {
      notes.push(`${JSON.stringify(curve.metric)} was left out`);
    }
  }
  const measure = wanted ?? importMeasures.find((each) => found.has(`train ${each}`) || found.has(`validation ${each}`));
  if (measure === undefined) {
    throw new CurvesError(
      `${table.file} has no accuracy, BPC or perplexity: say what its loss, in nats, is of, measure: "bpc" or --measure bpc for the loss of each character, perplexity for that of each ` +
        `word; its columns are ${table.columnsInWords}.`,
    );
  }
  const { least: begin } = extentOf(curves.flatMap(({ points }) => points.map(({ time }) => time ?? Infinity)));
  const pointsOf = (part: Part): ImportedPoint[] => joined(found.get(`${part} ${measure}`), found.get(`${part} loss`), { measure, begin, notes });
  const [train, validation] = [pointsOf("train"), pointsOf("validation")];
  if (train.length + validation.length === 0) {
    throw new CurvesError(`${table.file} has no finite ${measure}, and no loss that tells it; its columns are ${table.columnsInWords}.`);
  }
  const rates = byStep(found.get("learning rate")?.points ?? [], notes, "learning rate");
  return { measure, notes, train, validation, learningRate: rates.map(({ step, value }) => ({ step, value })) };
}

/** "train loss", "validation accuracy", "learning rate"; undefined for what there is no place for. */
function roleOf(metric: string): string | undefined {
  if (learningRateName.test(metric)) {
    return "learning rate";
  }
  const quantity = (Object.keys(quantityNames) as Quantity[]).find((name) => quantityNames[name].test(metric));
  return quantity === undefined || testName.test(metric) ? undefined : `${validationName.test(metric) ? "validation" : "train"} ${quantity}`;
}

interface Joining {
  readonly measure: ImportMeasure;
  /** The earliest time of the run; Infinity where none is told. */
  readonly begin: number;
  readonly notes: string[];
}

/** Figure and loss of the same steps; where one of them is missing it follows from the other, as far as it does. */
function joined(figures: ForeignCurve | undefined, losses: ForeignCurve | undefined, joining: Joining): ImportedPoint[] {
  const points = figures === undefined ? ofLosses(losses, joining) : ofFigures(figures, losses, joining);
  return points.filter(({ figure, loss }) => Number.isFinite(figure) && (loss === null || Number.isFinite(loss)));
}

function secondsSince(begin: number, { time }: ForeignPoint): number {
  return time === undefined ? 0 : time - begin;
}

function ofLosses(losses: ForeignCurve | undefined, { measure, begin, notes }: Joining): ImportedPoint[] {
  if (losses === undefined || measure === "accuracy") {
    return [];
  }
  return byStep(losses.points, notes, losses.metric).map((point) => ({ step: point.step, seconds: secondsSince(begin, point), loss: point.value, figure: figureOfLoss(measure, point.value) }));
}

function ofFigures(figures: ForeignCurve, losses: ForeignCurve | undefined, { measure, begin, notes }: Joining): ImportedPoint[] {
  const lossAt = new Map(losses && byStep(losses.points, notes, losses.metric).map((point) => [point.step, point.value]));
  const points = byStep(figures.points, notes, figures.metric);
  const isPercent = measure === "accuracy" && points.some(({ value }) => value > 1);
  if (isPercent) {
    notes.push(`${JSON.stringify(figures.metric)} was read as percent`);
  }
  return points.map((point) => {
    const figure = isPercent ? point.value / 100 : point.value;
    return { step: point.step, seconds: secondsSince(begin, point), loss: lossAt.get(point.step) ?? lossOfFigure(measure, figure), figure };
  });
}

function figureOfLoss(measure: Exclude<ImportMeasure, "accuracy">, nats: number): number {
  return measure === "bpc" ? nats / Math.LN2 : Math.exp(nats);
}

function lossOfFigure(measure: ImportMeasure, figure: number): number | null {
  switch (measure) {
    case "bpc":
      return figure * Math.LN2;
    case "perplexity":
      return Math.log(figure);
    case "accuracy":
      return null;
  }
}

/** Sorts points by their steps and takes the last of several of one step; what is not finite no picture can draw. */
function byStep(points: readonly ForeignPoint[], notes: string[], metric: string): ForeignPoint[] {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  if (finite.length < points.length) {
    notes.push(`${points.length - finite.length} of the ${points.length} points of ${JSON.stringify(metric)} are not finite and were left out`);
  }
  const last = new Map(finite.map((point) => [point.step, point]));
  return [...last.values()].toSorted((one, other) => one.step - other.step);
}
