import * as tf from "@tensorflow/tfjs";
import { gruNames, gruSpec } from "../../cells/gru.js";
import { checkConfig, specOf } from "./layerConfig.js";
import type { GruLayerConfig } from "./layerConfig.js";
import { RecurrentLayer } from "./recurrentLayer.js";

const word = "tl.layers.gru";

/** The GRU as a layer; gate columns in blocks r, z, n. Its normalised forms are our own design. */
export class TritloomGru extends RecurrentLayer {
  static readonly className = "TritloomGru";

  constructor(config: GruLayerConfig) {
    super(config, specOf(word, config, gruSpec));
  }
}

tf.serialization.registerClass(TritloomGru);

/**
 * A quantised GRU layer for `tf.sequential` and the functional API.
 * @throws TypeError for an option that there is not; RangeError that names each wrong value
 */
export function gru(config: GruLayerConfig): TritloomGru {
  checkConfig(word, config, gruNames);
  return new TritloomGru(config);
}
