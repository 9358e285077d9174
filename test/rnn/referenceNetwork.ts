import { layerInputs } from "../../src/rnn/architecture.js";
import type { Architecture } from "../../src/rnn/architecture.js";
import type { LayerSpec } from "../../src/cells/cells.js";
import type { GruShape } from "../../src/rnn/kernels/contract.js";
import type { LayerPassMasks } from "../../src/rnn/training/layerPass.js";
import type { Minibatch, MinibatchShape } from "../../src/rnn/training/minibatch.js";
import type { NetworkState } from "../../src/rnn/training/network.js";
import { referenceGruHidden } from "./referenceGru.js";
import type { ReferenceGruWeights } from "./referenceGru.js";
import { referenceHidden } from "./referenceLstm.js";
import type { ReferenceWeights } from "./referenceLstm.js";
import { referenceMinGruHidden } from "./referenceMinGru.js";
import type { ReferenceMinGruWeights } from "./referenceMinGru.js";
import type { ReferenceInput, ReferenceOptions } from "./referenceSteps.js";

/** Parameters by name, in any precision. */
export type Numbers = Readonly<Record<string, ArrayLike<number>>>;

export interface ReferenceExtras {
  /** Where every layer goes on from. */
  readonly start?: NetworkState;
  /** Factors on the word vectors. */
  readonly embeddingMask?: ArrayLike<number>;
  readonly masks?: readonly (DirectionMasks & { readonly reverse?: DirectionMasks })[];
}

interface DirectionMasks {
  readonly ofOutput?: ArrayLike<number>;
  readonly ofRecurrence: LayerPassMasks;
}

/**
 * The whole network in plain loops and double precision, with full-precision weights: word vectors, recurrent layers,
 * dense layer, softmax, mean cross-entropy in nats.
 */
export function referenceNetworkLoss(
  architecture: Architecture,
  shape: MinibatchShape,
  parameters: Numbers,
  { input, targets }: Minibatch,
  extras: ReferenceExtras = {},
): number {
  let next: ReferenceInput = firstInput(architecture, parameters, input, extras.embeddingMask);
  let hidden: number[] = [];
  architecture.layers.forEach((spec, index) => {
    const ofLayer = ofPrefix(parameters, `layers.${index}.`);
    hidden = layerHidden(architecture, index, shape, ofLayer, next, { start: extras.start?.[index], masks: extras.masks?.[index] });
    if (spec.bidirectional) {
      const reverse = layerHidden(architecture, index, shape, ofPrefix(ofLayer, "reverse."), reversed(next, shape), { masks: extras.masks?.[index]?.reverse });
      hidden = sideBySide(hidden, timestepsReversed(reverse, shape.timesteps), spec.units);
    }
    next = { kind: "dense", values: hidden };
  });
  const { units, bidirectional } = architecture.layers.at(-1)!;
  const last = hidden.slice(hidden.length - targets.length * units * (bidirectional ? 2 : 1));
  const read = bidirectional ? last.map((value, at) => (at % (2 * units) < units ? value : hidden[at]!)) : last;
  return meanCrossEntropy(read, read.length / targets.length, parameters["output.weights"]!, parameters["output.bias"]!, targets);
}

/** What begins with a prefix, without it. */
function ofPrefix(parameters: Numbers, prefix: string): Numbers {
  return Object.fromEntries(Object.entries(parameters).flatMap(([name, values]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), values]] : [])));
}

function timestepsReversed(values: ArrayLike<number>, timesteps: number): number[] {
  const width = values.length / timesteps;
  return Array.from(values, (_, at) => values[(timesteps - 1 - Math.floor(at / width)) * width + (at % width)]!);
}

function reversed(input: ReferenceInput, { timesteps }: MinibatchShape): ReferenceInput {
  return input.kind === "dense" ? { kind: "dense", values: timestepsReversed(input.values, timesteps) } : input;
}

/** [N, H] and [N, H] to [N, 2H] */
function sideBySide(one: readonly number[], other: readonly number[], units: number): number[] {
  return Array.from({ length: one.length / units }, (_, row) => [...one.slice(row * units, (row + 1) * units), ...other.slice(row * units, (row + 1) * units)]).flat();
}

