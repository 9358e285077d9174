import type { CustomFunctionSpec } from "../../experiment/customFunction.js";
import type { LearningRateSpec } from "../../experiment/spec.js";

/** A learning rate that the spec tells alone. */
export type BuiltInRate = Exclude<LearningRateSpec, CustomFunctionSpec>;

/**
 * The learning rate of one step.
 * @param step 0-based
 * @param steps length of the whole training
 * @param reductions how often a plateau of the validation loss was found so far
 */
export function learningRateAt(spec: BuiltInRate, step: number, steps: number, reductions: number): number {
  switch (spec.kind) {
    case "constant":
      return spec.rate;
    case "geometric":
      return spec.from * (spec.to / spec.from) ** (steps > 1 ? step / (steps - 1) : 0);
    case "cosine":
      return cosine(spec.from, spec.to, steps > 1 ? step / (steps - 1) : 0);
    case "plateau":
      return spec.from * spec.factor ** reductions;
    case "one-cycle":
      return oneCycle(spec.peak, spec.warmup * steps, step, steps);
  }
}

/** Start and end of a cycle as fractions of the peak: the constants of Smith and Topin 2018 as PyTorch sets them. */
const startFraction = 1 / 25;
const endFraction = startFraction / 1e4;

function oneCycle(peak: number, warmup: number, step: number, steps: number): number {
  return step < warmup
    ? cosine(peak * startFraction, peak, step / warmup)
    : cosine(peak, peak * endFraction, (step - warmup) / Math.max(1, steps - 1 - warmup));
}

function cosine(from: number, to: number, fraction: number): number {
  return from + (to - from) * 0.5 * (1 - Math.cos(Math.PI * Math.min(1, fraction)));
}
