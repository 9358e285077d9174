import { modelPipeline } from "../../src/extension/pipelineSnapshot.js";
import { fixedModel } from "../../src/hardware/fixModel.js";
import { randomNetwork, type RandomNetworkOptions } from "../../src/hardware/randomNetwork.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import type { PipelineSnapshot, PipelineValues, ToWebview } from "../../webview/contract.js";
import { webviewProtocolVersion } from "../../webview/protocol.js";

export interface Sizes extends Partial<Omit<RandomNetworkOptions, "units">> {
  units?: number | readonly number[];
  macUnits?: number;
  columnsPerCycle?: number;
  title?: string;
}

/** A random ternary LSTM over symbols, or what else is asked for, with its integers. */
export function randomSnapshot({ macUnits = 16, columnsPerCycle, title = "moby ternary", ...options }: Sizes = {}): PipelineSnapshot {
  const model = randomNetwork({ seed: 7, cell: "lstm", precision: "ternary", units: 32, inputs: 29, ...options });
  const snapshot = modelPipeline(title, fixedModel(model, { columnsPerCycle }));
  return { ...snapshot, layers: snapshot.layers.map(({ shape, values }) => ({ shape: { ...shape, macUnits }, values })) };
}

export const shapeIn = ({ layers }: PipelineSnapshot, layer = 0): AcceleratorShape => layers[layer]!.shape;

export function valuesIn({ layers }: PipelineSnapshot, layer = 0): PipelineValues {
  return layers[layer]!.values!;
}

/** The same snapshot without values. */
export function withoutValues({ title, layers }: PipelineSnapshot): PipelineSnapshot {
  return { title, layers: layers.map(({ shape }) => ({ shape, values: null })) };
}

export function pipelineMessage(pipeline: PipelineSnapshot): ToWebview {
  return { type: "pipeline", version: webviewProtocolVersion, pipeline };
}
