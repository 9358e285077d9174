import { adamOf, deterministic } from "./recipe.mjs";

/**
 * The levers of the ablation: each changes one thing of its base, the recipe of the other rows of a text, in an experiment or its layer. Those
 * with `source` begin with the run of another lever, or learn from it.
 */

const { sampling, magnitude } = deterministic;

const lowerRate = (tl) => ({ optimiser: adamOf(tl, 0.005) });

/** @typedef {{ words: string, quantiser?: string, normaliser?: string, source?: string, layer?: (tl) => object, experiment?: (tl, source) => object }} Lever */

/** @type {Readonly<Record<string, Lever>>} */
export const levers = {
  base: { words: "the recipe of the rows above" },
  "full precision": { words: "full precision, recurrent dropout of 0.25: the teacher below", quantiser: "full precision", layer: () => ({ recurrentDropout: 0.25 }) },
  drawn: { words: "weights drawn for each minibatch, the paper's way", quantiser: "ternary, stochastic" },
  unclipped: { words: "latent weights not clipped", layer: (tl) => ({ quantiser: tl.ternary({ sampling, magnitude, threshold: 0.5 }) }) },
  "lower threshold": { words: "threshold of a third of the magnitude", layer: (tl) => ({ quantiser: tl.ternary(deterministic) }) },
  "larger magnitude": { words: "twice the magnitude", layer: (tl) => ({ quantiser: tl.ternary({ ...deterministic, threshold: 0.5, magnitude: 0.05 }) }) },
  windows: { words: "states not carried on", layer: () => ({ initialState: "learned" }) },
  "layer norm": { words: "layer normalisation", normaliser: "layer" },
  "no recurrent dropout": { words: "no recurrent dropout", layer: () => ({ recurrentDropout: 0 }) },
  "more recurrent dropout": { words: "recurrent dropout of 0.25", layer: () => ({ recurrentDropout: 0.25 }) },
  zoneout: { words: "zoneout of 0.05 of hidden and cell state in place of dropout", layer: () => ({ recurrentDropout: 0, zoneout: { hidden: 0.05, cell: 0.05 } }) },
  averaging: { words: "exponential average of the weights, 0.99", experiment: (tl) => ({ averaging: tl.exponentialAverage(0.99) }) },
  "label smoothing": { words: "label smoothing of 0.05", experiment: () => ({ labelSmoothing: 0.05 }) },
  "weight decay": { words: "AdamW with a decay of 0.01", experiment: (tl) => ({ optimiser: tl.adamW({ weightDecay: 0.01, learningRate: tl.oneCycle(0.01), clipping: tl.clipNorm(1) }) }) },
  "lower rate": { words: "a peak of 0.005", experiment: lowerRate },
  "warm start": { words: "warm start from full precision", source: "full precision", experiment: (_, source) => ({ startFrom: source }) },
  "warm start and lower rate": {
    words: "warm start, a peak of 0.005",
    source: "full precision",
    experiment: (tl, source) => ({ startFrom: source, ...lowerRate(tl) }),
  },
  "warm start and lowest rate": {
    words: "warm start, a peak of 0.002",
    source: "full precision",
    experiment: (tl, source) => ({ startFrom: source, optimiser: adamOf(tl, 0.002) }),
  },
  distillation: { words: "full precision as its teacher", source: "full precision", experiment: (_, source) => ({ teacher: source }) },
  "warm start and distillation": { words: "warm start, with full precision as its teacher", source: "full precision", experiment: (_, source) => ({ startFrom: source, teacher: source }) },
  "warm start and gradual quantisation": {
    words: "warm start, gradual quantisation over half of the steps",
    source: "full precision",
    experiment: (_, source) => ({ startFrom: source, gradualQuantisation: {} }),
  },
};
