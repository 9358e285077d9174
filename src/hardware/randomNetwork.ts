import { noMatrix, type AcceleratorLayer, type AcceleratorMatrix, type AcceleratorModel } from "./acceleratorModel.js";
import { embed } from "./embed.js";
import type { CellName } from "./cells/cells.js";
import type { Sequence } from "./calibrate.js";
import { gateRows } from "./fixedModel.js";

/** `saturating`: constants so large that pre-activations and cell states leave their ranges. */
export const randomKinds = ["random", "plus-one", "minus-one", "zero", "saturating"] as const;
export type RandomKind = (typeof randomKinds)[number];

export interface RandomNetworkOptions {
  /** A whole number; same options, same network. */
  readonly seed: number;
  readonly cell: CellName;
  /** The cell of each layer, where they differ. Default: `cell` for all. */
  readonly cells?: readonly CellName[];
  /** Where the reset of a GRU acts. Default "after". */
  readonly reset?: "before" | "after";
  readonly precision: "binary" | "ternary" | "full";
  /** H, or one H for each stacked layer. */
  readonly units: number | readonly number[];
  /** V symbols or I features. */
  readonly inputs: number;
  /** Default "one-hot". */
  readonly inputKind?: "one-hot" | "dense";
  /** What all weights are, or how large the constants. Default "random". */
  readonly kind?: RandomKind;
}

/** Uniform numbers from `least` to below `most`. */
type Uniform = (length: number, least: number, most: number) => Float32Array;

/**
 * A network of plausible numbers, to prove hardware without a trained run.
 * @throws RangeError for binary weights that are all 0
 */
export function randomNetwork(options: RandomNetworkOptions): AcceleratorModel {
  const { seed, inputs, inputKind = "one-hot", precision, kind = "random" } = options;
  if (precision === "binary" && kind === "zero") {
    throw new RangeError("Binary weights have no 0; choose ternary or full precision for a network of zeros.");
  }
  const uniform = uniformFrom(generator(seed));
  const sizes = typeof options.units === "number" ? [options.units] : options.units;
  return {
    input: inputKind === "dense" ? { kind: "dense", width: inputs } : { kind: "one-hot", symbols: symbolNames(inputs) },
    layers: sizes.map((units, index) => randomLayer({ ...options, cell: options.cells?.[index] ?? options.cell }, index === 0 ? inputs : sizes[index - 1]!, units, uniform)),
    choice: `random network ${seed}`,
  };
}

/**
 * What such a network could read: symbols, rows of its table, or features from -2 to 2.
 * @param timesteps T
 */
export function randomSequence({ input }: Pick<AcceleratorModel, "input">, seed: number, timesteps: number): Sequence {
  const random = generator(seed);
  const symbolsOf = (count: number): Int32Array => Int32Array.from({ length: timesteps }, () => Math.floor(random() * count));
  switch (input.kind) {
    case "one-hot":
      return { kind: "symbols", symbols: symbolsOf(input.symbols.length) };
    case "embedding":
      return { kind: "dense", width: input.units, values: embed(input, symbolsOf(input.symbols.length)) };
    case "dense":
      return { kind: "dense", width: input.width, values: uniformFrom(random)(timesteps * input.width, -2, 2) };
  }
}

function randomLayer(options: RandomNetworkOptions, inputs: number, units: number, uniform: Uniform): AcceleratorLayer {
  const { cell, reset = "after", kind = "random" } = options;
  const rows = gateRows({ cell, units });
  const size = kind === "saturating" ? 40 : 1;
  const inputWeights = randomMatrix(options, inputs, rows, uniform);
  if (cell === "min-gru") {
    // n up to R leaves every h somewhere in its range.
    const gainInput = uniform(rows, -1, 2).map((scale) => size * scale);
    const none = noMatrix({ matrix: inputWeights, scale: gainInput });
    const shift = uniform(rows, -1.5 * size, 1.5 * size);
    return { cell, inputs, units, inputWeights, gainInput, shift, recurrentWeights: none.matrix, gainRecurrent: none.scale, initialHidden: uniform(units, -2, 2) };
  }
  const gates = {
    inputs,
    units,
    inputWeights,
    recurrentWeights: randomMatrix(options, units, rows, uniform),
    // Products of either sign that sum up to pre-activations between -3 and 3, as trained ones do.
    gainRecurrent: uniform(rows, -1, 2).map((scale) => (size * scale) / Math.sqrt(units)),
    gainInput: uniform(rows, -1, 2).map((scale) => size * scale * 0.5),
    shift: uniform(rows, -1.5 * size, 1.5 * size),
    initialHidden: uniform(units, -1, 1),
  };
  return cell === "lstm"
    ? { ...gates, cell, gainCell: uniform(units, 0.1, 1.2 * size), shiftCell: uniform(units, -0.3 * size, 0.3 * size), initialCell: uniform(units, -1, 1) }
    : { ...gates, cell, reset, shiftReset: uniform(units, reset === "after" ? -0.5 * size : 0, reset === "after" ? 0.5 * size : 0) };
}

function randomMatrix({ precision, kind = "random" }: RandomNetworkOptions, rows: number, columns: number, uniform: Uniform): AcceleratorMatrix {
  const fixed = { "plus-one": 1, "minus-one": -1, zero: 0, random: undefined, saturating: undefined }[kind];
  const length = rows * columns;
  const draws = uniform(length, -1, 1);
  if (precision === "full") {
    return { kind: "full-precision", rows, columns, values: fixed === undefined ? draws : new Float32Array(length).fill(fixed) };
  }
  const code = (draw: number): number => (precision === "binary" ? (draw < 0 ? -1 : 1) : Math.floor(draw * 1.5 + 1.5) - 1);
  return { kind: "quantised", levels: precision, rows, columns, codes: Int8Array.from(draws, (draw) => fixed ?? code(draw)) };
}

/** Printable characters that need no escape in any file. */
function symbolNames(count: number): string[] {
  return Array.from({ length: count }, (_, symbol) => String.fromCodePoint(0x4e00 + symbol));
}

function uniformFrom(random: () => number): Uniform {
  return (length, least, most) => Float32Array.from({ length }, () => least + (most - least) * random());
}

/** Mulberry32 (Tommy Ettinger, public domain): uniform numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
