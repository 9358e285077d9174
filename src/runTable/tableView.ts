import * as z from "zod";
import type { RunSummary } from "../runs/runViews.js";
import { type Column, columnsNamed, columnsOf, type FoldedColumn, foldEqual } from "./columns.js";
import { FilterError } from "./filter/filter.js";
import { runTest } from "./filter/runTest.js";
import { type Group, groupRuns } from "./group.js";
import { type SortKey, sortKeySchema, sortRuns } from "./order.js";

/** How a person looks at the table of runs. */
export const tableOptionsSchema = z.object({
  filter: z.string(),
  sort: z.array(sortKeySchema),
  /** Ids of the columns to group by, the outermost first. */
  group: z.array(z.string()),
  /** Ids of columns that are shown although they would not be, and left out although they would be shown. */
  added: z.array(z.string()),
  removed: z.array(z.string()),
  withHidden: z.boolean(),
});
export type TableOptions = z.infer<typeof tableOptionsSchema>;

export const initialTableOptions: TableOptions = { filter: "", sort: [], group: [], added: [], removed: [], withHidden: false };

export interface TableView<Run extends RunSummary = RunSummary> {
  /** Every column that there is. */
  readonly all: readonly Column[];
  /** Those of the table, in its order. */
  readonly columns: readonly Column[];
  /** Hyper-parameters with one value in every row. */
  readonly folded: readonly FoldedColumn[];
  /** The rows in order; grouped runs stand together. */
  readonly rows: readonly Run[];
  /** What the table is grouped by, and the groups; null where it is not grouped. */
  readonly grouping: { readonly by: readonly Column[]; readonly groups: readonly Group<Run>[] } | null;
  /** Runs that the user hid. */
  readonly hidden: number;
  /** Why the filter says nothing: then every run is there. */
  readonly problem: FilterError | null;
}

/** Shown without being asked for; those of the second list only where a run has a value. */
const alwaysShown = ["starred", "name", "state", "metric", "step", "time"];
const shownWithValues = ["tags", "note"];

/** The table of these runs, as the options say. */
export function tableView<Run extends RunSummary>(runs: readonly Run[], options: TableOptions): TableView<Run> {
  const hidden = runs.filter(({ marks }) => marks?.hidden).length;
  const present = options.withHidden || hidden === 0 ? runs : runs.filter(({ marks }) => !marks?.hidden);
  const all = columnsOf(present);
  const { test, problem } = testOrProblem(options.filter, all);
  const rows = sortRuns(present.filter(test), options.sort, all);
  const by = options.group.flatMap((id) => all.filter((column) => column.id === id));
  const grouping = by.length === 0 ? null : { by, groups: groupRuns(rows, by) };
  const { columns, folded } = chosenColumns(all, rows, options);
  return {
    all,
    columns,
    folded,
    rows: grouping === null ? rows : grouping.groups.flatMap(({ runs: ofGroup }) => ofGroup),
    grouping,
    hidden,
    problem,
  };
}

function testOrProblem(filter: string, columns: readonly Column[]): { readonly test: (run: RunSummary) => boolean; readonly problem: FilterError | null } {
  try {
    return { test: runTest(filter, columns), problem: null };
  } catch (error) {
    if (error instanceof FilterError) {
      return { test: () => true, problem: error };
    }
    throw error;
  }
}

function chosenColumns(all: readonly Column[], rows: readonly RunSummary[], { added, removed, withHidden }: TableOptions): Pick<TableView, "columns" | "folded"> {
  const { differing, equal } = foldEqual(all, rows);
  const differs = new Set(differing);
  const isWanted = (column: Column): boolean => {
    const { id } = column;
    if (removed.includes(id) || added.includes(id)) {
      return added.includes(id);
    }
    if (column.isHyperparameter) {
      return differs.has(column);
    }
    return alwaysShown.includes(id) || (withHidden && id === "hidden") || (shownWithValues.includes(id) && (differs.has(column) || hasValue(column, rows)));
  };
  const columns = all.filter(isWanted);
  return { columns, folded: equal.filter(({ column, value }) => column.isHyperparameter && value !== null && !columns.includes(column)) };
}

function hasValue(column: Column, rows: readonly RunSummary[]): boolean {
  const value = rows[0] === undefined ? null : column.value(rows[0]);
  return Array.isArray(value) ? value.length > 0 : value !== null;
}

/** A column that was named and is not there, or whose name says several; the message names the remedy. */
export class ColumnError extends Error {
  override readonly name = "ColumnError";
}

/**
 * The column that a person calls so: by its title, by its place in the spec, or by a part of either that no other has.
 * @throws ColumnError
 */
export function columnNamed(columns: readonly Column[], name: string): Column {
  const [found, ...others] = columnsNamed(columns, name);
  if (found === undefined) {
    throw new ColumnError(`There is no column "${name}"; there are ${columns.map(({ title }) => title).join(", ")}.`);
  }
  if (others.length > 0) {
    throw new ColumnError(`"${name}" names several columns: choose from ${[found, ...others].map(({ title }) => title).join(", ")}.`);
  }
  return found;
}

/**
 * Reads "metric,-units": the columns to sort by, a minus before those that fall.
 * @throws ColumnError
 */
export function sortKeysOf(text: string, columns: readonly Column[]): SortKey[] {
  return names(text).map((name) => {
    const descending = name.startsWith("-");
    return { column: columnNamed(columns, descending ? name.slice(1) : name).id, descending };
  });
}

/** "units, learning rate": names without blanks around them. */
export function names(list: string): string[] {
  return list.split(",").map((name) => name.trim()).filter((name) => name !== "");
}
