import type { SourceDense, SourceEmbedding, SourceLayer, SourceWeights } from "../../rnn/sourceWeights.js";
import { gruBiases, inHouseOrder, summed, transposed } from "./gateBlocks.js";
import { shapeInWords, SourceFileError, type SourceTensor, type SourceTensors } from "./sourceFile.js";

/**
 * A network by PyTorch's names of its weights (the documentation of torch.nn.LSTM and GRU, "Variables"): PREFIX.weight_ih_lK [G * H, I],
 * weight_hh_lK [G * H, H], bias_ih_lK and bias_hh_lK [G * H], with gate rows i, f, g, o or r, z, n; of nn.LSTMCell and GRUCell the same
 * without _lK; of nn.Linear weight [V, H] and bias [V]; of nn.Embedding weight [symbols, units].
 */

const gateRows = { lstm: "ifgo", gru: "rzn" } as const;
type Cell = keyof typeof gateRows;

/** PREFIX, weight_ih or the like, and the number of the layer. */
const recurrentName = /^(.*?)(weight|bias)_(ih|hh)(?:_l(\d+))?$/;

/** Names that say what this network has not; each with the word for it and a remedy. */
const unsupported: readonly [RegExp, string][] = [
  [/_l\d+_reverse$/, "is of a bidirectional layer, whose second direction cannot be imported: train the network with bidirectional=False"],
  [/weight_hr(_l\d+)?$/, "is a projection of the hidden state (proj_size), which cannot be imported: train the network with proj_size=0"],
];

/** What a person says about the names of a file. */
export interface StateDictOptions {
  /** Tensors that are no part of the network, by their names or the beginnings of their names. */
  readonly ignore?: readonly string[];
}

/** @throws SourceFileError, whose message is a clause about the file, for tensors that are missing, wrong, or of other layers */
export function weightsOfStateDict(tensors: SourceTensors, { ignore = [] }: StateDictOptions = {}): SourceWeights {
  const used = new Map([...tensors].filter(([name]) => !ignore.some((start) => name === start || name.startsWith(`${start}.`))));
  for (const [name] of used) {
    const found = unsupported.find(([pattern]) => pattern.test(name));
    if (found !== undefined) {
      throw new SourceFileError(`its tensor ${JSON.stringify(name)} ${found[1]}`);
    }
  }
  const parts = recurrentParts(used);
  if (parts.length === 0) {
    throw new SourceFileError(
      `it has no LSTM or GRU: no tensor is named like nn.LSTM's weight_ih_l0; it has ${names([...used.keys()])}`,
    );
  }
  const cell = cellOf(used, parts[0]!);
  const layers = chained(parts.map((part) => ({ part, layer: layerOf(used, part, cell) })));
  const rest = new Map([...used].filter(([name]) => !recurrentName.test(name)));
  const { embedding, dense } = otherParts(rest, used, layers);
  return { cell, ...(cell === "gru" && { resetAfter: true }), ...(embedding && { embedding }), layers, ...(dense && { dense }) };
}

/** The tensors of one layer have this before and after weight_ih. */
interface Part {
  readonly prefix: string;
  readonly suffix: string;
}

/** Sorts layers by the order of the modules in the file, and of layers within a module. */
function recurrentParts(tensors: SourceTensors): Part[] {
  const modules = new Map<string, Set<string>>();
  for (const name of tensors.keys()) {
    const [, prefix, , , layer] = recurrentName.exec(name) ?? [];
    if (prefix !== undefined) {
      const suffixes = modules.get(prefix) ?? new Set();
      modules.set(prefix, suffixes.add(layer === undefined ? "" : `_l${layer}`));
    }
  }
  const inOrder = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });
  return [...modules].flatMap(([prefix, suffixes]) => [...suffixes].sort(inOrder).map((suffix) => ({ prefix, suffix })));
}

