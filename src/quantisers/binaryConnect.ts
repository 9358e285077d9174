import * as z from "zod";
import { signsOfMagnitude } from "./binary.js";
import { sampling } from "./fixedMagnitude.js";
import type { SamplingOptions } from "./fixedMagnitude.js";
import { quantiserKind, specOf } from "./kind.js";

export const binaryConnectKind = quantiserKind({
  kind: "binary-connect",
  word: "tl.binaryConnect",
  options: { sampling, magnitude: z.number().positive() },
  levels: "binary",
  make: (spec, shape) => signsOfMagnitude(shape, { ...spec, clip: true }),
});

/** BinaryConnect (Courbariaux et al. 2015): weights are -1 or +1 times `magnitude` (default 1), and latent weights are clipped to that magnitude. */
export function binaryConnect(options: SamplingOptions & { magnitude?: number } = {}) {
  return specOf(binaryConnectKind, options, { sampling: "stochastic", magnitude: 1 });
}
