import type { FixedModel } from "../../../src/hardware/fixedModel.js";
import { fixModel, type FixedModelOptions } from "../../../src/hardware/fixModel.js";
import { randomNetwork, type RandomNetworkOptions } from "../../../src/hardware/randomNetwork.js";

/** A network whose accelerator Yosys maps in a few seconds. */
export function smallNetwork(options: Partial<RandomNetworkOptions> = {}, fixed: FixedModelOptions = {}): FixedModel {
  const model = randomNetwork({ seed: 1, cell: "lstm", precision: "ternary", units: 5, inputs: 4, ...options });
  return fixModel(model, { activationBits: 5, cellBits: 6, constantBits: 6, lookUp: { entries: 16 }, ...fixed });
}