function cellOf(tensors: SourceTensors, { prefix, suffix }: Part): Cell {
  const name = `${prefix}weight_hh${suffix}`;
  const { shape } = matrix(tensors, name);
  const [rows, units] = shape;
  const cell = (Object.keys(gateRows) as Cell[]).find((one) => rows === gateRows[one].length * units);
  if (cell === undefined) {
    throw new SourceFileError(`its tensor ${JSON.stringify(name)} has the shape ${shapeInWords(shape)}: it should be [4H, H] of an LSTM or [3H, H] of a GRU`);
  }
  return cell;
}

function layerOf(tensors: SourceTensors, { prefix, suffix }: Part, cell: Cell): SourceLayer {
  const name = (what: string): string => `${prefix}${what}${suffix}`;
  const gates = gateRows[cell];
  const inputMatrix = matrix(tensors, name("weight_ih"));
  const [rows, inputs] = inputMatrix.shape;
  const units = rows / gates.length;
  const recurrentMatrix = matrix(tensors, name("weight_hh"), [rows, units]);
  const matrixOf = ({ values }: FloatTensor): Float32Array => inHouseOrder({ values, gates, units, blocksOf: "rows" }, cell);
  // A layer without biases has none of both.
  const vector = (what: string): Float32Array => {
    const own = tensors.has(name(what)) ? float(tensors, name(what), [rows]).values : new Float32Array(rows);
    return inHouseOrder({ values: own, gates, units, blocksOf: "columns" }, cell);
  };
  const [input, recurrent] = [vector("bias_ih"), vector("bias_hh")];
  return {
    inputs,
    units,
    inputWeights: matrixOf(inputMatrix),
    recurrentWeights: matrixOf(recurrentMatrix),
    ...(cell === "gru" ? gruBiases(input, recurrent) : { bias: summed(input, recurrent) }),
  };
}

/** Each layer reads what the one before gives; modules in the file may stand in another order. */
function chained(found: readonly { readonly part: Part; readonly layer: SourceLayer }[]): SourceLayer[] {
  found.forEach(({ part, layer }, index) => {
    const before = found[index - 1];
    if (before !== undefined && layer.inputs !== before.layer.units) {
      throw new SourceFileError(
        `its layer ${JSON.stringify(part.prefix + part.suffix)} reads ${layer.inputs} values, but the layer before it, ` +
          `${JSON.stringify(before.part.prefix + before.part.suffix)}, gives ${before.layer.units}: only layers that follow each other are imported; ` +
          `leave the others out, ignore: [${JSON.stringify(part.prefix.replace(/\.$/, ""))}]`,
      );
    }
  });
  return found.map(({ layer }) => layer);
}

type FloatTensor = SourceTensor & { readonly values: Float32Array };
type FloatMatrix = FloatTensor & { readonly shape: readonly [number, number] };

function float(tensors: SourceTensors, name: string, shape?: readonly number[]): FloatTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    throw new SourceFileError(`it lacks the tensor ${JSON.stringify(name)}; it has ${names([...tensors.keys()])}`);
  }
  if (tensor.values === undefined) {
    throw new SourceFileError(`its tensor ${JSON.stringify(name)} is of type ${tensor.type}: weights are read as float32, float64, float16 or bfloat16`);
  }
  if (shape !== undefined && tensor.shape.join() !== shape.join()) {
    throw new SourceFileError(`its tensor ${JSON.stringify(name)} has the shape ${shapeInWords(tensor.shape)}: it should be ${shapeInWords(shape)}`);
  }
  requireFinite(name, tensor.values);
  return tensor as FloatTensor;
}

function matrix(tensors: SourceTensors, name: string, shape?: readonly number[]): FloatMatrix {
  const tensor = float(tensors, name, shape);
  const isMatrix = tensor.shape.length === 2 && tensor.shape.every((length) => length > 0);
  if (!isMatrix) {
    throw new SourceFileError(`its tensor ${JSON.stringify(name)} has the shape ${shapeInWords(tensor.shape)}: it should be a matrix`);
  }
  return tensor as FloatMatrix;
}

