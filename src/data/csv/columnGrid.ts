/** How the names of columns say which timestep and which value each of them holds. */
export interface ColumnGrid {
  /** I names; of "f1_t0", "f2_t0", ...: "f1", "f2". */
  readonly features: readonly string[];
  /** T */
  readonly timesteps: number;
  /** Places in the list of names, time-major: the I values of timestep 0, then those of timestep 1, ... */
  readonly order: readonly number[];
  /** Whether the counted word calls itself a feature, so that the names may as well be those of I values. */
  readonly countsFeatures: boolean;
}

/**
 * The grids that names of columns fit: "x1" ... "x40" is one value at 40 timesteps, "f1_t0", "f2_t0", "f1_t1", ... two values at
 * each, in whatever order the columns stand, and so is "x", "y", "x", "y". Where names have several numbers, the one that calls itself a time
 * counts timesteps; when none does, each reading is returned.
 * @returns none when the names fit no grid
 */
export function columnGrids(names: readonly string[]): ColumnGrid[] {
  if (new Set(names).size < names.length) {
    return repeatedNames(names);
  }
  const parsed = names.map(numbersOf);
  const count = parsed[0]?.length ?? 0;
  if (parsed.some((numbers) => numbers.length !== count)) {
    return [];
  }
  const counted = Array.from({ length: count }, (_, place) => place);
  const fitting = counted.flatMap((place) => {
    const cells = names.map((name, column) => cellOf(name, parsed[column]![place]!));
    const grid = gridOf(cells);
    return grid === undefined ? [] : [{ grid, kind: kindOf(cells.map(({ word }) => word)) }];
  });
  const grids = (kind: CountedKind) => fitting.filter((one) => one.kind === kind).map(({ grid }) => grid);
  return [grids("time"), grids("other"), grids("feature")].find((found) => found.length > 0) ?? [];
}

interface Cell {
  readonly feature: string;
  readonly timestep: number;
  /** The letters before the number. */
  readonly word: string;
}

function numbersOf(name: string): RegExpExecArray[] {
  return [...name.matchAll(/\d{1,9}/g)];
}

function cellOf(name: string, { 0: digits, index }: RegExpExecArray): Cell {
  const before = name.slice(0, index);
  return {
    feature: `${before}#${name.slice(index + digits.length)}`,
    timestep: Number(digits),
    word: /[a-z]*$/i.exec(before.replace(/[^a-z]+$/i, ""))![0].toLowerCase(),
  };
}

type CountedKind = "time" | "feature" | "other";
const timeWords = /^(t|ts|time|timestep|step|tick|frame|sec|second|ms)$/;
const featureWords = /^(f|feat|feature|v|var|variable|c|ch|channel|dim|sensor|input|attr|attribute|column|col)$/;

function kindOf(words: readonly string[]): CountedKind {
  if (words.every((word) => timeWords.test(word))) {
    return "time";
  }
  return words.every((word) => featureWords.test(word)) ? "feature" : "other";
}

/** Every feature at the same consecutive timesteps, once each. */
function gridOf(cells: readonly Cell[]): ColumnGrid | undefined {
  const features = [...new Set(cells.map(({ feature }) => feature))];
  const first = cells.reduce((least, { timestep }) => Math.min(least, timestep), Infinity);
  const timesteps = cells.length / features.length;
  const rows = new Map(features.map((feature, row) => [feature, row]));
  const order = new Array<number>(cells.length).fill(-1);
  cells.forEach(({ feature, timestep }, column) => {
    const at = (timestep - first) * features.length + rows.get(feature)!;
    if (timestep - first < timesteps) {
      order[at] = column;
    }
  });
  const isFull = Number.isInteger(timesteps) && timesteps > 1 && !order.includes(-1);
  const countsFeatures = kindOf(cells.map(({ word }) => word)) === "feature";
  return isFull ? { features: features.map(withoutCount), timesteps, order, countsFeatures } : undefined;
}

/** "f1_t#" becomes "f1". */
function withoutCount(feature: string): string {
  return feature.replace(/([_ .-]+(t|ts|time|timestep|step))?[_ .-]*#/i, "") || "value";
}

/** "x", "y", "x", "y": the same names in the same order over and over. */
function repeatedNames(names: readonly string[]): ColumnGrid[] {
  const features = [...new Set(names)];
  const isRegular = names.length % features.length === 0 && names.every((name, column) => name === features[column % features.length]);
  return isRegular ? [{ features, timesteps: names.length / features.length, order: [...names.keys()], countsFeatures: false }] : [];
}
