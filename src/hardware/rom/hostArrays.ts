import * as z from "zod";
import type { AcceleratorModel } from "../acceleratorModel.js";
import { arrayFile, arrayFileSchema, type ArrayFile } from "./arrayFile.js";

export const hostSchema = z
  .strictObject({
    output: z
      .strictObject({
        readout: z.enum(["every-timestep", "last-timestep"]).describe("Whether every timestep's logits count, or those of a sequence's last one."),
        names: z.array(z.string()).describe("Of the V outputs."),
        equation: z.string(),
        weights: arrayFileSchema.describe("[H, V]"),
        bias: arrayFileSchema.describe("[V]"),
      })
      .describe("The output layer.")
      .optional(),
    embedding: z
      .strictObject({ equation: z.string(), vectors: arrayFileSchema.describe("[symbols, I]") })
      .describe("Word vectors, which the first layer reads.")
      .optional(),
  })
  .describe("What the host computes in floating point before and after the accelerator.");
export type Host = z.infer<typeof hostSchema>;

/**
 * Arrays of the host, in single precision as they were trained.
 * @param hiddenRange R of the last layer's h, [-R, R): the output weights are multiplied by it, so that they fit the integers as of [-1, 1)
 */
export function hostArrays({ input, output }: Pick<AcceleratorModel, "input" | "output">, hiddenRange = 1): { host: Host; files: readonly ArrayFile[] } {
  const arrays = output && {
    weights: arrayFile("host/output_weights", output.weights.map((weight) => weight * hiddenRange), [output.weights.length / output.bias.length, output.bias.length]),
    bias: arrayFile("host/output_bias", output.bias, [output.bias.length]),
  };
  const vectors = input.kind === "embedding" ? arrayFile("host/embedding", input.table, [input.symbols.length, input.units]) : undefined;
  const host: Host = {
    ...(output &&
      arrays && {
        output: {
          readout: output.readout,
          names: [...output.names],
          equation:
            "logit[v] = bias[v] + sum over u of h[u] * 2^-fractionBits * weights[u, v]; softmax of them gives probabilities" +
            (hiddenRange === 1 ? "" : `; fractionBits is that of formats.hidden, as the weights are multiplied by ${hiddenRange}, the range of h`),
          weights: arrays.weights.entry,
          bias: arrays.bias.entry,
        },
      }),
    ...(vectors && {
      embedding: { equation: "x[k] = sat(round(vectors[symbol, k] * 2^fractionBits), bits), in the first layer's inputFormat", vectors: vectors.entry },
    }),
  };
  return { host, files: [...(arrays ? [arrays.weights, arrays.bias] : []), ...(vectors ? [vectors] : [])] };
}
