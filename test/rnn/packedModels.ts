import type { GruSpec, LstmSpec, MinGruSpec } from "../../src/experiment/spec.js";
import type { ShippedForm } from "../../src/normalisers/lookup.js";
import type { DeployedInput, DeployedLayer, DeployedMinGru, DeployedModel, ShippedMatrix, WeightPlane } from "../../src/rnn/shipping/deployedModel.js";

/** Random deployed models of every form that packed inference takes. */

export interface LayerForm {
  readonly cell: "lstm" | "gru-before" | "gru-after" | "min-gru";
  readonly units: number;
  readonly normalisation?: ShippedForm;
  /** Constants for so many timesteps. */
  readonly rows?: number;
  readonly matrix?: MatrixForm;
  readonly zoneout?: boolean;
  /** States in fixed point, so coarse that single precision rounds nearly all of them as double precision does. */
  readonly fixedState?: boolean;
}

export interface MatrixForm {
  readonly levels: "binary" | "ternary" | "mixed" | "full-precision";
  readonly planes?: number;
  readonly scales?: "matrix" | "gates" | "columns";
}

export interface ModelForm {
  readonly input: { readonly kind: DeployedInput["kind"]; readonly size: number };
  readonly layers: readonly LayerForm[];
  readonly outputs: number;
  readonly output?: MatrixForm;
  readonly readout?: DeployedModel["readout"];
}

/** Uniform in [-1, 1). */
export function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

type Random = () => number;

function numbers(random: Random, length: number, spread: number, middle = 0): Float32Array {
  return Float32Array.from({ length }, () => middle + spread * random());
}

function plane(random: Random, levels: "binary" | "ternary", rows: number, columns: number, scales: number): WeightPlane {
  const codes = Int8Array.from({ length: rows * columns }, () => {
    const value = random();
    return levels === "binary" ? (value < 0 ? -1 : 1) : Math.round(1.5 * value);
  });
  const worth = 1.5 / Math.sqrt(rows);
  return { levels, codes, scales: numbers(random, scales, worth / 2, worth) };
}

/** Blocks of columns that could be gates. */
function gatesOf(columns: number): number {
  return [4, 3, 2, 1].find((gates) => columns % gates === 0)!;
}

export function randomMatrix(random: Random, rows: number, columns: number, form: MatrixForm = { levels: "ternary" }): ShippedMatrix {
  const { levels, planes = 1, scales = "matrix" } = form;
  if (levels === "full-precision") {
    return { kind: "full-precision", rows, columns, values: numbers(random, rows * columns, 2 / Math.sqrt(rows)) };
  }
  const levelsOf = (index: number): "binary" | "ternary" => (levels === "mixed" ? (index % 2 === 0 ? "binary" : "ternary") : levels);
  return {
    kind: "planes",
    rows,
    columns,
    planes: Array.from({ length: planes }, (_, index) => plane(random, levelsOf(index), rows, columns, { matrix: 1, gates: gatesOf(columns), columns }[scales])),
  };
}

const quantiser = { kind: "full-precision" } as const;
const shared = {
  quantiser: { input: quantiser, recurrent: quantiser },
  normaliser: { kind: "none" },
  initialState: "learned",
  dropout: 0,
  recurrentDropout: 0,
} as const;

function lstmSpec(units: number, { zoneout = false, fixedState = false }: LayerForm): LstmSpec {
  const rates = zoneout ? { hidden: 0.15, cell: 0.4 } : { hidden: 0, cell: 0 };
  return { cell: "lstm", units, ...shared, cellNormaliser: { kind: "none" }, zoneout: rates, ...(fixedState && { state: { hiddenBits: 6, cellBits: 7, cellRange: 2 } }) };
}

function gruSpec(units: number, reset: "before" | "after", { zoneout = false, fixedState = false }: LayerForm): GruSpec {
  return { cell: "gru", units, ...shared, reset, zoneout: { hidden: zoneout ? 0.2 : 0 }, ...(fixedState && { state: { hiddenBits: 6 } }) };
}