function firstInput({ input: form }: Architecture, parameters: Numbers, input: Minibatch["input"], mask?: ArrayLike<number>): ReferenceInput {
  if (form.kind !== "embedding" || input.kind !== "symbols") {
    return input;
  }
  const table = parameters["embedding"]!;
  const values = [...input.symbols].flatMap((symbol) => Array.from({ length: form.units }, (_, unit) => table[symbol * form.units + unit]!));
  return { kind: "dense", values: mask ? values.map((value, at) => value * mask[at]!) : values };
}

function layerHidden(
  architecture: Architecture,
  index: number,
  shape: MinibatchShape,
  own: Numbers,
  input: ReferenceInput,
  { start, masks }: { readonly start?: NetworkState[number] | undefined; readonly masks?: DirectionMasks | undefined },
): number[] {
  const spec = architecture.layers[index]!;
  const weights = spec.normaliser.kind === "weight" ? { ...own, ...weightNormalised(own) } : own;
  const normalisation = spec.normaliser.kind === "weight" ? "none" : spec.normaliser.kind;
  const epsilon = 1e-5;
  const common = { ...shape, inputs: layerInputs(architecture, index), units: spec.units, normalisation, epsilon };
  const { initialNoise, ...ofRecurrence } = masks?.ofRecurrence ?? {};
  const carried = start && { carriedHidden: start.hidden, carriedCell: start.cell };
  const options = { ...(initialNoise && noisyStates(own, initialNoise)), ...carried, ...ofRecurrence };
  const hidden = cellHidden(spec, common, weights, input, options);
  return masks?.ofOutput ? hidden.map((value, at) => value * masks.ofOutput![at]!) : hidden;
}

function cellHidden(
  spec: LayerSpec,
  common: Omit<GruShape, "reset"> & { normalisation: "none" | "batch" | "layer" | "rms" },
  weights: Numbers,
  input: ReferenceInput,
  options: ReferenceOptions,
): number[] {
  switch (spec.cell) {
    case "lstm":
      return referenceHidden({ ...common, cellNormalisation: spec.cellNormaliser.kind }, weights as unknown as ReferenceWeights, input, options);
    case "gru":
      return referenceGruHidden({ ...common, reset: spec.reset }, weights as unknown as ReferenceGruWeights, input, options);
    case "min-gru":
      return referenceMinGruHidden({ ...common, cell: spec.cell }, weights as unknown as ReferenceMinGruWeights, input, options);
  }
}

/** The initial states of every sequence, the hidden one with its noise [B, H]. */
function noisyStates({ initialHidden, initialCell }: Numbers, noise: Float32Array): Pick<ReferenceOptions, "carriedHidden" | "carriedCell"> {
  const carriedHidden = Array.from(noise, (value, index) => value + initialHidden![index % initialHidden!.length]!);
  return { carriedHidden, ...(initialCell && { carriedCell: Array.from(noise, (_, index) => initialCell[index % initialCell.length]!) }) };
}

function weightNormalised({ inputWeights, recurrentWeights, gammaInput, gammaRecurrent }: Numbers): Numbers {
  return {
    inputWeights: unitColumns(inputWeights!, gammaInput!),
    ...(recurrentWeights && { recurrentWeights: unitColumns(recurrentWeights, gammaRecurrent!) }),
  };
}

/** gamma_j q_j / |q_j| */
function unitColumns(matrix: ArrayLike<number>, gamma: ArrayLike<number>): number[] {
  const columns = gamma.length;
  const norm = (column: number): number =>
    Math.sqrt(Array.from(matrix).reduce((sum, value, index) => sum + (index % columns === column ? value * value : 0), 0));
  const norms = Array.from({ length: columns }, (_, column) => norm(column));
  return Array.from(matrix, (value, index) => (gamma[index % columns]! * value) / norms[index % columns]!);
}

/** @param hidden [N, H] */
export function meanCrossEntropy(
  hidden: ArrayLike<number>,
  units: number,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
  targets: ArrayLike<number>,
): number {
  const losses = Array.from(targets, (target, row) => {
    const logits = Array.from(bias, (shift, column) => {
      let sum = shift;
      for (let unit = 0; unit < units; unit++) {
        sum += hidden[row * units + unit]! * weights[unit * bias.length + column]!;
      }
      return sum;
    });
    return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[target]!;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
