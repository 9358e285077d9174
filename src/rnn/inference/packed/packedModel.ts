import type { DeployedGru, DeployedLayer, DeployedLstm, DeployedMinGru, DeployedModel, ShippedMatrix } from "../../shipping/deployedModel.js";
import { checkLength, matrixBytes, packMatrix, type PackedMatrix } from "./bitPlanes.js";
import { InferenceError } from "./inferenceError.js";

type MatrixName = "inputWeights" | "recurrentWeights";

/** [I, G * H] and, where the cell has one, [H, G * H] */
type WithPackedMatrices<Layer> = Omit<Layer, MatrixName> & { readonly [Name in keyof Layer & MatrixName]: PackedMatrix };

export type PackedLstm = WithPackedMatrices<DeployedLstm>;
export type PackedGru = WithPackedMatrices<DeployedGru>;
export type PackedMinGru = WithPackedMatrices<DeployedMinGru>;
/** `layer.spec.cell` tells which. */
export type PackedLayer = PackedLstm | PackedGru | PackedMinGru;

/** What the layers of a cell have, by name. */
interface PackedCell {
  /** As C++ numbers it: its place in native/packed_network.h. */
  readonly number: number;
  /** G */
  readonly gates: number;
  readonly matrices: readonly MatrixName[];
  /** Constants [R, G * H]. */
  readonly gateConstants: readonly string[];
  /** Constants [R, H]. */
  readonly unitConstants: readonly string[];
  /** Initial states [H] and what errors call them. */
  readonly states: Readonly<Record<string, string>>;
}

const withRecurrence = {
  matrices: ["inputWeights", "recurrentWeights"],
  gateConstants: ["gainInput", "gainRecurrent", "shift"],
} as const;
const hiddenState = { initialHidden: "initial hidden state" };

const packedCells: Readonly<Record<PackedLayer["spec"]["cell"], PackedCell>> = {
  lstm: {
    number: 0,
    gates: 4,
    ...withRecurrence,
    unitConstants: ["gainCell", "shiftCell"],
    states: { ...hiddenState, initialCell: "initial cell state" },
  },
  gru: { number: 1, gates: 3, ...withRecurrence, unitConstants: ["shiftReset"], states: hiddenState },
  "min-gru": {
    number: 2,
    gates: 2,
    matrices: ["inputWeights"],
    gateConstants: ["gainInput", "shift"],
    unitConstants: [],
    states: hiddenState,
  },
};

type AnyLayer = PackedLayer | DeployedLayer;

/** What packed inference knows of the layer's cell. */
export function cellOf(layer: AnyLayer): PackedCell {
  return packedCells[layer.spec.cell];
}

function arrayOf(layer: AnyLayer, name: string): Float32Array {
  return (layer as unknown as Readonly<Record<string, Float32Array>>)[name]!;
}

function matricesOf<Matrix>(layer: AnyLayer): readonly (readonly [MatrixName, Matrix])[] {
  const matrices = layer as unknown as Readonly<Record<MatrixName, Matrix>>;
  return cellOf(layer).matrices.map((name) => [name, matrices[name]]);
}

/** A deployed model with its quantised matrices as bit planes: plain data, 1 bit a binary weight and 2 a ternary one. */
export interface PackedModel extends Omit<DeployedModel, "layers" | "outputWeights"> {
  readonly layers: readonly PackedLayer[];
  /** [H, V] */
  readonly outputWeights: PackedMatrix;
}

/** @throws InferenceError for a bidirectional layer, which cannot read on, and where an array's size contradicts the model's shape, or a code its plane's levels */
export function packModel(model: DeployedModel): PackedModel {
  if (model.layers.length === 0) {
    throw new InferenceError("The model has no layers; it needs at least one");
  }
  const bidirectional = model.layers.findIndex(({ reverse }) => reverse !== undefined);
  if (bidirectional >= 0) {
    throw new InferenceError(`Layer ${bidirectional} is bidirectional, and a packed stream reads timesteps as they come: use run.predict(), which reads whole sequences`);
  }
  const layers = model.layers.map((layer, index) => packLayer(layer, inputsOf(model, index), `Layer ${index}`));
  const units = model.layers.at(-1)!.units;
  const outputWeights = packMatrix(model.outputWeights, "The output matrix");
  checkShape(outputWeights, units, model.outputs.length, "The output matrix");
  checkLength(model.outputBias, model.outputs.length, "The output bias");
  return { ...model, layers, outputWeights };
}

