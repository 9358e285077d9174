import type { LayerSpec } from "../../experiment/spec.js";
import { activationRounding, roundedInWords, roundsValues } from "../activationRounding.js";
import { normaliserOf as descriptorOf, type TrainingForm } from "../../normalisers/lookup.js";
import { normalisersOf } from "../../normalisers/ofLayer.js";
import { normaliserOf } from "../../cells/cells.js";
import type { NormalisedPart } from "../../cells/contract.js";
import { stateRounding } from "../fixedState.js";
import type {
  InputStatistics,
  LstmForwardOptions,
  LstmStatistics,
  Normalisation,
  ProductStatistics,
  RecurrentKernel,
  RecurrentPass,
  SequenceInput,
} from "../kernels/contract.js";
import type { LayerParameters } from "./layerParameters.js";

/** One recurrent layer over a whole sequence, whichever its cell: the kernel's passes behind one face. */
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
  /** Ignored for a cell without cell state. */
  readonly cellNormalisation: Normalisation;
  readonly epsilon: number;
}

/** [B, H] state between two timesteps; a GRU, for one, has no cell. */
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
  readonly statistics?: InputStatistics | ProductStatistics | LstmStatistics;
}

/** How the layer's normalisers appear to the kernel in training: weight normalisation is done on the matrices before. */
export function trainingNormalisation(spec: LayerSpec): Pick<LayerPassShape, "normalisation" | "cellNormalisation" | "epsilon"> {
  const formOf = (part: NormalisedPart) => descriptorOf(normaliserOf(spec, part)).kernelForm as TrainingForm;
  const epsilon = normalisersOf(spec).flatMap((normaliser) => ("epsilon" in normaliser ? [normaliser.epsilon] : []))[0] ?? 0;
  return { normalisation: formOf("input"), cellNormalisation: formOf("cell"), epsilon };
}

/** @throws Error for states or activations that are rounded on a kernel that does not; `kernelFor` chooses one that does */
export function layerPass(kernel: RecurrentKernel, spec: LayerSpec, shape: LayerPassShape): LayerPass {
  if (roundsValues(spec) && kernel.roundsStates !== true) {
    throw new Error(`The compute kernel ${kernel.name} has no ${roundedInWords([spec])}; the one in TensorFlow.js operations has.`);
  }
  const pass = cellPass(kernel, spec, shape);
  return {
    forward: (weights, input, { start, masks: { initialNoise, ...masks } = {} } = {}) => {
      const from = start ?? noisyStart(weights, initialNoise);
      const carried = from && { carriedHidden: from.hidden, ...(from.cell && { carriedCell: from.cell }) };
      const { hidden, lastCell, statistics } = pass.forward(weights, input, { ...carried, ...masks });
      const end = { hidden: lastState(hidden, shape, spec.units), ...(lastCell && { cell: lastCell.slice() }) };
      return { hidden, end, statistics };
    },
    backward: (gradHidden) => ({ ...pass.backward(gradHidden) }),
    dispose: () => pass.dispose(),
  };
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

/** A kernel's pass of any cell; what a cell has not is absent. */
type CellPass = RecurrentPass<
  unknown,
  LayerParameters,
  LstmForwardOptions,
  Pick<LayerForward, "hidden" | "statistics"> & { readonly lastCell?: Float32Array }
>;

function cellPass(kernel: RecurrentKernel, spec: LayerSpec, shape: LayerPassShape): CellPass {
  const { cellNormalisation, ...products } = shape;
  const common = { ...products, units: spec.units, rounding: stateRounding(spec), activations: activationRounding(spec) };
  switch (spec.cell) {
    case "lstm":
      return kernel.lstm({ ...common, cellNormalisation }) as unknown as CellPass;
    case "gru":
      return kernel.gru({ ...common, reset: spec.reset }) as unknown as CellPass;
    case "min-gru":
      return kernel.minGru({ ...common, cell: spec.cell }) as unknown as CellPass;
  }
}
