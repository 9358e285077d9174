import * as tf from "@tensorflow/tfjs";
import { minGruNames, minGruSpec } from "../../cells/minGru.js";
import { checkConfig, specOf } from "./layerConfig.js";
import type { MinGruLayerConfig } from "./layerConfig.js";
import { RecurrentLayer } from "./recurrentLayer.js";

const word = "tl.layers.minGru";

/** The minGRU as a layer; gate columns in blocks z, n. */
export class TritloomMinGru extends RecurrentLayer {
  static readonly className = "TritloomMinGru";

  constructor(config: MinGruLayerConfig) {
    super(config, specOf(word, config, minGruSpec));
  }
}

tf.serialization.registerClass(TritloomMinGru);

/**
 * A quantised minGRU layer for `tf.sequential` and the functional API.
 * @throws TypeError for an option that there is not; RangeError that names each wrong value
 */
export function minGru(config: MinGruLayerConfig): TritloomMinGru {
  checkConfig(word, config, minGruNames);
  return new TritloomMinGru(config);
}
