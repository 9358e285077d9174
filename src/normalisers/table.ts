import { batch, batchNorm } from "./batch.js";
import { layer, layerNorm } from "./layer.js";
import { none, noNorm } from "./none.js";
import { rms, rmsNorm } from "./rms.js";
import { weight, weightNorm } from "./weight.js";

// The words of the API; `src/api/index.ts` hands on all that this file exports.
export { batchNorm, layerNorm, noNorm, rmsNorm, weightNorm };

/**
 * Every normaliser there is, in the order in which messages name them.
 * @internal
 */
export const normalisers = [none, batch, layer, rms, weight] as const;
