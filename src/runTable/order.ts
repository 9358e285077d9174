import * as z from "zod";
import { measures } from "../runs/measures.js";
import type { RunSummary } from "../runs/runViews.js";
import type { CellValue, Column } from "./columns.js";

/** One column to sort by; the runs that it does not tell apart keep the order of the next one, and at last that of their start. */
export const sortKeySchema = z.object({ column: z.string(), descending: z.boolean() });
export type SortKey = z.infer<typeof sortKeySchema>;

/**
 * The keys after a click on a column: it rises first, then falls, then is not sorted by.
 * @param isFurther whether the keys before stay the first
 */
export function sortKeyAfter(keys: readonly SortKey[], column: string, isFurther: boolean): SortKey[] {
  const known = keys.find((key) => key.column === column);
  const others = isFurther ? keys.filter((key) => key.column !== column) : [];
  if (known?.descending) {
    return others;
  }
  const next = { column, descending: known !== undefined };
  return isFurther && known ? keys.map((key) => (key.column === column ? next : key)) : [...others, next];
}

type Order = (one: RunSummary, other: RunSummary) => number;

/** Names with numbers in them in the order of the numbers: "seed 2" before "seed 10". */
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const stateOrder: readonly CellValue[] = ["running", "interrupted", "crashed", "finished"];

/**
 * The runs in order. A run without a value comes last, whichever the direction. A figure rises from the best to the worst, task by
 * task, because figures of different measures do not compare.
 * @param columns those that a key may name by its id; a key that names none of them does nothing
 */
export function sortRuns<Run extends RunSummary>(runs: readonly Run[], keys: readonly SortKey[], columns: readonly Column[]): Run[] {
  const orders = keys.flatMap(({ column, descending }) => {
    const found = columns.find(({ id }) => id === column);
    return found === undefined ? [] : [orderBy(found, descending)];
  });
  return runs.toSorted((one, other) => {
    for (const order of orders) {
      const difference = order(one, other);
      if (difference !== 0) {
        return difference;
      }
    }
    return newestFirst(one, other);
  });
}

function newestFirst(one: RunSummary, other: RunSummary): number {
  const [left, right] = [one.startedAt ?? Infinity, other.startedAt ?? Infinity];
  return left === right ? 0 : right - left;
}

function orderBy(column: Column, descending: boolean): Order {
  const compare = comparisonOf(column);
  const sign = descending ? -1 : 1;
  return (one, other) => {
    const [left, right] = [column.value(one), column.value(other)];
    if (isNothing(left) || isNothing(right)) {
      return Number(isNothing(left)) - Number(isNothing(right));
    }
    return sign * compare(left, right, one, other);
  };
}

const isNothing = (value: CellValue): boolean => value === null || (Array.isArray(value) && value.length === 0);

type Comparison = (left: CellValue, right: CellValue, one: RunSummary, other: RunSummary) => number;

function comparisonOf({ id, kind }: Column): Comparison {
  if (id === "state") {
    return (left, right) => stateOrder.indexOf(left) - stateOrder.indexOf(right);
  }
  switch (kind) {
    case "figure":
      return compareFigures;
    // Starred before the others.
    case "flag":
      return (left, right) => Number(right) - Number(left);
    case "text":
    case "tags":
      return (left, right) => collator.compare(String(left), String(right));
    default:
      return (left, right) => (typeof left === "number" && typeof right === "number" ? left - right : collator.compare(String(left), String(right)));
  }
}

const compareFigures: Comparison = (left, right, one, other) => {
  if (one.task !== other.task) {
    return one.task < other.task ? -1 : 1;
  }
  return left === right ? 0 : measures[one.task].better(Number(left), Number(right)) === left ? -1 : 1;
};
