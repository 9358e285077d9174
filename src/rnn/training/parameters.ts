import { layerInputs, outputInputs } from "../architecture.js";
import type { Architecture } from "../architecture.js";
import { directionNumber, directionsOf } from "../bidirectional.js";
import type { DirectionName } from "../bidirectional.js";
import { initialLayerParameters, isUpdated, layerParameterShapes } from "./layerParameters.js";
import type { LayerParameters } from "./layerParameters.js";
import { orthogonalMatrix } from "../../numbers/orthogonal.js";
import { learnedScales, makeQuantiser } from "../../quantisers/make.js";
import { randomStream, uniformAt } from "../../numbers/random.js";

/**
 * Everything that training updates, by name: "embedding", "layers.0.inputWeights", ..., "layers.0.reverse.inputWeights", ... of
 * a bidirectional layer, "output.weights", "output.bias", and "output.scales" where the output's quantiser learns any.
 */
export type Parameters = Readonly<Record<string, Float32Array>>;

const ofReverse = "reverse.";
const layerPrefix = (layer: number, direction: DirectionName): string => `layers.${layer}.${direction === "reverse" ? ofReverse : ""}`;

/** Each direction of each layer, in order. */
function layerDirections(architecture: Architecture) {
  return architecture.layers.flatMap((spec, layer) =>
    directionsOf(spec).map((direction) => ({
      spec,
      inputs: layerInputs(architecture, layer),
      number: directionNumber(layer, direction),
      prefix: layerPrefix(layer, direction),
    })),
  );
}

/** Shape of each parameter, in the order in which all are listed. */
export function parameterShapes(architecture: Architecture): Readonly<Record<string, readonly number[]>> {
  const { input, outputs, outputQuantiser } = architecture;
  const shapes: Record<string, readonly number[]> = {};
  if (input.kind === "embedding") {
    shapes["embedding"] = [input.symbols.length, input.units];
  }
  for (const { spec, inputs, prefix } of layerDirections(architecture)) {
    for (const [name, shape] of Object.entries(layerParameterShapes(spec, inputs))) {
      shapes[prefix + name] = shape;
    }
  }
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
  const { outputQuantiser } = architecture;
  const parameters = mapParameters(architecture, (_, length) => new Float32Array(length));
  const embedding = randomStream(seed, "initial-embedding", 0);
  parameters["embedding"]?.forEach((_, index, table) => {
    table[index] = (2 * uniformAt(embedding, index) - 1) * embeddingRange;
  });
  for (const { spec, inputs, number, prefix } of layerDirections(architecture)) {
    for (const [name, values] of Object.entries(initialLayerParameters(spec, inputs, seed, number))) {
      parameters[prefix + name]!.set(values);
    }
  }
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

/** The parameters of one direction of a layer by the kernel's names; the arrays are shared. */
export function layerParameters(parameters: Parameters, layer: number, direction: DirectionName = "forward"): LayerParameters {
  const prefix = layerPrefix(layer, direction);
  const own = Object.entries(parameters)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, values]): [string, Float32Array] => [name.slice(prefix.length), values]);
  return Object.fromEntries(own.filter(([name]) => !name.startsWith(ofReverse)));
}

/** Puts the arrays of one direction of a layer under their names in the network. */
export function withLayerPrefix<T>(layer: number, arrays: Readonly<Record<string, T>>, direction: DirectionName = "forward"): Record<string, T> {
  const prefix = layerPrefix(layer, direction);
  return Object.fromEntries(Object.entries(arrays).map(([name, values]) => [prefix + name, values]));
}

/** The parameters that training moves, in order. */
export function updatedNames(architecture: Architecture): string[] {
  return Object.keys(parameterShapes(architecture)).filter((name) => {
    const [, layer, own] = /^layers\.(\d+)\.(?:reverse\.)?(.+)$/.exec(name) ?? [];
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
