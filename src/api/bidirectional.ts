import { isPlainObject } from "../experiment/optionNames.js";
import type { LayerSpec } from "../experiment/spec.js";
import { shown } from "../experiment/options.js";

/**
 * Doubles a layer, for sequences that are classified: it reads each sequence once from its beginning and once from its end, with weights of
 * their own (Schuster and Paliwal 1997). `units` is H of each direction. At each timestep the next layer reads both hidden states side
 * by side, 2H numbers; of the last layer the classes are read from the state of each direction after the last timestep that it reads.
 *
 *     layers: [tl.bidirectional(tl.lstm({ units: 64 }))]
 *
 * A text model must not see the future, and an accelerator cannot run backwards: neither takes it.
 * @param layer `tl.lstm()` or another recurrent layer
 * @throws TypeError for anything else, a layer that is bidirectional, or one that carries its state
 */
export function bidirectional<L extends LayerSpec>(layer: L): L & { readonly bidirectional: true } {
  if (!isPlainObject(layer) || !("cell" in layer)) {
    throw new TypeError(`tl.bidirectional() takes a layer, as tl.bidirectional(tl.lstm({ units: 64 })), not ${shown(layer)}`);
  }
  if (layer.bidirectional) {
    throw new TypeError("tl.bidirectional() got a layer that is bidirectional already: leave one of the two out");
  }
  if (layer.initialState === "carried") {
    throw new TypeError(
      'tl.bidirectional() got a layer with initialState "carried", but the direction that reads from the end has nothing to go on from: ' +
        'use initialState "learned" or "zero"',
    );
  }
  return { ...layer, bidirectional: true };
}
