import { cellOf, gatesOf, isTrained, type LayerSpec, normaliserOf, quantiserOf, type Vector } from "../../cells/cells.js";
import type { MatrixName, RecurrentSpec } from "../../cells/contract.js";
import { normaliserOf as descriptorOf } from "../../normalisers/lookup.js";
import type { QuantiserSpec } from "../../quantisers/quantiserSpec.js";
import { learnedScales, makeQuantiser } from "../../quantisers/make.js";
import { type Architecture, layerInputs, outputInputs } from "../architecture.js";
import { type DirectionName, directionsOf } from "../bidirectional.js";
import type { LayerParameters } from "./layerParameters.js";
import { layerParameters, type Parameters, parameterShapes, withLayerPrefix } from "./parameters.js";
import { inverseNorms } from "./weightNormalisation.js";

/** A network whose latent weights another one begins with. */
export interface StartSource {
  /** What messages and the spec call it: 'run "fox"'. */
  readonly title: string;
  /** Without `outputs` where it has no output layer, or its outputs have no names. */
  readonly network: Omit<Architecture, "outputs" | "readout"> & { readonly outputs?: readonly string[] };
  /** Latent ones, by the names of a network's parameters. */
  readonly parameters: Parameters;
}

/** A network to start from that has another form than the one to be trained. */
export class StartMismatchError extends Error {
  override readonly name = "StartMismatchError";
}

/**
 * Latent parameters of a trained network as another network begins with them:
 *
 * - A matrix whose quantiser has a magnitude W0 is scaled as a whole, so that the root mean square of its weights is W0, where the
 *   source's quantiser had none or another one; a quantiser that clips clips then. Other matrices are taken as they are.
 * - Gains are taken from a normaliser of the same effect: among batch, layer and RMS normalisation, which divide by a deviation, and from
 *   weight normalisation to itself. A network without normaliser gives weight normalisation the norms of its columns as gains, and one
 *   with weight normalisation gives a network without it the columns with their gains: both compute the same before they are
 *   quantised. All other gains begin as without a start.
 * - Shifts, learned initial states and word vectors are taken as they are; scales that a quantiser learns from the same kind of quantiser.
 *   What the source has not begins as without a start.
 * @throws StartMismatchError that names the first part which differs, with both forms
 */
export function warmStart(source: StartSource, target: Architecture): Parameters {
  checkForm(source, target);
  const layers = target.layers.flatMap((spec, layer) =>
    directionsOf(spec).map((direction) => startedLayer(source, spec, { layer, direction, inputs: layerInputs(target, layer) })),
  );
  const own = Object.assign({}, ...layers) as Parameters;
  const { embedding } = source.parameters;
  return { ...own, ...(embedding && target.input.kind === "embedding" && { embedding: embedding.slice() }), ...startedOutput(source, target) };
}

function startedOutput({ network, parameters }: StartSource, target: Architecture): Parameters {
  const { "output.weights": weights, "output.bias": bias, "output.scales": scales } = parameters;
  const matrix = { rows: outputInputs(target), columns: target.outputs.length, gates: 1 };
  return {
    ...(weights && named("output.weights", "output.scales", startedMatrix(weights, scales, network.outputQuantiser, target.outputQuantiser, matrix))),
    ...(bias && { "output.bias": bias.slice() }),
  };
}

interface Place {
  readonly layer: number;
  readonly direction: DirectionName;
  /** I */
  readonly inputs: number;
}

function startedLayer({ network, parameters }: StartSource, spec: LayerSpec, { layer, direction, inputs }: Place): Parameters {
  const from = network.layers[layer]!;
  const own = layerParameters(parameters, layer, direction);
  const gates = gatesOf(spec);
  const matrices = cellOf(spec).matrices.map((matrix) => {
    const shape = { rows: matrix === "input" ? inputs : spec.units, columns: gates * spec.units, gates };
    const latent = withoutWeightNorm(from, spec, matrix, own);
    const started = startedMatrix(latent, own[`${matrix}Scales`], quantiserOf(from, matrix), quantiserOf(spec, matrix), shape);
    return named(`${matrix}Weights`, `${matrix}Scales`, started);
  });
  const vectors = cellOf(spec).vectors.filter((vector) => isTrained(spec, vector)).flatMap((vector) => {
    const values = startedVector(from, spec, vector, own);
    return values ? [[vector.trained, values] as const] : [];
  });
  return withLayerPrefix(layer, { ...(Object.assign({}, ...matrices) as LayerParameters), ...Object.fromEntries(vectors) }, direction);
}

interface StartedMatrix {
  readonly latent: Float32Array;
  readonly scales?: Float32Array;
}

function named(weights: string, scaleName: string, { latent, scales }: StartedMatrix): Parameters {
  return { [weights]: latent, ...(scales && { [scaleName]: scales }) };
}

/** A matrix in the range of its quantiser, and the scales that this learns. */
function startedMatrix(
  weights: Float32Array,
  scales: Float32Array | undefined,
  from: QuantiserSpec,
  to: QuantiserSpec,
  { rows, columns, gates }: { readonly rows: number; readonly columns: number; readonly gates: number },
): StartedMatrix {
  const quantiser = makeQuantiser(to, rows, columns, gates);
  const { saturation } = quantiser;
  const isInRange = saturation === null || saturation === makeQuantiser(from, rows, columns, gates).saturation;
  const latent = isInRange ? weights.slice() : scaledTo(saturation, weights);
  quantiser.constrain(latent);
  if (learnedScales(to) === 0) {
    return { latent };
  }
  return { latent, scales: scales && from.kind === to.kind ? scales.slice() : quantiser.initialScales(latent) };
}

