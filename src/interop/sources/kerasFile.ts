import { type Hdf5Dataset, Hdf5Error, type Hdf5File, readHdf5 } from "../../files/hdf5.js";
import { zipEntries, ZipError } from "../../files/zip.js";
import type { SourceDense, SourceEmbedding, SourceLayer, SourceWeights } from "../../rnn/sourceWeights.js";
import { gruBiases, inHouseOrder } from "./gateBlocks.js";
import { type KerasModel, readKerasConfig } from "./kerasConfig.js";
import { byNumberedName, floatsOf, shapeInWords, sizeOf, SourceFileError, type SourceTensor } from "./sourceFile.js";
import { requireFinite } from "./stateDict.js";

/**
 * Networks of Keras. A .keras file (Keras 2.12 and later) is a zip archive of config.json and model.weights.h5, in which a layer's weights are
 * layers/lstm_1/cell/vars/0, 1, 2, the layers of a class numbered in their order. A .h5 file has the same, or the names of the
 * layers and weights: model_weights/NAME/…/kernel:0, recurrent_kernel:0, bias:0, without model_weights where it is weights alone.
 * Matrices are [I, G * H] with gate columns i, f, c, o or z, r, h; the bias is [G * H], or [2, 3H] of a GRU whose reset comes after.
 */

/** @throws SourceFileError, whose message is a clause about the file */
export function weightsOfKeras(bytes: Uint8Array, mostBytes: number): SourceWeights {
  const read = (name: string): Uint8Array => {
    const entry = zipEntries(bytes, mostBytes).get(name);
    if (entry === undefined) {
      throw new SourceFileError(`it has no ${name}, so Keras did not write it`);
    }
    return entry.read();
  };
  return inClauses(() => weightsOf(readHdf5(read("model.weights.h5")), readKerasConfig(Buffer.from(read("config.json")).toString("utf8"))));
}

/** The same of a .h5 file. */
export function weightsOfHdf5(bytes: Uint8Array): SourceWeights {
  return inClauses(() => {
    const file = readHdf5(bytes);
    const [config] = file.attributes.get("model_config") ?? [];
    return weightsOf(file, config === undefined ? undefined : readKerasConfig(config));
  });
}

function inClauses<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Hdf5Error || error instanceof ZipError ? new SourceFileError(error.message, { cause: error }) : error;
  }
}

/** The weights of one layer, by their roles. */
interface LayerGroup {
  /** "layers/lstm/cell" */
  readonly path: string;
  /** "kernel" or "0" */
  readonly tensors: ReadonlyMap<string, SourceTensor>;
}

const notWeights = /^(?:optimizer|optimizer_weights|metrics|loss_tracker)(?:\/|$)/;

function weightsOf(file: Hdf5File, model: KerasModel | undefined): SourceWeights {
  const groups = groupsOf(file);
  const recurrent = inOrder(groups.filter(isRecurrent), model, file);
  const [first] = recurrent;
  if (first === undefined) {
    throw new SourceFileError("it holds no weights of an LSTM or a GRU");
  }
  if (model !== undefined && model.recurrent.length !== recurrent.length) {
    throw new SourceFileError(`it describes ${model.recurrent.length} recurrent layers and has the weights of ${recurrent.length}`);
  }
  const kinds = recurrent.map((group) => kindOf(group, model));
  const [kind] = kinds as [Kind];
  const different = kinds.findIndex(({ cell, resetAfter }) => cell !== kind.cell || resetAfter !== kind.resetAfter);
  if (different >= 0) {
    throw new SourceFileError(`its layer ${JSON.stringify(recurrent[different]!.path)} is of another kind than the one before it`);
  }
  const layers = recurrent.map((group) => layerOf(group, kind));
  requireChain(layers, recurrent);
  const { embedding, dense } = otherLayers(groups.filter((group) => !isRecurrent(group)), layers);
  return { ...kind, ...(embedding && { embedding }), layers, ...(dense && { dense }) };
}

