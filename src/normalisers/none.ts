import * as z from "zod";
import type { Normaliser } from "./contract.js";
import { gainsOnly, specOf } from "./make.js";

const schema = z.strictObject({ kind: z.literal("none") });

export const none = {
  kind: "none",
  word: "tl.noNorm()",
  schema,
  defaults: {},
  measures: "nothing",
  ofCell: true,
  hasGain: false,
  initialGain: 1,
  kernelForm: "none",
  nativeNumber: 0,
  inWords: () => "none",
  fold: (_, { gamma }) => gainsOnly(new Float64Array(gamma.length).fill(1)),
} as const satisfies Normaliser<z.infer<typeof schema>>;

/** Leaves the products as they are. Quantised weights train badly without a normaliser (Hou et al. 2019). */
export function noNorm() {
  return specOf(none, {});
}
