import * as z from "zod";
import type { Normaliser } from "./contract.js";
import { gainsOnly, specOf } from "./make.js";

/** Each row divided by the root of the mean square of its columns, computed at run time (Zhang and Sennrich 2019). */
const schema = z.strictObject({ kind: z.literal("rms"), epsilon: z.number().positive() });

export const rms = {
  kind: "rms",
  word: "tl.rmsNorm()",
  schema,
  defaults: { epsilon: 1e-5 },
  measures: "row",
  ofCell: true,
  hasGain: true,
  initialGain: 1,
  kernelForm: "rms",
  nativeNumber: 4,
  row: {
    name: "RMS normalisation",
    /** value / sqrt(mean square + epsilon) */
    scaling: (values, first, last, epsilon) => {
      let squares = 0;
      for (let column = first; column < last; column++) {
        squares += values[column]! ** 2;
      }
      return { factor: 1 / Math.sqrt(squares / (last - first) + epsilon), offset: 0 };
    },
    onnx: (graph, x, epsilon, columns) => {
      const scalar = (name: string, value: number): string => graph.constant(name, [], Float32Array.of(value));
      const sum = graph.node("ReduceSum", [graph.node("Mul", [x, x]), graph.integers("columnsAxis", -1)]);
      const mean = graph.node("Mul", [sum, scalar("share", 1 / columns)]);
      return graph.node("Div", [x, graph.node("Sqrt", [graph.node("Add", [mean, scalar("epsilon", epsilon)])])]);
    },
  },
  inWords: ({ epsilon }) => `rms (epsilon ${epsilon})`,
  fold: (_, { gamma }) => gainsOnly(Float64Array.from(gamma)),
} as const satisfies Normaliser<z.infer<typeof schema>>;

/**
 * Root mean square normalisation (Zhang and Sennrich 2019). It is like `layerNorm`, but vectors keep their mean, so that there is one statistic
 * to take instead of two. `epsilon`, inside the square root, defaults to 1e-5. There is no accelerator for it.
 */
export function rmsNorm(options: { epsilon?: number } = {}) {
  return specOf(rms, options);
}
