import { acceleratorModel } from "../../src/hardware/acceleratorModel.js";
import type { AcceleratorLstm, AcceleratorModel } from "../../src/hardware/acceleratorModel.js";
import type { DeployedInput, DeployedLayer, DeployedMinGru, DeployedModel, ShippedMatrix } from "../../src/rnn/shipping/deployedModel.js";
import { both, smallGru, smallLstm } from "../rnn/trainingProblem.js";

export interface RandomModelOptions {
  /** Default "lstm". */
  readonly cell?: "lstm" | "gru" | "min-gru";
  /** Of a GRU. Default "after". */
  readonly reset?: "before" | "after";
  /** H, or one H for each stacked layer. */
  readonly units: number | readonly number[];
  /** V, outputs too; with dense input I. */
  readonly symbols: number;
  /** Default "one-hot". */
  readonly inputKind?: DeployedInput["kind"];
  readonly precision: "binary" | "ternary" | "full";
  /** All weights alike, or constants far too large. Default "random"; binary weights are never zero. */
  readonly kind?: "random" | "plus-one" | "minus-one" | "zero" | "saturating";
  readonly seed?: number;
}

/** Mulberry32: uniform numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values of a word vector. */
const embeddingUnits = 6;

type Uniform = (length: number, least: number, most: number) => Float32Array;

/** A deployed model of the right shapes with random numbers of plausible size; same options, same model. */
export function randomDeployedModel(options: RandomModelOptions): DeployedModel {
  const { symbols, precision, seed = 1, inputKind = "one-hot" } = options;
  const random = generator(seed);
  const uniform: Uniform = (length, least, most) => Float32Array.from({ length }, () => least + (most - least) * random());
  const units = typeof options.units === "number" ? [options.units] : options.units;
  const names = Array.from({ length: symbols }, (_, symbol) => String.fromCodePoint(0x21 + symbol));
  const input = deployedInput(inputKind, names, uniform);
  const layers = units.map((own, index) => randomLayer(options, index === 0 ? widthOf(input) : units[index - 1]!, own, random, uniform));
  const last = units.at(-1)!;
  return {
    version: 1,
    input,
    layers,
    readout: "every-timestep",
    outputs: names,
    outputWeights: { kind: "full-precision", rows: last, columns: symbols, values: uniform(last * symbols, -0.5, 0.5) },
    outputBias: uniform(symbols, -0.5, 0.5),
    choice: precision === "full" ? "deterministic" : "draw 1",
  };
}

function deployedInput(kind: DeployedInput["kind"], symbols: string[], uniform: Uniform): DeployedInput {
  switch (kind) {
    case "one-hot":
      return { kind, symbols };
    case "embedding":
      return { kind, symbols, units: embeddingUnits, table: uniform(symbols.length * embeddingUnits, -1.5, 1.5) };
    case "dense":
      return { kind, width: symbols.length };
  }
}

function widthOf(input: DeployedInput): number {
  return input.kind === "one-hot" ? input.symbols.length : input.kind === "embedding" ? input.units : input.width;
}

function randomLayer(options: RandomModelOptions, inputs: number, units: number, random: () => number, uniform: Uniform): DeployedLayer | DeployedMinGru {
  const { precision, kind = "random", cell = "lstm", reset = "after" } = options;
  const rows = { lstm: 4, gru: 3, "min-gru": 2 }[cell] * units;
  const size = kind === "saturating" ? 30 : 1;
  const matrix = (from: number): ShippedMatrix => randomMatrix(options, from, rows, random, uniform);
  const quantiser = both(precision === "full" ? { kind: "full-precision" } : { kind: precision, sampling: "stochastic" });
  const gates = {
    inputs,
    units,
    normalisation: "affine" as const,
    epsilon: 0,
    inputWeights: matrix(inputs),
    recurrentWeights: matrix(units),
    gainRecurrent: uniform(rows, 0.1 * size, size),
    gainInput: uniform(rows, 0.2 * size, 2 * size),
    shift: uniform(rows, -1.5 * size, 1.5 * size),
  };
  const minGru = (): DeployedMinGru => {
    const { recurrentWeights: _weights, gainRecurrent: _gain, ...own } = gates;
    const quantiserOf = { input: quantiser.input };
    return {
      spec: { cell: "min-gru", units, quantiser: quantiserOf, normaliser: { kind: "none" }, initialState: "learned", dropout: 0, zoneout: { hidden: 0 } },
      ...own,
      initialHidden: uniform(units, -2, 2),
    };
  };
  const lstm = (): DeployedLayer => ({
    spec: smallLstm({ units, quantiser }),
    cellNormalisation: "affine",
    ...gates,
    gainCell: uniform(units, 0.1 * size, 1.2 * size),
    shiftCell: uniform(units, -0.3 * size, 0.3 * size),
    initialHidden: uniform(units, -0.5, 0.5),
    initialCell: uniform(units, -1, 1),
  });
  const gru = (): DeployedLayer => ({
    spec: smallGru({ units, quantiser, reset }),
    ...gates,
    shiftReset: uniform(units, reset === "after" ? -0.4 * size : 0, reset === "after" ? 0.4 * size : 0),
    initialHidden: uniform(units, -0.5, 0.5),
  });
  return { lstm, gru, "min-gru": minGru }[cell]();
}

function randomMatrix({ precision, kind = "random" }: RandomModelOptions, rows: number, columns: number, random: () => number, uniform: Uniform): ShippedMatrix {
  const magnitude = 0.5 * Math.sqrt(6 / (rows + columns));
  const fixed = { "plus-one": 1, "minus-one": -1, zero: 0, random: undefined, saturating: undefined }[kind];
  if (precision === "full") {
    const values = uniform(rows * columns, -2 * magnitude, 2 * magnitude);
    return { kind: "full-precision", rows, columns, values: fixed === undefined ? values : values.fill(fixed) };
  }
  const code = (): number => (precision === "binary" ? (random() < 0.5 ? -1 : 1) : Math.floor(random() * 3) - 1);
  const codes = Int8Array.from({ length: rows * columns }, () => fixed ?? code());
  return { kind: "planes", rows, columns, planes: [{ levels: precision, codes, scales: Float32Array.of(magnitude) }] };
}

/** What the accelerator runs of `randomDeployedModel`. */
export function randomModel(options: RandomModelOptions): AcceleratorModel {
  return acceleratorModel(randomDeployedModel(options));
}

/** A model of one LSTM layer, with changes to that layer. */
export function withLstm(model: AcceleratorModel, changes: Partial<AcceleratorLstm>): AcceleratorModel {
  return { ...model, layers: [{ ...lstmOf(model), ...changes }] };
}

/** The first layer, an LSTM. */
export function lstmOf({ layers }: AcceleratorModel): AcceleratorLstm {
  return layers[0] as AcceleratorLstm;
}
