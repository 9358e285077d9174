import type * as tf from "@tensorflow/tfjs";
import type { LayerSpec } from "../../cells/cells.js";
import { checkLayerOptions, defaultNormaliser } from "../../cells/fields.js";
import type { LayerOptions, OptionNames } from "../../cells/fields.js";
import type { FixedState } from "../../cells/fixedState.js";
import type { GruOptions } from "../../cells/gru.js";
import type { LstmOptions } from "../../cells/lstm.js";
import type { MinGruOptions } from "../../cells/minGru.js";
import { type CellNormaliserOptions, type NormaliserOptions, withDefaults } from "../../normalisers/lookup.js";
import { disagreement } from "../../normalisers/ofLayer.js";

type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** What the layers of all cells take, beside a cell's own options and what every TensorFlow.js layer takes. */
interface OwnOptions {
  /**
   * Of the products with the matrices; "weight" divides each column of the quantised matrices by its length.
   * Default: batch normalisation with epsilon 1e-5. Statistics "per-timestep" need an inputShape with its timesteps.
   */
  normaliser?: NormaliserOptions;
  /**
   * States in fixed point, as `tl.fixedState()` gives them; of a GRU, which has no cell, `hiddenBits` alone counts. Default: as they
   * are. Computes with TensorFlow.js operations, many times slower than native code.
   */
  state?: Partial<FixedState>;
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

/** A cell's options as its layer takes them. */
type ConfigOf<Options extends LayerOptions> = LayerArgs & OwnOptions & Omit<Options, "normaliser" | "cellNormaliser" | "state">;

export type RecurrentLayerConfig = ConfigOf<LayerOptions>;

export type LstmLayerConfig = ConfigOf<LstmOptions> & {
  /** The normaliser of the cell state before the output tanh. Default: like the products where those have batch normalisation, else none. */
  cellNormaliser?: CellNormaliserOptions;
};

export type GruLayerConfig = ConfigOf<GruOptions>;

export type MinGruLayerConfig = ConfigOf<MinGruOptions>;

/** What a layer takes beside its cell's options. */
const layerNames: Readonly<Record<Exclude<keyof OwnOptions, "normaliser" | "state"> | keyof LayerArgs, true>> = {
  goBackwards: true,
  returnSequences: true,
  inferenceStatistics: true,
  seed: true,
  inputShape: true,
  batchInputShape: true,
  batchSize: true,
  dtype: true,
  name: true,
  trainable: true,
  weights: true,
  inputDType: true,
};

/**
 * Refuses misspelt options; only the word that a notebook cell calls does, since a stored configuration has fields of TensorFlow.js
 * besides.
 * @param word as the notebook cell writes it: "tl.layers.lstm"
 * @throws TypeError
 */
export function checkConfig(word: string, config: RecurrentLayerConfig, names: OptionNames): void {
  checkLayerOptions(word, config, names, Object.keys(layerNames));
}

/**
 * A layer's spec, from its configuration.
 * @param make the cell's spec of its options
 * @throws TypeError that names each wrong option; RangeError for normalisers that disagree
 */
export function specOf<Options extends LayerOptions, Spec extends LayerSpec>(
  word: string,
  config: ConfigOf<Options>,
  make: (options: Options, word: string) => Spec,
): Spec {
  const { normaliser = defaultNormaliser, cellNormaliser } = config as { normaliser?: NormaliserOptions; cellNormaliser?: CellNormaliserOptions };
  const normalisers = {
    normaliser: withDefaults(normaliser),
    ...(cellNormaliser !== undefined && { cellNormaliser: withDefaults(cellNormaliser) }),
  };
  const spec = make({ ...config, ...normalisers } as unknown as Options, word);
  checkAgreement(word, spec);
  return spec;
}

/** One epsilon and one form of statistics serve a whole layer. */
function checkAgreement(word: string, spec: LayerSpec): void {
  const key = disagreement(spec);
  if (key !== undefined) {
    const { normaliser, cellNormaliser } = spec as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    throw new RangeError(
      `${word}(): cellNormaliser.${key} is ${String(cellNormaliser![key])} and normaliser.${key} ${String(normaliser![key])}; ` +
        "a layer has one: give both the same.",
    );
  }
}
