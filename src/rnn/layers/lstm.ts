import * as tf from "@tensorflow/tfjs";
import type { LstmLayerConfig } from "./layerConfig.js";
import { checkLstmOptions, lstmSpecOf } from "./layerConfig.js";
import { RecurrentLayer } from "./recurrentLayer.js";

/** The LSTM as a layer; gate columns in blocks g, f, i, o. */
export class TritloomLstm extends RecurrentLayer {
  static readonly className = "TritloomLstm";

  constructor(config: LstmLayerConfig) {
    super(config, lstmSpecOf(config));
  }
}

tf.serialization.registerClass(TritloomLstm);

/**
 * A quantised LSTM layer for `tf.sequential` and the functional API.
 * @throws TypeError for an option that there is not; RangeError that names each wrong value
 */
export function lstm(config: LstmLayerConfig): TritloomLstm {
  checkLstmOptions(config);
  return new TritloomLstm(config);
}
