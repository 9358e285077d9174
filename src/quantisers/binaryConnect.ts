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

/** BinaryConnect (Courbariaux et al. 2015): -1 or +1 times `magnitude`, latent weights clipped. */
export function binaryConnect(options: SamplingOptions & { magnitude?: number } = {}) {
  return specOf(binaryConnectKind, options, { sampling: "stochastic", magnitude: 1 });
}