function groupsOf({ datasets }: Hdf5File): LayerGroup[] {
  const groups = new Map<string, Map<string, SourceTensor>>();
  for (const [full, dataset] of datasets) {
    const path = full.replace(/^(?:model_weights|_layer_checkpoint_dependencies)\//, "");
    const slash = path.lastIndexOf("/");
    const isState = dataset.kind === "integer" || /seed_generator/.test(path);
    if (slash >= 0 && !notWeights.test(path) && !isState) {
      const parent = path.slice(0, slash).replace(/\/vars$/, "");
      const own = groups.get(parent) ?? new Map<string, SourceTensor>();
      groups.set(parent, own.set(path.slice(slash + 1).replace(/:\d+$/, ""), tensorOf(dataset)));
    }
  }
  return [...groups].map(([path, tensors]) => ({ path, tensors }));
}

function tensorOf({ shape, kind, elementBytes, bytes }: Hdf5Dataset): SourceTensor {
  const type = kind !== "float" ? undefined : ({ 2: "float16", 4: "float32", 8: "float64" } as const)[elementBytes];
  return { shape, type: `${kind} of ${elementBytes} bytes`, ...(type && { values: floatsOf(type, bytes) }) };
}

const roles = { kernel: ["kernel", "0"], recurrent: ["recurrent_kernel", "1"], bias: ["bias", "2"], denseBias: ["bias", "1"], embeddings: ["embeddings", "0"] } as const;

function find({ tensors }: LayerGroup, names: readonly string[]): SourceTensor | undefined {
  return names.map((name) => tensors.get(name)).find((tensor) => tensor !== undefined);
}

/** Two matrices of equally many columns. */
function isRecurrent(group: LayerGroup): boolean {
  const recurrent = find(group, roles.recurrent);
  return recurrent?.shape.length === 2;
}

/** Sorts the layers by the model's description, by the file's list of names, or by the numbers of the names. */
function inOrder(groups: readonly LayerGroup[], model: KerasModel | undefined, { attributes }: Hdf5File): LayerGroup[] {
  const names = model?.recurrent.map(({ name }) => name) ?? attributes.get("layer_names") ?? [];
  const place = ({ path }: LayerGroup): number => names.findIndex((name) => path === name || path.startsWith(`${name}/`));
  const areNamed = names.length > 0 && groups.every((group) => place(group) >= 0);
  const byNumber = (a: LayerGroup, b: LayerGroup): number => byNumberedName(a.path, b.path);
  return [...groups].sort(areNamed ? (a, b) => place(a) - place(b) : byNumber);
}

type Kind = Pick<SourceWeights, "cell" | "resetAfter">;

function kindOf(group: LayerGroup, model: KerasModel | undefined): Kind {
  const { shape } = find(group, roles.recurrent)!;
  const gates = shape[1]! / shape[0]!;
  const isGru = model?.isGru ?? gates === 3;
  if (gates === 4 && !isGru) {
    return { cell: "lstm" };
  }
  if (gates !== 3 || !isGru) {
    throw new SourceFileError(`its recurrent kernel of ${JSON.stringify(group.path)} has the shape ${shapeInWords(shape)}: it should be [H, 4H] of an LSTM or [H, 3H] of a GRU`);
  }
  return { cell: "gru", resetAfter: model?.resetAfter ?? resetAfterOf(group) };
}

/** Tells it by the bias, which has two rows with reset_after. */
function resetAfterOf(group: LayerGroup): boolean {
  const bias = find(group, roles.bias);
  if (bias === undefined) {
    throw new SourceFileError(`its GRU ${JSON.stringify(group.path)} has no bias, and weights alone do not tell reset_after then: save the whole model, model.save("gru.keras")`);
  }
  return bias.shape.length === 2;
}

/** Numbers of a role in a shape. @throws SourceFileError where there are none, or others */
function values(group: LayerGroup, role: keyof typeof roles, shape: readonly (number | undefined)[]): Float32Array {
  const what = `${roles[role][0]} of ${JSON.stringify(group.path)}`;
  const tensor = find(group, roles[role]);
  if (tensor?.values === undefined) {
    throw new SourceFileError(`it has no numbers as the ${what}`);
  }
  const fits = tensor.shape.length === shape.length && shape.every((length, axis) => (length ?? tensor.shape[axis]) === tensor.shape[axis]);
  if (!fits || sizeOf(tensor.shape) === 0) {
    throw new SourceFileError(`the ${what} has the shape ${shapeInWords(tensor.shape)}: it should be ${shapeInWords(shape.map((length) => length ?? -1)).replaceAll("-1", "any")}`);
  }
  requireFinite(what, tensor.values);
  return tensor.values;
}

function layerOf(group: LayerGroup, { cell, resetAfter }: Kind): SourceLayer {
  const gates = cell === "lstm" ? "ifgo" : "zrn";
  const units = find(group, roles.recurrent)!.shape[0]!;
  const columns = gates.length * units;
  const inOwnOrder = (given: Float32Array): Float32Array => inHouseOrder({ values: given, gates, units, blocksOf: "columns" }, cell);
  const kernel = values(group, "kernel", [undefined, columns]);
  const hasBias = find(group, roles.bias) !== undefined;
  const both = resetAfter === true ? (hasBias ? values(group, "bias", [2, columns]) : new Float32Array(2 * columns)) : undefined;
  return {
    inputs: kernel.length / columns,
    units,
    inputWeights: inOwnOrder(kernel),
    recurrentWeights: inOwnOrder(values(group, "recurrent", [units, columns])),
    ...(both
      ? gruBiases(inOwnOrder(both.subarray(0, columns)), inOwnOrder(both.subarray(columns)))
      : { bias: hasBias ? inOwnOrder(values(group, "bias", [columns])) : new Float32Array(columns) }),
  };
}

function requireChain(layers: readonly SourceLayer[], groups: readonly LayerGroup[]): void {
  const wrong = layers.findIndex(({ inputs }, index) => index > 0 && inputs !== layers[index - 1]!.units);
  if (wrong > 0) {
    throw new SourceFileError(
      `its layer ${JSON.stringify(groups[wrong]!.path)} reads ${layers[wrong]!.inputs} values, but the layer before it gives ${layers[wrong - 1]!.units}: only layers that follow each other are imported`,
    );
  }
}

function otherLayers(groups: readonly LayerGroup[], layers: readonly SourceLayer[]): { embedding: SourceEmbedding | undefined; dense: SourceDense | undefined } {
  let embedding: SourceEmbedding | undefined;
  let dense: SourceDense | undefined;
  const [first, last] = [layers[0]!, layers.at(-1)!];
  for (const group of groups) {
    const isEmbedding = group.tensors.has("embeddings") || /(?:^|\/)embedding(?:_\d+)?$/.test(group.path);
    if ((isEmbedding ? embedding : dense) !== undefined) {
      throw new SourceFileError(`its layer ${JSON.stringify(group.path)} is a second ${isEmbedding ? "embedding" : "dense layer"}; one is imported`);
    }
    if (isEmbedding) {
      const table = values(group, "embeddings", [undefined, first.inputs]);
      embedding = { symbols: table.length / first.inputs, units: first.inputs, table };
    } else {
      const weights = values(group, "kernel", [last.units, undefined]);
      const outputs = weights.length / last.units;
      const bias = find(group, roles.denseBias) ? values(group, "denseBias", [outputs]) : new Float32Array(outputs);
      dense = { inputs: last.units, outputs, weights, bias };
    }
  }
  return { embedding, dense };
}