/** What the layer reads. */
function inputsOf({ input, layers }: DeployedModel, index: number): number {
  if (index > 0) {
    return layers[index - 1]!.units;
  }
  switch (input.kind) {
    case "one-hot":
      return input.symbols.length;
    case "dense":
      return input.width;
    case "embedding":
      checkLength(input.table, input.symbols.length * input.units, "The embedding table");
      return input.units;
  }
}

function packLayer(layer: DeployedLayer, inputs: number, place: string): PackedLayer {
  const { units } = layer;
  const { gates, states } = cellOf(layer);
  const packed = matricesOf<ShippedMatrix>(layer).map(([name, matrix]) => {
    const [word, rows] = name === "inputWeights" ? ["input", inputs] : ["recurrent", units];
    const planes = packMatrix(matrix, `${place}, ${word} matrix`);
    checkShape(planes, Number(rows), gates * units, `${place}, ${word} matrix`);
    return [name, planes] as const;
  });
  for (const [name, words] of Object.entries(states)) {
    checkLength(arrayOf(layer, name), units, `${place}, ${words}`);
  }
  checkRows(layer, place);
  return { ...layer, ...Object.fromEntries(packed) } as PackedLayer;
}

function checkShape(matrix: PackedMatrix, rows: number, columns: number, place: string): void {
  if (matrix.rows !== rows || matrix.columns !== columns) {
    throw new InferenceError(`${place} is ${matrix.rows} x ${matrix.columns}; the model's shape needs ${rows} x ${columns}`);
  }
}

/** Constants [R, columns] by name, each with its columns. */
export function constantsOf(layer: AnyLayer): readonly (readonly [string, Float32Array, number])[] {
  const { units } = layer;
  const { gates, gateConstants, unitConstants } = cellOf(layer);
  return [
    ...gateConstants.map((name) => [name, arrayOf(layer, name), gates * units] as const),
    ...unitConstants.map((name) => [name, arrayOf(layer, name), units] as const),
  ];
}

function checkRows(layer: DeployedLayer, place: string): void {
  const trained = constantRows(layer);
  for (const [name, values, columns] of constantsOf(layer)) {
    const rows = values.length / columns;
    if (rows !== 1 && rows !== trained) {
      throw new InferenceError(
        `${place}, ${name}: ${values.length} numbers; it needs ${columns}, or ${columns} for each of the trained timesteps`,
      );
    }
  }
}

/** R: 1, or the trained length where a layer's constants differ from timestep to timestep. */
export function constantRows(layer: AnyLayer): number {
  return Math.max(...constantsOf(layer).map(([, values, columns]) => Math.ceil(values.length / columns)));
}

/** Timesteps that the model can read from its initial state; Infinity where its constants are the same at all of them. */
export function trainedLength(model: PackedModel): number {
  const lengths = model.layers.map(constantRows).filter((rows) => rows > 1);
  return lengths.length === 0 ? Infinity : Math.min(...lengths);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Bytes of all initial states. */
export function initialStateBytes({ layers }: Pick<PackedModel, "layers">): number {
  return sum(layers.flatMap((layer) => Object.keys(cellOf(layer).states).map((name) => arrayOf(layer, name).byteLength)));
}

/** Bytes of a packed model in memory, by what they hold. */
export interface PackedBytes {
  /** Quantised and full-precision matrices of the layers, scales included. */
  readonly recurrentLayers: number;
  /** The output matrix and its bias. */
  readonly output: number;
  /** Gains, shifts and initial states. */
  readonly constants: number;
  readonly embedding: number;
  readonly total: number;
}

/** Bytes of the packed weights and of the constants. */
export function packedBytes({ input, layers, outputWeights, outputBias }: PackedModel): PackedBytes {
  const recurrentLayers = sum(layers.flatMap((layer) => matricesOf<PackedMatrix>(layer).map(([, matrix]) => matrixBytes(matrix))));
  const output = matrixBytes(outputWeights) + outputBias.byteLength;
  const constants = initialStateBytes({ layers }) + sum(layers.flatMap((layer) => constantsOf(layer).map(([, values]) => values.byteLength)));
  const embedding = input.kind === "embedding" ? input.table.byteLength : 0;
  return { recurrentLayers, output, constants, embedding, total: recurrentLayers + output + constants + embedding };
}
