import * as z from "zod";
import type { Normaliser } from "./contract.js";
import { gainsOnly, specOf } from "./make.js";

/** Statistics over the columns of each row, computed at run time (Ba et al. 2016). */
const schema = z.strictObject({ kind: z.literal("layer"), epsilon: z.number().positive() });

export const layer = {
  kind: "layer",
  word: "tl.layerNorm()",
  schema,
  defaults: { epsilon: 1e-5 },
  measures: "row",
  ofCell: true,
  hasGain: true,
  initialGain: 1,
  kernelForm: "layer",
  nativeNumber: 2,
  row: {
    name: "layer normalisation",
    /** (value - mean) / sqrt(variance + epsilon), the variance biased */
    scaling: (values, first, last, epsilon) => {
      let sum = 0;
      for (let column = first; column < last; column++) {
        sum += values[column]!;
      }
      const mean = sum / (last - first);
      let squares = 0;
      for (let column = first; column < last; column++) {
        squares += (values[column]! - mean) ** 2;
      }
      const factor = 1 / Math.sqrt(squares / (last - first) + epsilon);
      return { factor, offset: -mean * factor };
    },
    onnx: (graph, x, epsilon, columns) => {
      const ones = graph.constant("ones", [columns], new Float32Array(columns).fill(1));
      return graph.node("LayerNormalization", [x, ones], { axis: { int: -1 }, epsilon: { float: epsilon } });
    },
  },
  inWords: ({ epsilon }) => `layer (epsilon ${epsilon})`,
  fold: (_, { gamma }) => gainsOnly(Float64Array.from(gamma)),
} as const satisfies Normaliser<z.infer<typeof schema>>;

/**
 * Layer normalisation (Ba et al. 2016): its statistics are those of the vector at each timestep, also in what ships, so that there is no
 * accelerator for it. `epsilon` defaults to 1e-5.
 */
export function layerNorm(options: { epsilon?: number } = {}) {
  return specOf(layer, options);
}
