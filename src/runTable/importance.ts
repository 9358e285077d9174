import type { RunSummary } from "../runs/runViews.js";
import { type Column, keyOf } from "./columns.js";

/** How much of the differences between the figures of runs one hyper-parameter tells by itself. */
export interface Importance {
  readonly column: Column;
  /** Epsilon squared: the share of the variance between the groups of one value, without what chance gives them; 0 to 1. */
  readonly share: number;
  /** Spearman's rank correlation of value and figure, -1 to 1; null for words. */
  readonly correlation: number | null;
  /** Runs that have both. */
  readonly runs: number;
}

/** A parameter of more numbers is cut into so many groups of equal size. */
const mostGroups = 6;
/** The fewest runs that are compared: with fewer every difference looks like an effect. */
export const fewestRuns = 4;

/**
 * The hyper-parameters that differ between the runs, the most important first. Each is looked at alone: what two of them do together
 * counts for neither. The measure is epsilon squared of a one-way analysis of variance (Kelley, "An unbiased correlation ratio
 * measure", PNAS 21, 1935), 1 - (N - 1) MS_within / SS_total, which is 0 on average where the parameter has no effect.
 */
export function importances(runs: readonly RunSummary[], columns: readonly Column[]): Importance[] {
  const judged = runs.filter(({ metric }) => metric !== null);
  return columns
    .filter(({ isHyperparameter }) => isHyperparameter)
    .flatMap((column) => importanceOf(judged, column) ?? [])
    .sort((one, other) => other.share - one.share);
}

interface Pair {
  readonly value: number | string | boolean;
  readonly figure: number;
}

function importanceOf(runs: readonly RunSummary[], column: Column): Importance | undefined {
  const pairs = runs.flatMap((run): Pair[] => {
    const value = column.value(run);
    return value === null || typeof value === "object" ? [] : [{ value, figure: run.metric!.value }];
  });
  const groups = groupsOf(pairs);
  if (pairs.length < fewestRuns || groups.length < 2 || groups.length >= pairs.length) {
    return undefined;
  }
  return { column, share: epsilonSquared(groups), correlation: column.kind === "number" ? spearman(pairs) : null, runs: pairs.length };
}

/** The figures of each value, or of each stretch of ranks where there are many numbers. */
function groupsOf(pairs: readonly Pair[]): number[][] {
  const keys = pairs.map(({ value }) => keyOf(value));
  const isNumeric = pairs.every(({ value }) => typeof value === "number");
  if (!isNumeric || new Set(keys).size <= mostGroups) {
    return figuresBy(pairs, keys);
  }
  // Equal values have one rank, so that they come into one group.
  const ranks = ranksOf(pairs.map(({ value }) => Number(value)));
  return figuresBy(pairs, ranks.map((rank) => Math.floor(((rank - 0.5) * mostGroups) / pairs.length)));
}

function figuresBy(pairs: readonly Pair[], keys: readonly (string | number)[]): number[][] {
  const groups = new Map<string | number, number[]>();
  pairs.forEach(({ figure }, index) => groups.set(keys[index]!, [...(groups.get(keys[index]!) ?? []), figure]));
  return [...groups.values()];
}

function epsilonSquared(groups: readonly (readonly number[])[]): number {
  const all = groups.flat();
  const total = squaresAround(all);
  if (total === 0) {
    return 0;
  }
  const within = groups.reduce((sum, group) => sum + squaresAround(group), 0);
  return Math.max(0, 1 - ((all.length - 1) / (all.length - groups.length)) * (within / total));
}

function squaresAround(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Pearson's correlation of the ranks. */
function spearman(pairs: readonly Pair[]): number {
  const values = ranksOf(pairs.map(({ value }) => Number(value)));
  const figures = ranksOf(pairs.map(({ figure }) => figure));
  const [x, y] = [meanOf(values), meanOf(figures)];
  const together = values.reduce((sum, value, index) => sum + (value - x) * (figures[index]! - y), 0);
  const scale = Math.sqrt(squaresAround(values) * squaresAround(figures));
  return scale === 0 ? 0 : together / scale;
}

/** Ranks values from 1; equal ones share the mean of their ranks. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((one, other) => values[one]! - values[other]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) {
      end += 1;
    }
    order.slice(start, end).forEach((index) => (ranks[index] = (start + 1 + end) / 2));
    start = end;
  }
  return ranks;
}
