import * as z from "zod";
import { sampling } from "./fixedMagnitude.js";
import type { SamplingOptions } from "./fixedMagnitude.js";
import { quantiserKind, specOf } from "./kind.js";
import { tritsOfMagnitude } from "./ternary.js";

export const ternaryConnectKind = quantiserKind({
  kind: "ternary-connect",
  word: "tl.ternaryConnect",
  options: { sampling, magnitude: z.number().positive() },
  levels: "ternary",
  make: (spec, shape) => tritsOfMagnitude(shape, { ...spec, threshold: 1 / 2, clip: true }),
});

/** TernaryConnect (Lin et al. 2016): weights are -1, 0 or +1 times `magnitude` (default 1), and latent weights are clipped to that magnitude. */
export function ternaryConnect(options: SamplingOptions & { magnitude?: number } = {}) {
  return specOf(ternaryConnectKind, options, { sampling: "stochastic", magnitude: 1 });
}
