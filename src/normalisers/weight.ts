import * as z from "zod";
import type { Normaliser } from "./contract.js";
import { gainsOnly, specOf } from "./make.js";

/** Each column of the quantised matrix divided by its Euclidean norm (Salimans and Kingma 2016). */
const schema = z.strictObject({ kind: z.literal("weight") });

export const weight = {
  kind: "weight",
  word: "tl.weightNorm()",
  schema,
  defaults: {},
  measures: "matrix",
  ofCell: false,
  hasGain: true,
  initialGain: 1,
  kernelForm: "none",
  nativeNumber: 0,
  inWords: () => "weight",
  fold: (_, { gamma, inverseNorms }) => gainsOnly(inverseNorms!().map((inverse, column) => gamma[column]! * inverse)),
} as const satisfies Normaliser<z.infer<typeof schema>>;

/** Weight normalisation (Salimans and Kingma 2016) of the quantised matrices. It ships as one scale for each column, which an accelerator takes. */
export function weightNorm() {
  return specOf(weight, {});
}
