import { gru } from "../rnn/layers/gru.js";
import { lstm } from "../rnn/layers/lstm.js";
import { minGru } from "../rnn/layers/minGru.js";

/** Layers for plain TensorFlow.js models: `tf.sequential({ layers: [tl.layers.lstm({ units: 256 }), ...] })`. */
export const layers = { lstm, gru, minGru };
