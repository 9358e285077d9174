import type * as tf from "@tensorflow/tfjs";
import type * as z from "zod";
import type { QuantiserSpec } from "../../quantisers/quantiserSpec.js";
import { gruSchema, lstmSchema } from "../../experiment/spec.js";
import { requireValid } from "../../experiment/faults.js";
import { requireKnownOptions } from "../../experiment/optionNames.js";
import type { GruSpec, LstmSpec } from "../../experiment/spec.js";
import { type CellNormaliserOptions, type NormaliserOptions, type NormaliserSpec, withDefaults } from "../../normalisers/lookup.js";
import { defaultCellNormaliser, disagreement, type NormalisedLayer } from "../../normalisers/ofLayer.js";

type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** What both cells' layers take. */
export interface RecurrentLayerConfig extends LayerArgs {
  /** H: width of the hidden state. */
  units: number;
  /** Of both matrices, or of each. Default: ternary, stochastic. */
  quantiser?: QuantiserSpec | { input: QuantiserSpec; recurrent: QuantiserSpec };
  /**
   * Of the input product and the recurrent product; "weight" divides each column of the quantised matrices by its length.
   * Default: batch normalisation with epsilon 1e-5. Statistics "per-timestep" need an inputShape with its timesteps.
   */
  normaliser?: NormaliserOptions;
  /**
   * Default: learned. Under batch normalisation only the cell state of an LSTM is: the normaliser takes the hidden one
   * away. "carried": each call goes on from the end of the call before, until `resetStates()`.
   */
  initialState?: "learned" | "zero" | "carried";
  /** Probability with which an output is dropped in training. Default 0. */
  dropout?: number;
  /** Probability with which h_{t-1} is dropped before the recurrent product, one mask a sequence. Default 0. */
  recurrentDropout?: number;
  /** Standard deviation of Gaussian noise on the hidden state before the first timestep, in training only. Default 0. */
  initialNoise?: number;
  /**
   * States in fixed point, as `tl.fixedState()` gives them; of a GRU, which has no cell, `hiddenBits` alone counts. Default: as they
   * are. Computes with TensorFlow.js operations, many times slower than native code.
   */
  state?: { hiddenBits: number; cellBits?: number; cellRange?: number };
  /**
   * True reads each sequence from its end and gives the hidden states in the order of that reading, as in `tf.layers.lstm`;
   * `tf.layers.bidirectional` makes a second layer of it, which then has random numbers of its own. Default false.
   */
  goBackwards?: boolean;
  /** True gives the hidden states of all timesteps, [B, T, H]; false, the default, the last one, [B, H]. */
  returnSequences?: boolean;
  /**
   * What normalises in predict() and evaluate() under batch normalisation: the moving averages of training (default), or
   * the statistics of the batch itself at each timestep, as the paper's released code does.
   */
  inferenceStatistics?: "moving" | "batch";
  /** Seeds the initial weights and every draw. Default 1; layers of one model should have different ones. */
  seed?: number;
}

export interface LstmLayerConfig extends RecurrentLayerConfig {
  /** Of the cell state before the output tanh. Default: like the products where those have batch normalisation, else none. */
  cellNormaliser?: CellNormaliserOptions;
  /** Probability with which a unit keeps its old hidden, or cell, state in training. Default 0. */
  zoneout?: { hidden?: number; cell?: number };
}

export interface GruLayerConfig extends RecurrentLayerConfig {
  /** Whether the reset gate multiplies h before its product with the candidate's matrix, or the product. Default: after. */
  reset?: "before" | "after";
  zoneout?: { hidden?: number };
}

type OptionName = Exclude<keyof RecurrentLayerConfig, keyof LayerArgs> | "zoneout";

/** What both cells' layers take beside `layerArgs`. */
const recurrentNames: Readonly<Record<OptionName, true>> = {
  units: true,
  quantiser: true,
  normaliser: true,
  initialState: true,
  dropout: true,
  recurrentDropout: true,
  zoneout: true,
  initialNoise: true,
  state: true,
  goBackwards: true,
  returnSequences: true,
  inferenceStatistics: true,
  seed: true,
};
/** What every TensorFlow.js layer takes. */
const layerArgs: Readonly<Record<keyof LayerArgs, true>> = {
  inputShape: true,
  batchInputShape: true,
  batchSize: true,
  dtype: true,
  name: true,
  trainable: true,
  weights: true,
  inputDType: true,
};
const stateNames = ["hiddenBits", "cellBits", "cellRange"];

