import type { Hyperparameter, RunSummary } from "../runs/runViews.js";

/** What a cell of the table holds; null where the run has no such value. */
export type CellValue = number | string | boolean | readonly string[] | null;

/**
 * What the values of a column are: `figure`: by which the run's task is judged; `duration`: seconds; `time`: seconds since the epoch;
 * `mixed`: numbers in some rows and words in others.
 */
export type ColumnKind = "number" | "figure" | "duration" | "time" | "text" | "mixed" | "flag" | "tags";

export interface Column {
  /** A word of its own for a column of every run, or the place of a hyper-parameter in the spec. */
  readonly id: string;
  readonly title: string;
  readonly kind: ColumnKind;
  readonly isHyperparameter: boolean;
  /** The place of its values in specs; empty for a column of every run. */
  readonly places: readonly string[];
  readonly value: (run: RunSummary) => CellValue;
}

type FixedColumn = readonly [id: string, kind: ColumnKind, value: (run: RunSummary) => CellValue];

const fixed: readonly FixedColumn[] = [
  ["starred", "flag", ({ marks }) => marks?.starred ?? false],
  ["name", "text", ({ name }) => name],
  ["state", "text", ({ state }) => state],
  ["metric", "figure", ({ metric }) => metric?.value ?? null],
  ["step", "number", ({ step }) => step],
  ["time", "duration", ({ seconds }) => seconds],
  ["tags", "tags", ({ marks }) => marks?.tags ?? []],
  ["note", "text", ({ marks }) => marks?.note ?? null],
  ["started", "time", ({ startedAt }) => startedAt],
  ["ending", "text", ({ ending }) => ending],
  ["test", "figure", ({ figures }) => figures.test],
  ["best validation", "figure", ({ figures }) => figures.best?.value ?? null],
  ["best step", "number", ({ figures }) => figures.best?.step ?? null],
  ["validation", "figure", ({ figures }) => figures.validation],
  ["training", "figure", ({ figures }) => figures.train],
  ["speed", "number", ({ itemsPerSecond }) => itemsPerSecond],
  ["left", "duration", ({ secondsLeft }) => secondsLeft],
  ["kernel", "text", ({ computeKernel }) => computeKernel],
  ["folder", "text", ({ dir }) => folderOf(dir)],
  ["hidden", "flag", ({ marks }) => marks?.hidden ?? false],
];

/** Columns that every run has, in the order of the table. */
export const fixedColumns: readonly Column[] = fixed.map(([id, kind, value]) => ({ id, title: id, kind, isHyperparameter: false, places: [], value }));

/** The last name of a path, of either kind of system. */
export function folderOf(dir: string): string {
  return dir.split(/[\\/]/).at(-1) ?? dir;
}

type Hyperparameters = RunSummary["hyperparameters"];

/** A run's hyper-parameters by their place in the spec: looked up for each cell, and made once for each run, which stays the same list while the run trains. */
const byPath = new WeakMap<Hyperparameters, ReadonlyMap<string, Hyperparameter>>();

function hyperparametersByPath({ hyperparameters }: RunSummary): ReadonlyMap<string, Hyperparameter> {
  const values = byPath.get(hyperparameters) ?? new Map(hyperparameters.map((each) => [each.path, each]));
  byPath.set(hyperparameters, values);
  return values;
}

/** Filter, order, figures and curves change more often than the hyper-parameters of the runs do. */
let latest: { readonly of: readonly Hyperparameters[]; readonly columns: readonly Column[] } = { of: [], columns: fixedColumns };

/** All columns that these runs have: the fixed ones, then a column for every hyper-parameter, in the order of the specs. */
export function columnsOf(runs: readonly RunSummary[]): readonly Column[] {
  const { of } = latest;
  if (of.length !== runs.length || runs.some(({ hyperparameters }, index) => hyperparameters !== of[index])) {
    latest = { of: runs.map(({ hyperparameters }) => hyperparameters), columns: [...fixedColumns, ...hyperparameterColumns(runs)] };
  }
  return latest.columns;
}

interface Found {
  readonly paths: Set<string>;
  title: string;
  readonly types: Set<string>;
}

