import path from "node:path";
import { CurvesError, type CurveTable } from "./curveTable.js";

/** One curve of another tool, its points as they stand in the file. */
export interface ForeignCurve {
  /** The run that the file says it is of; "" where it says nothing. */
  readonly run: string;
  /** What the file calls it. */
  readonly metric: string;
  readonly points: readonly ForeignPoint[];
}

export interface ForeignPoint {
  readonly step: number;
  /** Seconds, or undefined where the file tells none. */
  readonly time: number | undefined;
  readonly value: number;
}

const stepNames = [/^(global[ _-]?)?step$/i, /^trainer\/global_step$/i, /^_step$/i, /^(global[ _-]?)?(iteration|iter)s?$/i, /^updates?$/i, /^batch(es)?$/i, /^epochs?$/i];
const timeNames = [/^wall[ _-]?time$/i, /^timestamp$/i, /^_timestamp$/i, /^(relative[ _-]?time|_?runtime|time|seconds|elapsed)( \(.*\))?$/i];
const valueNames = [/^values?$/i];
const metricNames = [/^(metric|tag|key)([ _-]?name)?$/i, /^(variable|name)$/i];
const runNames = [/^run([ _-]?(name|id))?$/i, /^name$/i];

/** Weights & Biases writes the extremes of what it averaged beside each curve. */
const averagedExtreme = /__(MIN|MAX)$/;
const mostMillisecondsAsSeconds = 1e11;

/**
 * The curves of a table: wide, a column for each metric (Keras' CSVLogger, Lightning's CSVLogger, Weights & Biases, Tritloom), or long,
 * a row for each number with a column of names (MLflow, pandas' melt) or of one curve alone (TensorBoard).
 * @param stepColumn where a person names it
 * @throws CurvesError
 */
export function foreignCurves(table: CurveTable, stepColumn?: string): ForeignCurve[] {
  const step = stepOf(table, stepColumn);
  const time = table.findLike(timeNames);
  const value = table.findLike(valueNames);
  const others = table.names.map((_, column) => column).filter((column) => ![step, time, value].includes(column));
  const isOneCurve = value !== undefined && others.every((column) => !table.isNumeric(column));
  const read = (column: number) => pointsOf(table, { step, time, column });
  if (value !== undefined && (isOneCurve || table.findLike(metricNames) !== undefined)) {
    return longCurves(table, { step, time, value });
  }
  const numeric = table.names.flatMap((name, column) => (column !== step && column !== time && !averagedExtreme.test(name) && table.isNumeric(column) ? [column] : []));
  return numeric.map((column) => ({ ...runAndMetric(table.names[column]!), points: read(column) })).filter(({ points }) => points.length > 0);
}

/** @throws CurvesError */
function stepOf(table: CurveTable, name: string | undefined): number {
  const column = name === undefined ? table.findLike(stepNames) : table.find(name);
  if (column === undefined) {
    const missing = name === undefined ? "names no column of steps" : `has no column ${JSON.stringify(name)}`;
    throw new CurvesError(`${table.file} ${missing}: say which it is, step: "NAME" or --step NAME; its columns are ${table.columnsInWords}.`);
  }
  return column;
}

interface Columns {
  readonly step: number;
  readonly time: number | undefined;
  readonly column: number;
}

function pointsOf(table: CurveTable, columns: Columns): ForeignPoint[] {
  return table.rows.flatMap((row) => pointOf(table, row, columns) ?? []);
}

function pointOf(table: CurveTable, row: CurveTable["rows"][number], { step: stepColumn, time: timeColumn, column }: Columns): ForeignPoint | undefined {
  const value = table.number(row, column);
  const step = table.number(row, stepColumn);
  if (value === undefined || step === undefined) {
    return undefined;
  }
  if (!Number.isInteger(step) || step < 0) {
    throw new CurvesError(`${table.file}, line ${row.line} has the step ${step}: steps are whole numbers from 0; name another column, step: "NAME" or --step NAME.`);
  }
  return { step, time: timeColumn === undefined ? undefined : timeIn(table, row, timeColumn), value };
}

/** Seconds: large numbers are milliseconds, dates are read as ISO 8601. */
function timeIn(table: CurveTable, row: CurveTable["rows"][number], column: number): number | undefined {
  const field = row.fields[column] ?? "";
  const date = /^\d{4}-\d\d-\d\d/.test(field) ? Date.parse(field) / 1000 : NaN;
  const number = Number.isNaN(date) ? table.number(row, column) : date;
  return number !== undefined && number > mostMillisecondsAsSeconds ? number / 1000 : number;
}

function longCurves(table: CurveTable, { step, time, value }: { readonly step: number; readonly time: number | undefined; readonly value: number }): ForeignCurve[] {
  const metricColumn = table.findLike(metricNames);
  const runColumn = table.findLike(runNames.filter((pattern) => metricColumn === undefined || !pattern.test(table.names[metricColumn]!)));
  const curves = new Map<string, { readonly run: string; readonly metric: string; readonly points: ForeignPoint[] }>();
  const alone = metricOfFile(table.file);
  for (const row of table.rows) {
    const metric = metricColumn === undefined ? alone.metric : (row.fields[metricColumn] ?? "");
    const run = runColumn === undefined ? alone.run : (row.fields[runColumn] ?? "");
    const key = JSON.stringify([run, metric]);
    const curve = curves.get(key) ?? { run, metric, points: [] };
    const point = pointOf(table, row, { step, time, column: value });
    curves.set(key, curve);
    if (point !== undefined) {
      curve.points.push(point);
    }
  }
  return [...curves.values()].filter(({ points }) => points.length > 0);
}

/** TensorBoard calls the file of a curve run-RUN-tag-TAG.csv. */
function metricOfFile(file: string): { readonly run: string; readonly metric: string } {
  const stem = path.basename(file, path.extname(file));
  const [, run = "", metric = stem] = /^run-(.*?)-tag-(.*)$/.exec(stem) ?? [];
  return { run, metric };
}

/** Weights & Biases calls a column "RUN - METRIC". */
function runAndMetric(name: string): { readonly run: string; readonly metric: string } {
  const [, run = "", metric = name] = /^(.+?) - (.+)$/.exec(name) ?? [];
  return { run, metric };
}