function checkNames(word: string, config: RecurrentLayerConfig & { zoneout?: object }, own: string, zoneoutNames: readonly string[]): void {
  requireKnownOptions(word, config, [...Object.keys(recurrentNames), own, ...Object.keys(layerArgs)]);
  requireKnownOptions(`zoneout of ${word}`, config.zoneout ?? {}, zoneoutNames);
  requireKnownOptions(`state of ${word}`, config.state ?? {}, stateNames);
}

/** @throws TypeError for an option of `tl.layers.lstm` that there is not; a stored configuration has fields of TensorFlow.js besides */
export function checkLstmOptions(config: LstmLayerConfig): void {
  checkNames("tl.layers.lstm", config, "cellNormaliser", ["hidden", "cell"]);
}

/** @throws TypeError for an option of `tl.layers.gru` that there is not */
export function checkGruOptions(config: GruLayerConfig): void {
  checkNames("tl.layers.gru", config, "reset", ["hidden"]);
}

/** @throws TypeError that names each wrong option */
export function lstmSpecOf(config: LstmLayerConfig): LstmSpec {
  const { normaliser: products = { kind: "batch" } } = config;
  const normaliser = withDefaults(products) as NormaliserSpec;
  const { cellNormaliser = defaultCellNormaliser(normaliser) } = config;
  return checked("tl.layers.lstm()", lstmSchema, {
    cell: "lstm",
    ...shared(config, normaliser),
    cellNormaliser: withDefaults(cellNormaliser),
    zoneout: { hidden: 0, cell: 0, ...config.zoneout },
    ...(config.state !== undefined && { state: config.state }),
  }, config);
}

/** @throws TypeError that names each wrong option */
export function gruSpecOf(config: GruLayerConfig): GruSpec {
  const { normaliser = { kind: "batch" } } = config;
  return checked("tl.layers.gru()", gruSchema, {
    cell: "gru",
    ...shared(config, withDefaults(normaliser)),
    reset: config.reset ?? "after",
    zoneout: { hidden: 0, ...config.zoneout },
    ...(config.state !== undefined && { state: { hiddenBits: config.state.hiddenBits } }),
  }, config);
}

function shared(config: RecurrentLayerConfig, normaliser: NormaliserOptions): object {
  const { quantiser = { kind: "ternary", sampling: "stochastic" } } = config;
  return {
    units: config.units,
    quantiser: isForEach(quantiser) ? quantiser : { input: quantiser, recurrent: quantiser },
    normaliser,
    initialState: config.initialState ?? "learned",
    dropout: config.dropout ?? 0,
    recurrentDropout: config.recurrentDropout ?? 0,
    ...(config.initialNoise !== undefined && { initialNoise: config.initialNoise }),
  };
}

type QuantiserChoice = NonNullable<RecurrentLayerConfig["quantiser"]>;

/** Cells are not type checked: anything may stand for the quantiser. */
function isForEach(quantiser: QuantiserChoice): quantiser is Exclude<QuantiserChoice, QuantiserSpec> {
  return typeof quantiser === "object" && quantiser !== null && "input" in quantiser;
}

function checked<T extends NormalisedLayer>(place: string, schema: z.ZodType<T>, spec: object, { quantiser }: RecurrentLayerConfig): T {
  const isOne = quantiser === undefined || !isForEach(quantiser);
  const parsed = requireValid(place, schema, spec, (path) => (isOne ? path.replace(/^quantiser\.(input|recurrent)/, "quantiser") : path));
  checkAgreement(place, parsed);
  return parsed;
}

function checkAgreement(place: string, layer: NormalisedLayer): void {
  const key = disagreement(layer);
  if (key !== undefined) {
    const { normaliser, cellNormaliser } = layer as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    throw new RangeError(
      `${place}: cellNormaliser.${key} is ${String(cellNormaliser![key])} and normaliser.${key} ${String(normaliser![key])}; ` +
        "a layer has one: give both the same.",
    );
  }
}
