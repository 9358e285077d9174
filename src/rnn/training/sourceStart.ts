import { gruSpec } from "../../cells/gru.js";
import { lstmSpec } from "../../cells/lstm.js";
import { type LayerSpec } from "../../cells/cells.js";
import { shown } from "../../experiment/shown.js";
import { isPlainObject, requireKnownOptions } from "../../experiment/optionNames.js";
import { fullPrecision } from "../../quantisers/fullPrecision.js";
import type { NetworkInput } from "../architecture.js";
import type { SourceLayer, SourceWeights } from "../sourceWeights.js";
import { type Parameters, withLayerPrefix } from "./parameters.js";
import { type StartSource } from "./warmStart.js";

/** Plain weights as a network to start from: full precision, without normaliser, from the zero state. */

type Names<T> = Readonly<Record<keyof T, true>>;
const sourceNames: Names<SourceWeights> = { cell: true, resetAfter: true, embedding: true, layers: true, dense: true };
const layerNames: Names<SourceLayer> = { inputs: true, units: true, inputWeights: true, recurrentWeights: true, bias: true, resetBias: true };
const denseNames: Names<NonNullable<SourceWeights["dense"]>> = { inputs: true, outputs: true, weights: true, bias: true };
const embeddingNames: Names<NonNullable<SourceWeights["embedding"]>> = { symbols: true, units: true, table: true };

/**
 * @param title what messages call it
 * @param readsVectors whether the network to start reads word vectors; the table of a source is else multiplied into its first matrix, which
 *   then has a row for each symbol
 * @throws TypeError for what are no such weights, naming field, length and what was to be there
 */
export function sourceStart(title: string, source: SourceWeights, readsVectors: boolean): StartSource {
  checkSource(title, source);
  const { embedding, layers, dense } = source;
  const folded = embedding && !readsVectors ? foldedLayers(source) : layers;
  const parameters: Parameters = {
    ...(embedding && readsVectors && { embedding: embedding.table }),
    ...(Object.assign({}, ...folded.map((layer, index) => withLayerPrefix(index, ownParameters(layer)))) as Parameters),
    ...(dense && { "output.weights": dense.weights, "output.bias": dense.bias }),
  };
  return { title, network: { input: inputOf(source, readsVectors), layers: folded.map((layer) => specOf(source, layer)), outputQuantiser: fullPrecision() }, parameters };
}

function inputOf({ embedding, layers }: SourceWeights, readsVectors: boolean): NetworkInput {
  return { kind: "dense", width: embedding && !readsVectors ? embedding.symbols : layers[0]!.inputs };
}

function specOf({ cell, resetAfter = false }: SourceWeights, { units }: SourceLayer): LayerSpec {
  const options = { units, quantiser: fullPrecision(), normaliser: { kind: "none" }, initialState: "zero" } as const;
  return cell === "lstm" ? lstmSpec(options, "tl.lstm") : gruSpec({ ...options, reset: resetAfter ? "after" : "before" }, "tl.gru");
}

function ownParameters({ inputWeights, recurrentWeights, bias, resetBias }: SourceLayer): Parameters {
  return { inputWeights, recurrentWeights, betaRecurrent: bias, ...(resetBias && { betaReset: resetBias }) };
}

/** The layers with the table [V, E] times the first input matrix [E, G * H] as their first input matrix. */
function foldedLayers({ embedding, layers }: SourceWeights): SourceLayer[] {
  const { symbols, units, table } = embedding!;
  const [first, ...rest] = layers;
  const columns = first!.bias.length;
  const inputWeights = Float32Array.from({ length: symbols * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let index = 0; index < units; index++) {
      sum += table[row * units + index]! * first!.inputWeights[index * columns + column]!;
    }
    return sum;
  });
  return [{ ...first!, inputs: symbols, inputWeights }, ...rest];
}

function checkSource(title: string, source: SourceWeights): void {
  requireKnownOptions(title, source, Object.keys(sourceNames));
  const { cell, layers, embedding, dense, resetAfter = false } = source;
  if (cell !== "lstm" && cell !== "gru") {
    throw new TypeError(`cell of ${title} is ${shown(cell)}: give "lstm" or "gru"`);
  }
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new TypeError(`layers of ${title} is ${shown(layers)}: give a list of { inputs, units, inputWeights, recurrentWeights, bias }`);
  }
  const gates = cell === "lstm" ? 4 : 3;
  let width = embedding === undefined ? undefined : checkEmbedding(title, embedding);
  layers.forEach((layer: SourceLayer, index) => {
    const place = `layers[${index}] of ${title}`;
    checkLayer(place, layer, gates, cell === "gru" && resetAfter);
    if (width !== undefined && layer.inputs !== width) {
      throw new TypeError(`inputs of ${place} is ${layer.inputs}, and what it reads has ${width} numbers at each timestep`);
    }
    width = layer.units;
  });
  if (dense !== undefined) {
    checkDense(`dense of ${title}`, dense, width!);
  }
}

function checkEmbedding(title: string, embedding: NonNullable<SourceWeights["embedding"]>): number {
  const place = `embedding of ${title}`;
  requireKnownOptions(place, embedding, Object.keys(embeddingNames));
  const { symbols, units, table } = embedding;
  checkSizes(place, { symbols, units });
  checkNumbers(place, { table }, { table: symbols * units });
  return units;
}

function checkLayer(place: string, layer: SourceLayer, gates: number, resets: boolean): void {
  if (!isPlainObject(layer)) {
    throw new TypeError(`${place} is ${shown(layer)}: give { inputs, units, inputWeights, recurrentWeights, bias }`);
  }
  requireKnownOptions(place, layer, Object.keys(layerNames));
  const { inputs, units, inputWeights, recurrentWeights, bias, resetBias } = layer;
  checkSizes(place, { inputs, units });
  const columns = gates * units;
  checkNumbers(place, { inputWeights, recurrentWeights, bias }, { inputWeights: inputs * columns, recurrentWeights: units * columns, bias: columns });
  if (resetBias !== undefined) {
    if (!resets) {
      throw new TypeError(`resetBias of ${place} is only for a GRU with resetAfter: true`);
    }
    checkNumbers(place, { resetBias }, { resetBias: units });
  }
}

function checkDense(place: string, dense: NonNullable<SourceWeights["dense"]>, units: number): void {
  requireKnownOptions(place, dense, Object.keys(denseNames));
  const { inputs, outputs, weights, bias } = dense;
  checkSizes(place, { inputs, outputs });
  if (inputs !== units) {
    throw new TypeError(`inputs of ${place} is ${inputs}, and the last layer has ${units} units`);
  }
  checkNumbers(place, { weights, bias }, { weights: inputs * outputs, bias: outputs });
}

function checkSizes(place: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new TypeError(`${name} of ${place} is ${shown(size)}: give a whole number above 0`);
    }
  }
}

function checkNumbers(place: string, arrays: Readonly<Record<string, Float32Array>>, lengths: Readonly<Record<string, number>>): void {
  for (const [name, values] of Object.entries(arrays)) {
    // Cells have their own realm, whose arrays are no instances of this one's.
    if (Object.prototype.toString.call(values) !== "[object Float32Array]") {
      throw new TypeError(`${name} of ${place} is ${shown(values)}: give a Float32Array of ${lengths[name]} numbers`);
    }
    if (values.length !== lengths[name]) {
      throw new TypeError(`${name} of ${place} has ${values.length} numbers, its sizes ask for ${lengths[name]}`);
    }
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new TypeError(`${name}[${wrong}] of ${place} is ${values[wrong]}, which is no finite number`);
    }
  }
}