function hyperparameterColumns(runs: readonly RunSummary[]): Column[] {
  const found = new Map<string, Found>();
  for (const run of runs) {
    for (const { path, title, value } of run.hyperparameters) {
      const place = found.get(path) ?? { paths: new Set([path]), title, types: new Set() };
      // "layer 1 units" says more than "units", which the same place is called in a network of one layer.
      place.title = title.length > place.title.length ? title : place.title;
      place.types.add(typeof value);
      found.set(path, place);
    }
  }
  return joinedByTitle([...found.values()], runs).map(column);
}

/** "learning rate" is one column, although each kind of schedule keeps it in another place; not where a run has two of one title. */
function joinedByTitle(all: readonly Found[], runs: readonly RunSummary[]): Found[] {
  const byTitle = new Map<string, Found[]>();
  all.forEach((each) => byTitle.set(each.title, [...(byTitle.get(each.title) ?? []), each]));
  return [...byTitle.values()].flatMap((group) => {
    const paths = new Set(group.flatMap((each) => [...each.paths]));
    const isOne = group.length === 1 || runs.every((run) => run.hyperparameters.filter(({ path }) => paths.has(path)).length <= 1);
    return isOne ? [{ paths, title: group[0]!.title, types: new Set(group.flatMap(({ types }) => [...types])) }] : group;
  });
}

function column({ paths, title, types }: Found): Column {
  const places = [...paths];
  return {
    id: places[0]!,
    title,
    kind: types.size > 1 ? "mixed" : types.has("number") ? "number" : types.has("boolean") ? "flag" : "text",
    isHyperparameter: true,
    places,
    value: (run) => {
      const values = hyperparametersByPath(run);
      const place = places.find((each) => values.has(each));
      return place === undefined ? null : values.get(place)!.value;
    },
  };
}

/** A name as people write it: case and blanks do not count. */
function normalised(name: string): string {
  return name.toLowerCase().replaceAll(/\s/g, "");
}

const namesOf = ({ id, title }: Column): string[] => [normalised(id), normalised(title)];

/** The columns that are called so; else, of the hyper-parameters, those with such a part in their name; empty where there is none. */
export function columnsNamed(columns: readonly Column[], name: string): Column[] {
  const wanted = normalised(name);
  const exact = columns.filter((each) => namesOf(each).includes(wanted));
  if (exact.length > 0 || wanted === "") {
    return exact;
  }
  return columns.filter((each) => each.isHyperparameter && namesOf(each).some((known) => known.includes(wanted)));
}

/** A name that exists and is written like this one, for an error; undefined where none is near. */
export function nearestName(columns: readonly Column[], name: string): string | undefined {
  const wanted = normalised(name);
  const near = columns
    .map(({ title }) => ({ title, distance: editDistance(wanted, normalised(title)) }))
    .filter(({ distance }) => distance <= Math.max(1, 0.4 * wanted.length))
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.title;
}

/** Levenshtein's distance: insertions, deletions and replacements that make one word the other. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = row[column - 1]! + (one[at - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(row[column]! + 1, next[column - 1]! + 1, replaced));
    }
    row = next;
  }
  return row.at(-1)!;
}

/** A value as a key: equal values, equal keys. */
export function keyOf(value: CellValue): string {
  return JSON.stringify(value);
}

function isSame(one: CellValue, other: CellValue): boolean {
  return one === other || (typeof one === "object" && keyOf(one) === keyOf(other));
}

export interface FoldedColumn {
  readonly column: Column;
  /** The value that every row has. */
  readonly value: CellValue;
}

/** Which columns tell these runs apart, and which have one value in all of them. */
export function foldEqual(columns: readonly Column[], runs: readonly RunSummary[]): { differing: Column[]; equal: FoldedColumn[] } {
  const differing: Column[] = [];
  const equal: FoldedColumn[] = [];
  const [first] = runs;
  for (const column of columns) {
    const value = first === undefined ? null : column.value(first);
    if (runs.some((run) => !isSame(column.value(run), value))) {
      differing.push(column);
    } else {
      equal.push({ column, value });
    }
  }
  return { differing, equal };
}
