import { requireValid } from "../experiment/faults.js";
import { type NormaliserSpec, normaliserSchema } from "../experiment/normaliserSpec.js";
import { checkOptions } from "./options.js";

/** How products and cell states are normalised; each word returns the plain JSON value of its part of the spec. */

interface BatchOptions {
  /** Inside the square root. Default 1e-5. */
  epsilon?: number;
  /**
   * What ships: one set of population statistics (`shared`, default), or one for each timestep of the trained length, for
   * sequences that all have it.
   */
  statistics?: "shared" | "per-timestep";
}

/** Batch normalisation, statistics of each timestep's minibatch in training (Cooijmans et al. 2017). */
export function batchNorm(options: BatchOptions = {}) {
  const { epsilon = 1e-5, statistics = "shared" } = checkOptions("tl.batchNorm", options, { epsilon: true, statistics: true });
  const spec = { kind: "batch", epsilon, statistics } as const satisfies NormaliserSpec;
  requireValid("tl.batchNorm()", normaliserSchema, spec);
  return spec;
}

/** Layer normalisation (Ba et al. 2016): statistics over the columns of each row, also at run time. */
export function layerNorm(options: { epsilon?: number } = {}) {
  const { epsilon = 1e-5 } = checkOptions("tl.layerNorm", options, { epsilon: true });
  const spec = { kind: "layer", epsilon } as const satisfies NormaliserSpec;
  requireValid("tl.layerNorm()", normaliserSchema, spec);
  return spec;
}

/** Weight normalisation (Salimans and Kingma 2016) of the quantised matrices; ships as one scale for each column. */
export function weightNorm() {
  return { kind: "weight" } as const satisfies NormaliserSpec;
}

/** No normalisation. Quantised weights train badly without one (Hou et al. 2019). */
export function noNorm() {
  return { kind: "none" } as const satisfies NormaliserSpec;
}
