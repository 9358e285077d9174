import { layerInputs, outputInputs } from "../architecture.js";
import type { Architecture } from "../architecture.js";
import { initialLayerParameters, isUpdated, layerParameterShapes } from "./layerParameters.js";
import type { LayerParameters } from "./layerParameters.js";
import { orthogonalMatrix } from "../../numbers/orthogonal.js";
import { learnedScales, makeQuantiser } from "../../quantisers/make.js";
import { randomStream, uniformAt } from "../../numbers/random.js";

/**
 * Everything that training updates, by name: "embedding", "layers.0.inputWeights", ..., "output.weights",
 * "output.bias", and "output.scales" where the output's quantiser learns any.
 */
export type Parameters = Readonly<Record<string, Float32Array>>;

const layerPrefix = (layer: number): string => `layers.${layer}.`;

/** Shape of each parameter, in the order in which all are listed. */
export function parameterShapes(architecture: Architecture): Readonly<Record<string, readonly number[]>> {
  const { input, layers, outputs, outputQuantiser } = architecture;
  const shapes: Record<string, readonly number[]> = {};
  if (input.kind === "embedding") {
    shapes["embedding"] = [input.symbols.length, input.units];
  }
  layers.forEach((spec, layer) => {
    for (const [name, shape] of Object.entries(layerParameterShapes(spec, layerInputs(architecture, layer)))) {
      shapes[layerPrefix(layer) + name] = shape;
    }
  });
  shapes["output.weights"] = [outputInputs(architecture), outputs.length];
  shapes["output.bias"] = [outputs.length];
  const scales = learnedScales(outputQuantiser);
  if (scales > 0) {
    shapes["output.scales"] = [scales];
  }
  return shapes;
}

/** An array per parameter, made from its name and length. */
export function mapParameters<T>(architecture: Architecture, make: (name: string, length: number) => T): Record<string, T> {
  const entries = Object.entries(parameterShapes(architecture)).map(([name, shape]) => {
    const length = shape.reduce((product, side) => product * side, 1);
    return [name, make(name, length)];
  });
  return Object.fromEntries(entries) as Record<string, T>;
}

/** Word vectors start uniform in this range, as in the paper's word model. */
const embeddingRange = 0.1;
/** Number of the output's matrix among a seed's orthogonal ones; a layer has 0 and 1. */
const outputMatrix = 2;

/** Initial values of the paper's code: orthogonal matrices, zero output bias; see `initialLayerParameters`. */
export function initialParameters(architecture: Architecture, seed: number): Record<string, Float32Array> {
  const { layers, outputQuantiser } = architecture;
  const parameters = mapParameters(architecture, (_, length) => new Float32Array(length));
  const embedding = randomStream(seed, "initial-embedding", 0);
  parameters["embedding"]?.forEach((_, index, table) => {
    table[index] = (2 * uniformAt(embedding, index) - 1) * embeddingRange;
  });
  layers.forEach((spec, layer) => {
    const initial = initialLayerParameters(spec, layerInputs(architecture, layer), seed, layer);
    for (const [name, values] of Object.entries(initial)) {
      parameters[layerPrefix(layer) + name]!.set(values);
    }
  });
  const [rows, columns] = [outputInputs(architecture), parameters["output.bias"]!.length];
  const weights = parameters["output.weights"]!;
  weights.set(orthogonalMatrix(rows, columns, seed, outputMatrix));
  parameters["output.scales"]?.set(makeQuantiser(outputQuantiser, rows, columns).initialScales(weights));
  return parameters;
}

/**
 * The initial values, with those that are given in their places.
 * @throws RangeError for a given parameter that the network has not, or has in another length
 */
export function startedParameters(architecture: Architecture, seed: number, start: Parameters): Record<string, Float32Array> {
  const parameters = initialParameters(architecture, seed);
  for (const [name, values] of Object.entries(start)) {
    const own = parameters[name];
    if (own?.length !== values.length) {
      throw new RangeError(`${name} to start from has ${values.length} numbers; the network has ${own?.length ?? "no such parameter"}.`);
    }
    own.set(values);
  }
  if (start["output.scales"] === undefined) {
    const [rows, columns] = [outputInputs(architecture), architecture.outputs.length];
    const weights = parameters["output.weights"]!;
    parameters["output.scales"]?.set(makeQuantiser(architecture.outputQuantiser, rows, columns).initialScales(weights));
  }
  return parameters;
}

/** One layer's parameters by the kernel's names; the arrays are shared. */
export function layerParameters(parameters: Parameters, layer: number): LayerParameters {
  const prefix = layerPrefix(layer);
  const own = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, values]) => [name.slice(prefix.length), values]));
}

/** Puts a layer's arrays under their names in the network. */
export function withLayerPrefix(layer: number, arrays: LayerParameters): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, values]) => [layerPrefix(layer) + name, values]));
}

/** The parameters that training moves, in order. */
export function updatedNames(architecture: Architecture): string[] {
  return Object.keys(parameterShapes(architecture)).filter((name) => {
    const [, layer, own] = /^layers\.(\d+)\.(.+)$/.exec(name) ?? [];
    return layer === undefined || own === undefined || isUpdated(own, architecture.layers[Number(layer)]!);
  });
}

/** Euclidean norm of all gradients together. */
export function gradientNorm(gradients: Iterable<Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients) {
    for (let index = 0; index < gradient.length; index++) {
      sum += gradient[index]! * gradient[index]!;
    }
  }
  return Math.sqrt(sum);
}
