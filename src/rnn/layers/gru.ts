import * as tf from "@tensorflow/tfjs";
import type { GruLayerConfig } from "./layerConfig.js";
import { checkGruOptions, gruSpecOf } from "./layerConfig.js";
import { RecurrentLayer } from "./recurrentLayer.js";

/** The GRU as a layer; gate columns in blocks r, z, n. Its normalised forms are our own design. */
export class TritloomGru extends RecurrentLayer {
  static readonly className = "TritloomGru";

  constructor(config: GruLayerConfig) {
    super(config, gruSpecOf(config));
  }
}

tf.serialization.registerClass(TritloomGru);

/**
 * A quantised GRU layer for `tf.sequential` and the functional API.
 * @throws TypeError for an option that there is not; RangeError that names each wrong value
 */
export function gru(config: GruLayerConfig): TritloomGru {
  checkGruOptions(config);
  return new TritloomGru(config);
}
