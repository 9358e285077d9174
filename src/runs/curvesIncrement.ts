import type { CurvesIncrement, RunCurves } from "./runViews.js";

/** What is new of curves that somebody has an earlier state of, and how the two make the present state again. */

type Column = readonly (number | null)[];
type Columns = Readonly<Record<string, Column>>;
type SeriesName = Exclude<keyof RunCurves, "matrices">;

/** The curves of a run that nothing is known of. */
export const noCurves: RunCurves = {
  train: { step: [], seconds: [], items: [], loss: [], figure: [] },
  validation: { step: [], seconds: [], items: [], loss: [], figure: [] },
  learningRate: { step: [], value: [] },
  gradientNorm: { step: [], value: [] },
  itemsPerSecondHistory: { step: [], value: [] },
  weights: { step: [], minus: [], zero: [], plus: [], flips: [], saturation: [] },
  matrices: [],
};

const seriesNames = Object.keys(noCurves).filter((name) => name !== "matrices") as SeriesName[];

/** @returns undefined where nothing is new */
export function incrementOf(before: RunCurves, now: RunCurves): CurvesIncrement | undefined {
  const matrices = JSON.stringify(before.matrices) === JSON.stringify(now.matrices) ? null : now.matrices;
  if (matrices === null && seriesNames.every((name) => isSame(before[name], now[name]))) {
    return undefined;
  }
  const grown = seriesNames.map((name) => [name, grownSeries(before[name], now[name])] as const);
  return { ...Object.fromEntries(grown), matrices } as CurvesIncrement;
}

/** The state that `incrementOf` was given as the present one. */
export function withIncrement(before: RunCurves, { matrices, ...grown }: CurvesIncrement): RunCurves {
  const series = seriesNames.map((name) => [name, appended(before[name], grown[name])] as const);
  return { ...Object.fromEntries(series), matrices: matrices ?? before.matrices } as RunCurves;
}

function grownSeries(before: Columns, now: Columns): { readonly kept: number; readonly columns: Columns } {
  const kept = Object.entries(now).reduce((least, [name, column]) => Math.min(least, commonLength(before[name] ?? [], column)), Infinity);
  const start = Number.isFinite(kept) ? kept : 0;
  return { kept: start, columns: mapColumns(now, (column) => column.slice(start)) };
}

function isSame(before: Columns, now: Columns): boolean {
  return Object.entries(now).every(([name, column]) => {
    const known = before[name] ?? [];
    return known.length === column.length && commonLength(known, column) >= column.length;
  });
}

/** How many values two columns begin with alike; a column that is empty in both, as that of a rule without saturation, says nothing. */
function commonLength(before: Column, now: Column): number {
  if (before.length === 0 && now.length === 0) {
    return Infinity;
  }
  const difference = now.findIndex((value, index) => value !== before[index]);
  return difference === -1 ? now.length : difference;
}

function appended(before: Columns, { kept, columns }: { readonly kept: number; readonly columns: Columns }): Columns {
  return mapColumns(columns, (column, name) => [...(before[name] ?? []).slice(0, kept), ...column]);
}

function mapColumns(columns: Columns, change: (column: Column, name: string) => Column): Columns {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, change(column, name)]));
}
