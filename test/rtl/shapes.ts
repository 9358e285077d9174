import type { FixedModelOptions } from "../../src/hardware/fixModel.js";
import { randomKinds } from "../../src/hardware/randomNetwork.js";
import type { RandomKind, RandomNetworkOptions } from "../../src/hardware/randomNetwork.js";
import { Draws } from "./random.js";

/** An accelerator and what it reads. */
export interface Shape {
  readonly network: RandomNetworkOptions;
  readonly options: FixedModelOptions;
  readonly macUnits: number;
  /** Timesteps of each sequence; each begins from the initial state. */
  readonly sequences: readonly number[];
}

const cells = [{ cell: "lstm" }, { cell: "gru", reset: "before" }, { cell: "gru", reset: "after" }] as const;
const precisions = ["binary", "ternary", "full"] as const;
const inputKinds = ["one-hot", "dense"] as const;

/** Small, prime, a power of two, one more and one less than it. */
const unitCounts = [1, 2, 3, 4, 5, 7, 8, 9, 11, 13] as const;
/** One, fewer than the rows, more than the rows of any of these layers. */
const macCounts = [1, 2, 3, 5, 7, 8, 16, 17, 64] as const;
const fixedOptions: readonly FixedModelOptions[] = [
  {},
  {},
  { activationBits: 8 },
  { activationBits: 4, constantBits: 8 },
  { activationBits: 5, cellBits: 24 },
  { activationBits: 16, lookUp: { entries: 1024 } },
  { activationBits: 13, constantBits: 24 },
  { lookUp: { entries: 512, interpolation: "none" } },
  { activationBits: 9, lookUp: { entries: 16 } },
  { cellBits: 8 },
  { calibration: { input: 2, cells: [0.3, 0.3, 0.3] } },
];

type Family = Pick<RandomNetworkOptions, "cell" | "reset" | "precision" | "inputKind" | "kind">;

/** Binary weights have no 0. */
const isPossible = ({ precision, kind }: Family): boolean => !(precision === "binary" && kind === "zero");

function families(kinds: readonly RandomKind[]): Family[] {
  const all = cells.flatMap((cell) =>
    precisions.flatMap((precision) => inputKinds.flatMap((inputKind) => kinds.map((kind) => ({ ...cell, precision, inputKind, kind })))),
  );
  return all.filter(isPossible);
}

function drawnShape(family: Family, layers: number, seed: number): Shape {
  const draws = new Draws(seed);
  return {
    network: { ...family, seed, units: Array.from({ length: layers }, () => draws.of(unitCounts)), inputs: draws.integer(1, 9) },
    options: draws.of(fixedOptions),
    macUnits: draws.of(macCounts),
    sequences: draws.of([[3, 2], [4], [1, 1, 2]]),
  };
}

const ternary = { seed: 1, cell: "lstm", precision: "ternary", inputs: 4 } as const;

/** Corners that draws could miss. */
const corners: readonly Shape[] = [
  { network: { ...ternary, units: 1, inputs: 1 }, options: {}, macUnits: 1, sequences: [5] },
  { network: { ...ternary, units: 1, inputs: 1, inputKind: "dense" }, options: {}, macUnits: 64, sequences: [2, 2] },
  { network: { ...ternary, cell: "gru", units: 1 }, options: {}, macUnits: 1, sequences: [5] },
  { network: { ...ternary, cell: "gru", reset: "before", units: [1, 1, 1] }, options: {}, macUnits: 2, sequences: [1, 1, 1, 1] },
  // A reset after the product that is just not, and just, in time for the candidate of its unit.
  ...[1, 2, 3, 4].flatMap((units) => [4, 64].map((macUnits): Shape => ({ network: { ...ternary, cell: "gru", units }, options: {}, macUnits, sequences: [3] }))),
  // Slow above fast, so that frames wait; and the other way round.
  { network: { ...ternary, units: [1, 13], inputs: 2 }, options: {}, macUnits: 3, sequences: [6] },
  { network: { ...ternary, cell: "gru", units: [13, 1], inputs: 2 }, options: {}, macUnits: 3, sequences: [6] },
  // A group of rows ends exactly at a gate, at a phase, and one row before and after.
  ...[7, 13, 14, 15, 28].map((macUnits): Shape => ({ network: { ...ternary, cell: "gru", units: 7 }, options: {}, macUnits, sequences: [3] })),
  ...[7, 27, 28, 29].map((macUnits): Shape => ({ network: { ...ternary, units: 7 }, options: {}, macUnits, sequences: [3] })),
];

