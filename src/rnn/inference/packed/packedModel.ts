import type { DeployedGru, DeployedLayer, DeployedLstm, DeployedModel } from "../../shipping/deployedModel.js";
import { checkLength, matrixBytes, packMatrix, type PackedMatrix } from "./bitPlanes.js";
import { InferenceError } from "./inferenceError.js";

type WithPackedMatrices<Layer> = Omit<Layer, "inputWeights" | "recurrentWeights"> & {
  /** [I, G * H] */
  readonly inputWeights: PackedMatrix;
  /** [H, G * H] */
  readonly recurrentWeights: PackedMatrix;
};

export type PackedLstm = WithPackedMatrices<DeployedLstm>;
export type PackedGru = WithPackedMatrices<DeployedGru>;
/** `layer.spec.cell` tells which. */
export type PackedLayer = PackedLstm | PackedGru;

/** A deployed model with its quantised matrices as bit planes: plain data, 1 bit a binary weight and 2 a ternary one. */
export interface PackedModel extends Omit<DeployedModel, "layers" | "outputWeights"> {
  readonly layers: readonly PackedLayer[];
  /** [H, V] */
  readonly outputWeights: PackedMatrix;
}

export function isLstm<Lstm extends { readonly cellNormalisation: unknown }>(layer: Lstm | { readonly shiftReset: unknown }): layer is Lstm {
  return "cellNormalisation" in layer;
}

/** @throws InferenceError where an array's size contradicts the model's shape, or a code its plane's levels */
export function packModel(model: DeployedModel): PackedModel {
  if (model.layers.length === 0) {
    throw new InferenceError("The model has no layers; it needs at least one");
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
  if (!("recurrentWeights" in layer)) {
    throw new InferenceError(`${place} is a minGRU; packed inference has LSTM and GRU layers only`);
  }
  const { units } = layer;
  const columns = gatesOf(layer) * units;
  const inputWeights = packMatrix(layer.inputWeights, `${place}, input matrix`);
  const recurrentWeights = packMatrix(layer.recurrentWeights, `${place}, recurrent matrix`);
  checkShape(inputWeights, inputs, columns, `${place}, input matrix`);
  checkShape(recurrentWeights, units, columns, `${place}, recurrent matrix`);
  checkLength(layer.initialHidden, units, `${place}, initial hidden state`);
  if (isLstm(layer)) {
    checkLength(layer.initialCell, units, `${place}, initial cell state`);
  }
  checkRows(layer, place);
  return { ...layer, inputWeights, recurrentWeights };
}

function checkShape(matrix: PackedMatrix, rows: number, columns: number, place: string): void {
  if (matrix.rows !== rows || matrix.columns !== columns) {
    throw new InferenceError(`${place} is ${matrix.rows} x ${matrix.columns}; the model's shape needs ${rows} x ${columns}`);
  }
}

/** Constants [R, columns] by name, each with its columns. */
function constantsOf(layer: PackedLayer | DeployedLstm | DeployedGru): readonly (readonly [string, Float32Array, number])[] {
  const { units } = layer;
  const columns = gatesOf(layer) * units;
  return [
    ["gainInput", layer.gainInput, columns],
    ["gainRecurrent", layer.gainRecurrent, columns],
    ["shift", layer.shift, columns],
    ...(isLstm(layer)
      ? ([
          ["gainCell", layer.gainCell, units],
          ["shiftCell", layer.shiftCell, units],
        ] as const)
      : ([["shiftReset", layer.shiftReset, units]] as const)),
  ];
}

function gatesOf(layer: PackedLayer | DeployedLstm | DeployedGru): number {
  return isLstm(layer) ? 4 : 3;
}

function checkRows(layer: DeployedLstm | DeployedGru, place: string): void {
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
export function constantRows(layer: PackedLayer | DeployedLstm | DeployedGru): number {
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

export function initialStateBytes({ layers }: Pick<PackedModel, "layers">): number {
  return sum(layers.map((layer) => layer.initialHidden.byteLength + (isLstm(layer) ? layer.initialCell.byteLength : 0)));
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

export function packedBytes({ input, layers, outputWeights, outputBias }: PackedModel): PackedBytes {
  const recurrentLayers = sum(layers.map(({ inputWeights, recurrentWeights }) => matrixBytes(inputWeights) + matrixBytes(recurrentWeights)));
  const output = matrixBytes(outputWeights) + outputBias.byteLength;
  const constants = initialStateBytes({ layers }) + sum(layers.flatMap((layer) => constantsOf(layer).map(([, values]) => values.byteLength)));
  const embedding = input.kind === "embedding" ? input.table.byteLength : 0;
  return { recurrentLayers, output, constants, embedding, total: recurrentLayers + output + constants + embedding };
}