/** @throws SourceFileError at the first number that is none */
export function requireFinite(name: string, values: Float32Array): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new SourceFileError(`its tensor ${JSON.stringify(name)} has ${values[at]} at place ${at}: its training diverged, or the file is damaged`);
  }
}

/** What is not recurrent: an embedding before the layers, a dense layer after them, and nothing else. */
function otherParts(rest: SourceTensors, all: SourceTensors, layers: readonly SourceLayer[]) {
  let embedding: SourceEmbedding | undefined;
  let dense: SourceDense | undefined;
  const [first, last] = [layers[0]!, layers.at(-1)!];
  for (const name of rest.keys()) {
    const [, prefix = ""] = /^(.*?)weight$/.exec(name) ?? [];
    const biasName = `${prefix}bias`;
    if (name !== `${prefix}weight`) {
      requireKnownBias(name, rest);
      continue;
    }
    const place = placeOf(name, rest, all, first, last);
    if ((place === "embedding" ? embedding : dense) !== undefined) {
      throw new SourceFileError(`its tensor ${JSON.stringify(name)} is of a second ${place} layer; one is imported: ${leaveOut(name)}`);
    }
    const { shape, values } = matrix(rest, name);
    if (place === "embedding") {
      embedding = { symbols: shape[0], units: shape[1], table: values };
    } else {
      const bias = rest.has(biasName) ? float(rest, biasName, [shape[0]]).values : new Float32Array(shape[0]);
      dense = { inputs: shape[1], outputs: shape[0], weights: transposed(values, shape[0], shape[1]), bias };
    }
  }
  return { embedding, dense };
}

/** A bias alone, or a tensor of an unknown name. */
function requireKnownBias(name: string, rest: SourceTensors): void {
  if (!(name.endsWith("bias") && rest.has(name.replace(/bias$/, "weight")))) {
    const shape = shapeInWords(rest.get(name)!.shape);
    throw new SourceFileError(`its tensor ${JSON.stringify(name)} ${shape} is of no LSTM, GRU, linear or embedding layer: ${leaveOut(name)}`);
  }
}

function placeOf(name: string, rest: SourceTensors, all: SourceTensors, first: SourceLayer, last: SourceLayer): "embedding" | "dense" {
  const { shape } = rest.get(name)!;
  const [, width] = shape;
  const hasBias = rest.has(name.replace(/weight$/, "bias"));
  const fits = { embedding: shape.length === 2 && !hasBias && width === first.inputs, dense: shape.length === 2 && width === last.units };
  if (fits.embedding && fits.dense) {
    return isNamedAsEmbedding(name, [...all.keys()]) ? "embedding" : "dense";
  }
  if (!fits.embedding && !fits.dense) {
    throw new SourceFileError(
      `its tensor ${JSON.stringify(name)} ${shapeInWords(shape)} fits neither as a linear layer over the ${last.units} hidden units, [V, ${last.units}], ` +
        `nor as an embedding, [symbols, ${first.inputs}] without bias: ${leaveOut(name)}`,
    );
  }
  return fits.embedding ? "embedding" : "dense";
}

/** Tells embedding and dense layer apart where both widths are equal and there is no bias: by the name, or by the place before the layers in the file. */
function isNamedAsEmbedding(name: string, order: readonly string[]): boolean {
  const isBefore = order.indexOf(name) < order.findIndex((one) => recurrentName.test(one));
  return /emb|wte|lookup/i.test(name) || (isBefore && !/head|out|fc|linear|dense|decoder|proj|logit/i.test(name));
}

function leaveOut(name: string): string {
  return `if the outputs do not depend on it, leave it out, ignore: [${JSON.stringify(name.replace(/\.(weight|bias)$/, ""))}]`;
}

function names(all: readonly string[]): string {
  const most = 8;
  return all.length === 0 ? "none" : `${all.slice(0, most).join(", ")}${all.length > most ? ` and ${all.length - most} more` : ""}`;
}
