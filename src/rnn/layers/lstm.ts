import * as tf from "@tensorflow/tfjs";
import { lstmNames, lstmSpec } from "../../cells/lstm.js";
import { checkConfig, specOf } from "./layerConfig.js";
import type { LstmLayerConfig } from "./layerConfig.js";
import { RecurrentLayer } from "./recurrentLayer.js";

const word = "tl.layers.lstm";

/** The LSTM as a layer; gate columns in blocks g, f, i, o. */
export class TritloomLstm extends RecurrentLayer {
  static readonly className = "TritloomLstm";

  constructor(config: LstmLayerConfig) {
    super(config, specOf(word, config, lstmSpec));
  }
}

tf.serialization.registerClass(TritloomLstm);

/**
 * A quantised LSTM layer for `tf.sequential` and the functional API.
 * @throws TypeError for an option that there is not; RangeError that names each wrong value
 */
export function lstm(config: LstmLayerConfig): TritloomLstm {
  checkConfig(word, config, lstmNames);
  return new TritloomLstm(config);
}
