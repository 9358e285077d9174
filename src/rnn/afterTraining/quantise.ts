import { cellOf, gatesOf, type LayerSpec } from "../../cells/cells.js";
import type { MatrixName } from "../../cells/contract.js";
import { randomStream } from "../../numbers/random.js";
import { learnedScales, levelsOf, makeQuantiser } from "../../quantisers/make.js";
import type { Quantiser } from "../../quantisers/contract.js";
import type { QuantiserSpec } from "../../quantisers/quantiserSpec.js";
import { layerInputs } from "../architecture.js";
import { layerParameters, type Parameters, withLayerPrefix } from "../training/parameters.js";
import { matrixRows } from "../training/layerParameters.js";
import type { LatentNetwork } from "./latentNetwork.js";

/**
 * Quantisation of trained float weights W without training. Each group of columns, by default each column (a gate row of the
 * hardware) by itself, gets the scale that fits best in least squares,
 *
 *   g = <W, Q> / <Q, Q>   with Q the codes that the rule gives,
 *
 * which is Equation 5 of Li and Liu 2016 (TWN) for a ternary rule. The scales are the gains of weight normalisation, so the outcome
 * is a layer like any other: it ships with one scale for each gate row, and can be trained on.
 */

/** Columns that share a scale: each alone, those of a gate, or all of a matrix. */
export const scaleGroups = ["row", "gate", "matrix"] as const;
export type ScaleGroup = (typeof scaleGroups)[number];

export interface AfterTraining {
  readonly quantiser: Readonly<Record<MatrixName, QuantiserSpec>>;
  readonly scales: ScaleGroup;
}

/** The network with quantised recurrent layers under weight normalisation; embedding and output layer stay as they are. */
export function quantisedNetwork({ architecture, parameters }: LatentNetwork, choice: AfterTraining): LatentNetwork {
  const layers = architecture.layers.map((spec) => ({ ...spec, quantiser: choice.quantiser, normaliser: { kind: "weight" } }) as LayerSpec);
  const arrays = layers.map((spec, index) =>
    withLayerPrefix(index, quantisedLayer(spec, layerInputs(architecture, index), layerParameters(parameters, index), choice)),
  );
  return { architecture: { ...architecture, layers }, parameters: Object.assign({}, parameters, ...arrays) as Parameters };
}

function quantisedLayer(spec: LayerSpec, inputs: number, own: Parameters, { quantiser, scales }: AfterTraining): Record<string, Float32Array> {
  const { matrices, vectors } = cellOf(spec);
  const gates = gatesOf(spec);
  const columns = gates * spec.units;
  const entries = matrices.flatMap((matrix): [string, Float32Array][] => {
    const weights = own[`${matrix}Weights`]!;
    const rule = makeQuantiser(quantiser[matrix], matrixRows(matrix, spec, inputs), columns, gates);
    const groups = groupOfColumns(scales, columns, gates);
    const fitted = fittedMatrix(weights, rule, groups, levelsOf(quantiser[matrix]) === "full");
    const gamma = vectors.find((vector) => vector.role === "gain" && vector.of === matrix)!.trained;
    const learned: [string, Float32Array][] = learnedScales(quantiser[matrix]) > 0 ? [[`${matrix}Scales`, rule.initialScales(fitted.latent)]] : [];
    return [[`${matrix}Weights`, fitted.latent], [gamma, fitted.gamma], ...learned];
  });
  return Object.fromEntries(entries);
}

/** The group of each column. */
function groupOfColumns(scales: ScaleGroup, columns: number, gates: number): Int32Array {
  const width = { row: 1, gate: columns / gates, matrix: columns }[scales];
  return Int32Array.from({ length: columns }, (_, column) => Math.floor(column / width));
}

interface FittedMatrix {
  /** The weights, each group in units in which the rule's levels fit it. */
  readonly latent: Float32Array;
  /** [columns], the gain of weight normalisation: scale times the norm of the codes. */
  readonly gamma: Float32Array;
}

/** Levels of a rule with a fixed size are tried at these multiples of the mean weight, an eighth of an octave apart. */
const triedLevels = Array.from({ length: 29 }, (_, index) => 2 ** (index / 8 - 1.5));

function fittedMatrix(weights: Float32Array, rule: Quantiser, groups: Int32Array, isFull: boolean): FittedMatrix {
  const means = groupMeans(weights, groups);
  const { saturation } = rule;
  // A rule without levels of a fixed size fits itself to the weights; equal means let one threshold serve all groups.
  const tried = isFull ? [1] : saturation === null ? [1] : triedLevels;
  const factorsAt = (level: number): Float64Array =>
    means.map((mean) => (isFull || mean === 0 ? 1 : (saturation === null ? overall(means) : saturation / level) / mean));
  const factors = bestFactors(weights, rule, groups, tried.map(factorsAt));
  const latent = scaledBy(weights, factors, groups);
  const quantised = quantise(rule, latent);
  const { gains, norms } = fit(weights, quantised, groups);
  return { latent, gamma: Float32Array.from(norms, (norm, column) => norm * gains[groups[column]!]!) };
}

function overall(means: Float64Array): number {
  return means.reduce((sum, mean) => sum + mean, 0) / means.length || 1;
}

/** Mean |w| of each group. */
function groupMeans(weights: Float32Array, groups: Int32Array): Float64Array {
  const columns = groups.length;
  const count = groups[columns - 1]! + 1;
  const sums = new Float64Array(count);
  weights.forEach((weight, index) => (sums[groups[index % columns]!]! += Math.abs(weight)));
  return sums.map((sum) => (sum * count) / weights.length);
}

/** Computes for each group the factor with which its codes fit its weights best. */
function bestFactors(weights: Float32Array, rule: Quantiser, groups: Int32Array, tried: readonly Float64Array[]): Float64Array {
  const [first] = tried;
  if (tried.length === 1) {
    return first!;
  }
  const best = first!.slice();
  const most = new Float64Array(best.length).fill(-1);
  for (const factors of tried) {
    const { explained } = fit(weights, quantise(rule, scaledBy(weights, factors, groups)), groups);
    explained.forEach((gain, group) => {
      if (gain > most[group]!) {
        most[group] = gain;
        best[group] = factors[group]!;
      }
    });
  }
  return best;
}

function scaledBy(weights: Float32Array, factors: Float64Array, groups: Int32Array): Float32Array {
  return weights.map((weight, index) => weight * factors[groups[index % groups.length]!]!);
}

function quantise(rule: Quantiser, latent: Float32Array): Float32Array {
  return rule.quantise(latent, { stream: randomStream(1, "input-weights", -1), sampling: "deterministic", scales: rule.initialScales(latent) });
}

/** The least-squares scale of each group, what of the squares of the weights it explains, and the norm of each column. */
function fit(weights: Float32Array, quantised: Float32Array, groups: Int32Array) {
  const columns = groups.length;
  const count = groups[columns - 1]! + 1;
  const [products, squares] = [new Float64Array(count), new Float64Array(count)];
  const norms = new Float64Array(columns);
  quantised.forEach((value, index) => {
    const group = groups[index % columns]!;
    products[group]! += value * weights[index]!;
    squares[group]! += value * value;
    norms[index % columns]! += value * value;
  });
  const gains = products.map((product, group) => (squares[group]! > 0 ? product / squares[group]! : 0));
  return { gains, explained: products.map((product, group) => product * gains[group]!), norms: norms.map(Math.sqrt) };
}