function minGruSpec(units: number, { zoneout = false, fixedState = false }: LayerForm): MinGruSpec {
  return {
    cell: "min-gru",
    units,
    quantiser: { input: quantiser },
    normaliser: { kind: "none" },
    initialState: "learned",
    dropout: 0,
    zoneout: { hidden: zoneout ? 0.2 : 0 },
    ...(fixedState && { state: { hiddenBits: 8, hiddenRange: 8 } }),
  };
}

function randomMinGru(random: Random, inputs: number, { units, normalisation = "affine", rows = 1, matrix, ...form }: LayerForm): DeployedMinGru {
  return {
    spec: minGruSpec(units, { units, ...form }),
    inputs,
    units,
    inputWeights: randomMatrix(random, inputs, 2 * units, matrix),
    normalisation,
    gainInput: numbers(random, rows * 2 * units, 0.5, 0.8),
    shift: numbers(random, 2 * units, 0.5),
    epsilon: 1e-3,
    initialHidden: numbers(random, units, 1.5),
  };
}

function randomLayer(random: Random, inputs: number, form: LayerForm): DeployedLayer {
  const { cell, units, normalisation = "affine", rows = 1, matrix } = form;
  if (cell === "min-gru") {
    return randomMinGru(random, inputs, form);
  }
  const columns = (cell === "lstm" ? 4 : 3) * units;
  const gates = {
    inputs,
    units,
    inputWeights: randomMatrix(random, inputs, columns, matrix),
    recurrentWeights: randomMatrix(random, units, columns, matrix),
    normalisation,
    gainInput: numbers(random, rows * columns, 0.5, 0.8),
    gainRecurrent: numbers(random, rows * columns, 0.5, 0.8),
    shift: numbers(random, columns, 0.5),
    epsilon: 1e-3,
    initialHidden: numbers(random, units, 1.5),
  };
  if (cell === "lstm") {
    return {
      ...gates,
      spec: lstmSpec(units, form),
      cellNormalisation: normalisation,
      gainCell: numbers(random, rows * units, 0.5, 1),
      shiftCell: numbers(random, rows * units, 0.2),
      initialCell: numbers(random, units, 1),
    };
  }
  const reset = cell === "gru-before" ? "before" : "after";
  return { ...gates, spec: gruSpec(units, reset, form), shiftReset: numbers(random, units, reset === "after" ? 0.3 : 0) };
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `s${index}`);
}

function randomInput(random: Random, { kind, size }: ModelForm["input"]): DeployedInput {
  switch (kind) {
    case "one-hot":
      return { kind, symbols: names(size) };
    case "embedding":
      return { kind, symbols: names(size), units: 11, table: numbers(random, size * 11, 1) };
    case "dense":
      return { kind, width: size };
  }
}

export function randomModel(form: ModelForm, seed: number): DeployedModel {
  const random = uniformNumbers(seed);
  const input = randomInput(random, form.input);
  let inputs = input.kind === "embedding" ? input.units : form.input.size;
  const layers = form.layers.map((layer) => {
    const made = randomLayer(random, inputs, layer);
    inputs = layer.units;
    return made;
  });
  return {
    version: 1,
    input,
    layers,
    readout: form.readout ?? "every-timestep",
    outputs: names(form.outputs),
    outputWeights: randomMatrix(random, inputs, form.outputs, form.output ?? { levels: "full-precision" }),
    outputBias: numbers(random, form.outputs, 0.3),
    choice: "deterministic",
  };
}

/** [T, B] symbols, or [T, B, I] values. */
export function randomInputs(model: DeployedModel, timesteps: number, batch: number, seed: number): Int32Array | Float32Array {
  const random = uniformNumbers(seed);
  const { input } = model;
  return input.kind === "dense"
    ? numbers(random, timesteps * batch * input.width, 2)
    : Int32Array.from({ length: timesteps * batch }, () => Math.floor(((random() + 1) / 2) * input.symbols.length));
}
