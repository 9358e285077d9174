import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import { requireValid } from "../experiment/faults.js";
import { isPlainObject } from "../experiment/optionNames.js";
import {
  type CellNormaliserSpec,
  type GruSpec,
  gruSchema,
  type LstmSpec,
  lstmSchema,
  lstmStateSchema,
  type NormaliserSpec,
} from "../experiment/spec.js";
import { batchNorm } from "../normalisers/table.js";
import { checkOptions } from "../experiment/options.js";
import { ternary } from "../quantisers/quantisers.js";
import { defaultCellNormaliser } from "../normalisers/ofLayer.js";

/** h and c of a layer in fixed point. */
export interface FixedState {
  readonly hiddenBits: number;
  readonly cellBits: number;
  readonly cellRange: number;
}

interface FixedStateOptions {
  /** Bits of h, signed, over [-1, 1). Default 12. */
  hiddenBits?: number;
  /** Bits of c, signed; a GRU has none. Default 16. */
  cellBits?: number;
  /** c saturates outside of [-cellRange, cellRange), a power of two. Default 8. */
  cellRange?: number;
}

/**
 * States as an accelerator keeps them: rounded to the nearest number of their format, ties upwards, and saturated at each
 * timestep, in training (gradients go straight through, and are zero where a state saturates), evaluation and what ships.
 * Computes with TensorFlow.js operations, many times slower than native code.
 */
export function fixedState(options: FixedStateOptions = {}): FixedState {
  const { hiddenBits = 12, cellBits = 16, cellRange = 8 } = checkOptions("tl.fixedState", options, stateNames);
  return requireValid("tl.fixedState()", lstmStateSchema, { hiddenBits, cellBits, cellRange });
}

/** One quantiser for both matrices of a layer, or one for each. */
export type QuantiserChoice = QuantiserSpec | { input: QuantiserSpec; recurrent: QuantiserSpec };

interface RecurrentOptions {
  /** Width of the hidden state. */
  units: number;
  /** Of the input and the recurrent matrix. Default: ternary, stochastic, for both. */
  quantiser?: QuantiserChoice;
  /** Of the input and the recurrent product. Default: batch normalisation. */
  normaliser?: NormaliserSpec;
  /** Default: learned, as in the paper's code. `carried`: the state goes on from minibatch to minibatch. */
  initialState?: "learned" | "zero" | "carried";
  /** Probability with which an output of this layer is dropped on its way on. Default 0. */
  dropout?: number;
  /** Probability with which h is dropped before its product, one mask a sequence. Default 0. */
  recurrentDropout?: number;
  /**
   * Standard deviation of Gaussian noise on the hidden state before the first timestep, drawn for each sequence in training
   * and author-style evaluation; what ships has none. The paper's code has 0.1 for sequential MNIST. Default 0.
   */
  initialNoise?: number;
  /** `tl.fixedState()`: the states as an accelerator keeps them. Default: as they are. */
  state?: FixedState;
}

export interface LstmOptions extends RecurrentOptions {
  /** Of the cell state before the output tanh. Default: batch normalisation where the products have it, else none. */
  cellNormaliser?: CellNormaliserSpec;
  /** Probabilities with which a unit keeps its old state (zoneout). Default 0. */
  zoneout?: { hidden?: number; cell?: number };
}

export interface GruOptions extends RecurrentOptions {
  /** Whether the reset gate acts before the product with the candidate's matrix or after. Default: after, as in cuDNN. */
  reset?: "before" | "after";
  /** Probability with which a unit keeps its old state (zoneout). Default 0. */
  zoneout?: { hidden?: number };
}

const recurrentNames = {
  units: true,
  quantiser: true,
  normaliser: true,
  initialState: true,
  dropout: true,
  recurrentDropout: true,
  initialNoise: true,
  state: true,
  zoneout: true,
} as const;

export const lstmNames = { ...recurrentNames, cellNormaliser: true } as const;
const stateNames = { hiddenBits: true, cellBits: true, cellRange: true } as const;

function common(word: string, options: RecurrentOptions) {
  const { normaliser = batchNorm(), quantiser = ternary(), initialState = "learned", dropout = 0, recurrentDropout = 0 } = options;
  if (isForEach(quantiser)) {
    checkOptions(`quantiser of ${word}`, quantiser, { input: true, recurrent: true });
  }
  if (isPlainObject(options.state)) {
    checkOptions(`state of ${word}`, options.state, stateNames);
  }
  return {
    units: options.units,
    quantiser: isForEach(quantiser) ? quantiser : { input: quantiser, recurrent: quantiser },
    normaliser,
    initialState,
    dropout,
    recurrentDropout,
    ...(options.initialNoise !== undefined && { initialNoise: options.initialNoise }),
  } as const;
}

function isForEach(quantiser: QuantiserChoice): quantiser is Exclude<QuantiserChoice, QuantiserSpec> {
  return typeof quantiser === "object" && quantiser !== null && "input" in quantiser;
}

/** One quantiser for both matrices is two in the spec. */
function namesAsGiven({ quantiser }: RecurrentOptions): (path: string) => string {
  return (path) => (quantiser === undefined || isForEach(quantiser) ? path : path.replace(/^quantiser\.(input|recurrent)/, "quantiser"));
}

/** One LSTM layer. */
export function lstm(options: LstmOptions): LstmSpec {
  checkOptions("tl.lstm", options, lstmNames);
  const shared = common("tl.lstm", options);
  const { normaliser } = shared;
  const { zoneout = {}, state, cellNormaliser = defaultCellNormaliser(normaliser) } = options;
  const spec: LstmSpec = {
    cell: "lstm",
    ...shared,
    cellNormaliser,
    zoneout: { hidden: 0, cell: 0, ...checkOptions("zoneout of tl.lstm", zoneout, { hidden: true, cell: true }) },
    ...(state !== undefined && { state }),
  };
  return requireValid("tl.lstm()", lstmSchema, spec, namesAsGiven(options));
}

/** One GRU layer. The paper's released code has no GRU: its normalisation here is our own design. */
export function gru(options: GruOptions): GruSpec {
  checkOptions("tl.gru", options, { ...recurrentNames, reset: true });
  const { zoneout = {}, reset = "after", state } = options;
  const spec: GruSpec = {
    cell: "gru",
    ...common("tl.gru", options),
    reset,
    zoneout: { hidden: 0, ...checkOptions("zoneout of tl.gru", zoneout, { hidden: true }) },
    ...(state !== undefined && { state: isPlainObject(state) ? { hiddenBits: state.hiddenBits } : state }),
  };
  return requireValid("tl.gru()", gruSchema, spec, namesAsGiven(options));
}
