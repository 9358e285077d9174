import { type CsvCell, csvLine } from "../text/csv.js";
import type { RunReading } from "../runs/readRun.js";
import { type Measurement, measurementsOf, type Transcript } from "./measurements.js";

/** Curves as CSV (RFC 4180), numbers with a decimal point and all their digits; what is not finite is NaN, Infinity or -Infinity. */

/** One run: a row for each step and a column for each metric; a field is empty where nothing was measured after that step. */
export function wideCsv(reading: RunReading<Transcript>): string {
  const rows = byStep(measurementsOf(reading));
  const names = [...new Set(rows.flatMap(({ values }) => [...values.keys()]))];
  const lines = rows.map(({ step, time, values }) => csvLine([step, time, ...names.map((name): CsvCell => values.get(name) ?? null)]));
  return [csvLine(["step", "wall_time", ...names]), ...lines].join("");
}

interface StepRow {
  readonly step: number;
  /** The time of the first measurement. */
  readonly time: number;
  readonly values: Map<string, number>;
}

function byStep(measurements: readonly Measurement[]): StepRow[] {
  const rows = new Map<number, StepRow>();
  for (const { step, time, values } of measurements) {
    const row = rows.get(step) ?? { step, time, values: new Map<string, number>() };
    values.forEach(({ name, value }) => row.values.set(name, value));
    rows.set(step, row);
  }
  return [...rows.values()].toSorted((one, other) => one.step - other.step);
}

/** Several runs, a row for each number, run by run. */
export async function* longCsv(runs: readonly NamedRun[]): AsyncGenerator<string> {
  yield csvLine(["run", "metric", "step", "wall_time", "value"]);
  for (const { name: run, read } of runs) {
    const points = measurementsOf(await read()).flatMap(({ step, time, values }) => values.map(({ name, value }) => csvLine([run, name, step, time, value])));
    yield points.join("");
  }
}

interface NamedRun {
  /** Tells it from the other runs. */
  readonly name: string;
  readonly read: () => Promise<RunReading<Transcript>>;
}