/** Delta updates: the sums of a GRU that resets before the product are of r·h, which has no list of changes. */
const deltas: readonly Shape[] = families(["random", "saturating"])
  .filter(({ reset }) => reset !== "before")
  .map((family, index) => {
    const shape = drawnShape(family, 1 + (index % 2), 800 + index);
    return { ...shape, options: { ...shape.options, deltaThreshold: [0, 1, 5][index % 3]! }, sequences: [4, 3] };
  });

/** Several columns a cycle, fewer and more than there are. */
const columnCounts = [2, 4, 8, 16] as const;
const severalColumns: readonly Shape[] = [
  ...families(["random", "saturating", "plus-one"]).map((family, index) => drawnShape(family, 1 + (index % 2), 900 + index)),
  ...corners.filter((_, index) => index % 3 === 0),
].map((shape, index) => ({ ...shape, options: { ...shape.options, columnsPerCycle: columnCounts[index % columnCounts.length]! } }));

/**
 * A cell whose sums do not read h, by itself: groups of one word, which follow each other in every cycle where there is one MAC unit, and
 * are shorter than their rows where there are several; and with others above and below it.
 */
const minGrus: readonly Shape[] = precisions.flatMap((precision, at) =>
  inputKinds.flatMap((inputKind, index) =>
    (["random", "saturating"] as const).flatMap((kind, of) => {
      const family = { cell: "min-gru", precision, inputKind, kind } as const;
      const alone = drawnShape(family, 1 + of, 1000 + 10 * at + 2 * index + of);
      const several = drawnShape(family, 2 - of, 1100 + 10 * at + 2 * index + of);
      const word: Shape = { network: { ...family, seed: 7, units: [5, 2], inputs: 2 }, options: { columnsPerCycle: 4 }, macUnits: [1, 3, 64][at]!, sequences: [3, 2] };
      return [alone, { ...several, options: { ...several.options, columnsPerCycle: columnCounts[(at + of) % 4]! } }, word];
    }),
  ),
);

const mixed: readonly Shape[] = [
  { network: { ...ternary, cell: "gru", cells: ["min-gru", "lstm", "min-gru", "gru"], units: [5, 4, 3, 2] }, options: {}, macUnits: 3, sequences: [3, 2] },
  { network: { ...ternary, cell: "gru", cells: ["lstm", "min-gru"], units: [3, 7], inputKind: "dense" }, options: { columnsPerCycle: 2 }, macUnits: 2, sequences: [4] },
  { network: { ...ternary, cell: "min-gru", units: 4 }, options: { calibration: { input: 1, cells: [0], hidden: [40] } }, macUnits: 2, sequences: [4] },
  { network: { ...ternary, cell: "min-gru", units: 1, inputs: 1 }, options: { lookUp: { entries: 64, interpolation: "none" } }, macUnits: 1, sequences: [2, 2] },
];

/** Every family of networks, in drawn sizes and widths; the same in each run. */
export const shapes: readonly Shape[] = [
  ...corners,
  ...[...families(randomKinds), ...families(["random", "saturating"])].map((family, index) => drawnShape(family, 1, 100 + index)),
  ...families(["random", "saturating"]).map((family, index) => drawnShape(family, 2 + (index % 2), 500 + index)),
  ...deltas,
  ...minGrus,
  ...mixed,
  ...severalColumns,
  ...families(["random"]).flatMap((family, index) => [600, 700].map((seed) => drawnShape(family, 1, seed + index))),
];