/** Weights with a given root mean square; zeros stay zeros. */
function scaledTo(magnitude: number, weights: Float32Array): Float32Array {
  const square = weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length;
  const factor = square > 0 ? magnitude / Math.sqrt(square) : 1;
  return weights.map((weight) => factor * weight);
}

/** Whether a normaliser makes the scale of a matrix, or of its product, immaterial; and how. */
type Effect = "none" | "columns" | "deviation";

function effectOf(spec: RecurrentSpec): Effect {
  const { measures } = descriptorOf(spec.normaliser);
  return measures === "matrix" ? "columns" : measures === "nothing" ? "none" : "deviation";
}

/** A latent matrix with the gains of its weight normalisation where the network to be trained has none. */
function withoutWeightNorm(from: LayerSpec, to: LayerSpec, matrix: MatrixName, own: LayerParameters): Float32Array {
  const weights = own[`${matrix}Weights`]!;
  if (!(effectOf(from) === "columns" && effectOf(to) === "none")) {
    return weights;
  }
  const gains = gainsOf(to, matrix, own);
  const inverse = inverseNorms(weights, gains.length);
  return weights.map((weight, index) => weight * inverse[index % gains.length]! * gains[index % gains.length]!);
}

function gainsOf(spec: LayerSpec, matrix: MatrixName, own: LayerParameters): Float32Array {
  const vector = cellOf(spec).vectors.find((one) => one.role === "gain" && one.of === matrix)!;
  return own[vector.trained]!;
}

/** What a vector begins with; undefined for its initial values. */
function startedVector(from: LayerSpec, to: LayerSpec, vector: Vector, own: LayerParameters): Float32Array | undefined {
  if (vector.role !== "gain") {
    return isTrained(from, vector) ? own[vector.trained]?.slice() : undefined;
  }
  if (vector.of === "cell") {
    return descriptorOf(normaliserOf(from, "cell")).hasGain ? own[vector.trained]?.slice() : undefined;
  }
  const [before, now] = [effectOf(from), effectOf(to)];
  if (before === now) {
    return own[vector.trained]?.slice();
  }
  return now === "columns" ? columnNorms(own[`${vector.of}Weights`]!, gatesOf(to) * to.units) : undefined;
}

function columnNorms(weights: Float32Array, columns: number): Float32Array {
  return Float32Array.from(inverseNorms(weights, columns), (inverse) => (inverse > 0 ? 1 / inverse : 0));
}

/** @throws StartMismatchError */
function checkForm(source: StartSource, target: Architecture): void {
  const { title, network, parameters } = source;
  const fail = (fault: string): never => {
    throw new StartMismatchError(`The ${title} is no start for this experiment: ${fault}.`);
  };
  if (network.layers.length !== target.layers.length) {
    fail(`it has ${network.layers.length} layers, the experiment ${target.layers.length}`);
  }
  target.layers.forEach((spec, layer) => {
    const [theirs, ours] = [formOf(network.layers[layer]!), formOf(spec)];
    if (theirs !== ours) {
      fail(`its layer ${layer + 1} is "${theirs}", the experiment's "${ours}"`);
    }
    const [reads, has] = [layerInputs(network, layer), layerInputs(target, layer)];
    if (reads !== has) {
      fail(`its layer ${layer + 1} reads ${reads} values at each timestep, the experiment's ${has}`);
    }
    if (effectOf(network.layers[layer]!) === "deviation" && effectOf(spec) !== "deviation") {
      const { kind } = network.layers[layer]!.normaliser;
      fail(
        `its layer ${layer + 1} has ${kind} normalisation, whose statistics are no part of its latent weights, and the experiment's ` +
          "divides by no deviation: give that tl.batchNorm(), tl.layerNorm() or tl.rmsNorm()",
      );
    }
  });
  if (parameters["embedding"] !== undefined && parameters["embedding"].length !== (parameterShapes(target)["embedding"] ?? [0]).reduce((a, b) => a * b)) {
    fail("its table of word vectors is of another number of symbols or another width");
  }
  checkOutputs(source, target, fail);
}

function checkOutputs({ network: { outputs }, parameters }: StartSource, target: Architecture, fail: (fault: string) => void): void {
  const bias = parameters["output.bias"];
  if (bias !== undefined && bias.length !== target.outputs.length) {
    fail(`it tells ${bias.length} symbols or classes apart, the data has ${target.outputs.length}`);
  }
  const other = outputs === undefined ? -1 : target.outputs.findIndex((name, index) => name !== outputs[index]);
  if (other >= 0) {
    fail(`symbol or class ${other} is ${JSON.stringify(outputs![other])} there and ${JSON.stringify(target.outputs[other])} in the data`);
  }
}

/** "bidirectional GRU, reset after, 64 units" */
function formOf(spec: LayerSpec): string {
  return `${spec.bidirectional ? "bidirectional " : ""}${cellOf(spec).inWords(spec)}, ${spec.units} units`;
}
