import type { LayerSpec } from "../../experiment/spec.js";
import { activationRounding, roundedInWords, roundsValues } from "../activationRounding.js";
import { normaliserOf, type TrainingForm } from "../../normalisers/lookup.js";
import { normalisersOf } from "../../normalisers/ofLayer.js";
import { stateRounding } from "../fixedState.js";
import type {
  GruWeights,
  LstmStatistics,
  LstmWeights,
  Normalisation,
  ProductStatistics,
  RecurrentKernel,
  SequenceInput,
} from "../kernels/contract.js";
import type { LayerParameters } from "./layerParameters.js";

/** One recurrent layer over a whole sequence, whichever its cell: the kernel's LSTM or GRU pass behind one face. */
export interface LayerPass {
  /** Arrays in the result stay valid until the next call. */
  forward(weights: LayerParameters, input: SequenceInput, options?: LayerPassOptions): LayerForward;
  /** Gradients of every weight, and `input` [T, B, I] for dense input; valid until the next call. */
  backward(gradHidden: Float32Array): Record<string, Float32Array>;
  dispose(): void;
}

export interface LayerPassShape {
  readonly timesteps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly normalisation: Normalisation;
  /** Ignored for a GRU. */
  readonly cellNormalisation: Normalisation;
  readonly epsilon: number;
}

/** [B, H] state between two timesteps; a GRU has no cell. */
export interface LayerState {
  readonly hidden: Float32Array;
  readonly cell?: Float32Array;
}

export interface LayerPassMasks {
  /** [B, H] added to the initial hidden state; where the pass goes on from a state, not read. */
  readonly initialNoise?: Float32Array;
  readonly recurrentMask?: Float32Array;
  readonly zoneoutHidden?: Float32Array;
  readonly zoneoutCell?: Float32Array;
  /** [T, B], 0 for rows that batch statistics leave out. */
  readonly countedRows?: Float32Array;
}

export interface LayerPassOptions {
  /** Where to go on from, instead of the initial state. */
  readonly start?: LayerState;
  readonly masks?: LayerPassMasks;
}

export interface LayerForward {
  /** [T, B, H] */
  readonly hidden: Float32Array;
  /** After the last timestep; a copy. */
  readonly end: LayerState;
  readonly statistics?: ProductStatistics | LstmStatistics;
}

/** How the layer's normalisers appear to the kernel in training: weight normalisation is done on the matrices before. */
export function trainingNormalisation(spec: LayerSpec): Pick<LayerPassShape, "normalisation" | "cellNormalisation" | "epsilon"> {
  const [products, cell = "none"] = normalisersOf(spec).map((normaliser) => normaliserOf(normaliser).kernelForm as TrainingForm);
  const epsilons = normalisersOf(spec).flatMap((normaliser) => ("epsilon" in normaliser ? [normaliser.epsilon] : []));
  return { normalisation: products!, cellNormalisation: cell, epsilon: epsilons[0] ?? 0 };
}

/** @throws Error for states or activations that are rounded on a kernel that does not; `kernelFor` chooses one that does */
export function layerPass(kernel: RecurrentKernel, spec: LayerSpec, shape: LayerPassShape): LayerPass {
  if (roundsValues(spec) && kernel.roundsStates !== true) {
    throw new Error(`The compute kernel ${kernel.name} has no ${roundedInWords([spec])}; the one in TensorFlow.js operations has.`);
  }
  return spec.cell === "lstm" ? lstmPass(kernel, spec, shape) : gruPass(kernel, spec, shape);
}

/** The last timestep of [T, B, H]. */
function lastState(hidden: Float32Array, { batch }: LayerPassShape, units: number): Float32Array {
  return hidden.slice(hidden.length - batch * units);
}

/** The initial states of each sequence, the hidden one with its noise. @param noise [B, H] */
function noisyStart({ initialHidden, initialCell }: LayerParameters, noise: Float32Array | undefined): LayerState | undefined {
  const repeated = (state: Float32Array, index: number): number => state[index % state.length]!;
  return (
    noise && {
      hidden: noise.map((value, index) => value + repeated(initialHidden!, index)),
      ...(initialCell && { cell: noise.map((_, index) => repeated(initialCell, index)) }),
    }
  );
}

function lstmPass(kernel: RecurrentKernel, spec: LayerSpec & { cell: "lstm" }, shape: LayerPassShape): LayerPass {
  const { units } = spec;
  const pass = kernel.lstm({ ...shape, units, rounding: stateRounding(spec), activations: activationRounding(spec) });
  return {
    forward: (weights, input, { start, masks: { initialNoise, ...masks } = {} } = {}) => {
      const from = start ?? noisyStart(weights, initialNoise);
      const carried = from && { carriedHidden: from.hidden, carriedCell: from.cell };
      const { hidden, lastCell, statistics } = pass.forward(weights as unknown as LstmWeights, input, { ...carried, ...masks });
      return { hidden, end: { hidden: lastState(hidden, shape, units), cell: lastCell.slice() }, statistics };
    },
    backward: (gradHidden) => ({ ...pass.backward(gradHidden) }),
    dispose: () => pass.dispose(),
  };
}

function gruPass(kernel: RecurrentKernel, spec: LayerSpec & { cell: "gru" }, shape: LayerPassShape): LayerPass {
  const { timesteps, batch, inputs, normalisation, epsilon } = shape;
  const { units, reset } = spec;
  const rounding = stateRounding(spec);
  const pass = kernel.gru({ timesteps, batch, inputs, units, normalisation, epsilon, reset, rounding, activations: activationRounding(spec) });
  return {
    forward: (weights, input, { start, masks: { initialNoise, ...masks } = {} } = {}) => {
      const from = start ?? noisyStart(weights, initialNoise);
      const carried = from && { carriedHidden: from.hidden };
      const { hidden, statistics } = pass.forward(weights as unknown as GruWeights, input, { ...carried, ...masks });
      return { hidden, end: { hidden: lastState(hidden, shape, units) }, statistics };
    },
    backward: (gradHidden) => ({ ...pass.backward(gradHidden) }),
    dispose: () => pass.dispose(),
  };
}
