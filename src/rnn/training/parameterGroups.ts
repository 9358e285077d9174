import type { RateFactors } from "../../experiment/spec.js";

/** Groups of parameters that can have learning rates of their own. */
export type ParameterGroup = keyof Required<RateFactors>;

/** The group of a parameter, by its name in the network: "layers.0.inputWeights". */
export function groupOf(name: string): ParameterGroup {
  if (name.startsWith("output.")) {
    return "output";
  }
  const [, matrix] = /(?:^|\.)(input|recurrent)(?:Weights|Scales)$/.exec(name) ?? [];
  return name === "embedding" ? "input" : ((matrix as "input" | "recurrent" | undefined) ?? "vectors");
}

/** Whether weight decay shrinks a parameter: matrices and word vectors, as no gain, shift, bias, scale or state should go to 0. */
export function isDecayed(name: string): boolean {
  return name === "embedding" || /(?:\.w|W)eights$/.test(name);
}
