import * as z from "zod";
import { requireValid } from "../experiment/faults.js";
import { normaliserSchema, type NormaliserSpec } from "../normalisers/lookup.js";
import { isPlainObject, requireKnownOptions } from "../experiment/optionNames.js";
import { quantiserSchema, type QuantiserSpec } from "../quantisers/quantiserSpec.js";
import type { MatrixName } from "./contract.js";
import { fixedStateNames } from "./fixedState.js";
import type { FixedState } from "./fixedState.js";

/** What the layers of all cells have in common: fields of the spec, and options from which a layer's spec is made. */

/** A probability that leaves something over. */
const rate = z.number().min(0).lt(1);

export const zoneoutRate = rate.describe("Krueger et al. 2017");

const firstFields = <Quantiser extends z.ZodType>(quantiser: Quantiser) => ({
  units: z.number().int().positive().max(65_536),
  quantiser,
  /** The normaliser of the products with the matrices. */
  normaliser: normaliserSchema,
  /** `carried`: the state at the end of one minibatch is the start of the next one, for texts read in order. */
  initialState: z.enum(["learned", "zero", "carried"]),
  /** Probability with which an output of this layer is dropped on its way to the next one (Zaremba et al. 2014). */
  dropout: rate,
});

/**
 * Standard deviation of the Gaussian noise on the hidden state before the first timestep of each sequence, in training and
 * author-style evaluation (0.1 in the paper's code for sequential MNIST). Default 0.
 */
const initialNoise = z.number().min(0).max(10).optional();

/**
 * The layer twice, the second time over the reversed sequence, with weights of its own; what is above reads both hidden states
 * side by side (Schuster and Paliwal 1997). Absent: the sequence is read once, from its beginning.
 */
const bidirectional = z.literal(true).optional();

/** The gains of all normalisers of the layer at the start of training. Absent: 0.1 of batch normalisation, 1 of the others. */
const initialGain = z.number().positive().optional();

/** The fields of cells that multiply the input alone. */
export const inputFields = { ...firstFields(z.strictObject({ input: quantiserSchema })), initialNoise, bidirectional, initialGain };

/** The fields of cells that multiply the hidden state too; a spec's file has its fields in this order. */
export const recurrentFields = {
  ...firstFields(z.strictObject({ input: quantiserSchema, recurrent: quantiserSchema })),
  /** Probability with which h_{t-1} is dropped before the recurrent product, one mask a sequence (Gal and Ghahramani 2016). */
  recurrentDropout: rate,
  initialNoise,
  bidirectional,
  initialGain,
};

/** One quantiser for all matrices of a layer, or one for each. */
export type QuantiserChoice<Matrix extends MatrixName = MatrixName> = QuantiserSpec | Record<Matrix, QuantiserSpec>;

export interface LayerOptions {
  /** H: width of the hidden state. */
  units: number;
  /** The normaliser of the products with the matrices. Default: batch normalisation. */
  normaliser?: NormaliserSpec;
  /** The state before the first timestep: "learned" (default, as in the paper's code), "zero", or "carried" on from minibatch to minibatch. */
  initialState?: "learned" | "zero" | "carried";
  /** Probability with which an output of this layer is dropped on its way to the next one. Default 0. */
  dropout?: number;
  /**
   * Standard deviation of Gaussian noise on the hidden state before the first timestep, drawn for each sequence in training
   * and author-style evaluation; what ships has none. The paper's code has 0.1 for sequential MNIST. Default 0.
   */
  initialNoise?: number;
  /**
   * What the gains of the layer's normalisers are at the start of training, above 0. Default: 0.1 of batch normalisation, as in the paper's
   * code, and 1 of the others.
   */
  initialGain?: number;
  /** `tl.fixedState()` keeps the states as an accelerator does. Default: in full precision. */
  state?: FixedState;
}

export interface RecurrentOptions extends LayerOptions {
  /** The quantiser of the input and the recurrent matrix. Default: ternary, stochastic, for both. */
  quantiser?: QuantiserChoice;
  /** Probability with which h is dropped before its product, with one mask for each sequence. Default 0. */
  recurrentDropout?: number;
}

const widthNames = { units: true, quantiser: true, normaliser: true, initialState: true, dropout: true } as const;
const stateNames = { initialNoise: true, state: true, zoneout: true, initialGain: true } as const;

export const layerNames = { ...widthNames, ...stateNames } as const;

export const recurrentNames = { ...widthNames, recurrentDropout: true, ...stateNames } as const;

/** A cell's options by name, and those of its zoneout. */
export interface OptionNames {
  readonly options: Readonly<Record<string, true>>;
  readonly zoneout: readonly string[];
  readonly matrices: readonly MatrixName[];
}

/**
 * Refuses misspelt options, also those within an option.
 * @param word as the notebook cell writes it: "tl.lstm"
 * @param more options that the word takes beside the cell's
 */
export function checkLayerOptions(word: string, options: object, names: OptionNames, more: readonly string[] = []): void {
  requireKnownOptions(word, options, [...Object.keys(names.options), ...more]);
  const { quantiser, state, zoneout = {} } = options as { quantiser?: unknown; state?: unknown; zoneout?: object };
  if (isForEach(quantiser)) {
    requireKnownOptions(`quantiser of ${word}`, quantiser, names.matrices);
  }
  if (isPlainObject(state)) {
    requireKnownOptions(`state of ${word}`, state, fixedStateNames);
  }
  requireKnownOptions(`zoneout of ${word}`, zoneout, names.zoneout);
}

export const defaultNormaliser = { kind: "batch", epsilon: 1e-5, statistics: "shared" } as const;
const defaultQuantiser = { kind: "ternary", sampling: "stochastic" } as const;

/** The fields that all cells share, with their defaults. */
export function commonFields<Matrix extends MatrixName>(
  options: LayerOptions & { quantiser?: QuantiserChoice<Matrix> | undefined },
  matrices: readonly Matrix[],
) {
  const { units, normaliser = defaultNormaliser, quantiser = defaultQuantiser, initialState = "learned", dropout = 0, initialNoise, initialGain } = options;
  const each = isForEach(quantiser) ? quantiser : Object.fromEntries(matrices.map((matrix) => [matrix, quantiser]));
  return {
    units,
    quantiser: each as Record<Matrix, QuantiserSpec>,
    normaliser,
    initialState,
    dropout,
    ...(initialNoise !== undefined && { initialNoise }),
    ...(initialGain !== undefined && { initialGain }),
  };
}

/** Notebook cells are not type checked: anything may stand for the quantiser. */
function isForEach(quantiser: unknown): quantiser is Record<string, QuantiserSpec> {
  return typeof quantiser === "object" && quantiser !== null && ("input" in quantiser || "recurrent" in quantiser);
}

/** @throws TypeError with a line for each fault, in the options' words: one quantiser for all matrices is several in the spec */
export function requireLayerSpec<Spec>(word: string, schema: z.ZodType<Spec>, spec: object, { quantiser }: { quantiser?: unknown }): Spec {
  const isOne = quantiser !== undefined && !isForEach(quantiser);
  return requireValid(`${word}()`, schema, spec, (path) => (isOne ? path.replace(/^quantiser\.(input|recurrent)/, "quantiser") : path));
}
