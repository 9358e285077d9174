import { chipOf } from "../../src/hardware/chip.js";
import { chipPipeline } from "../../src/jobs/chipPipeline.js";
import { randomNetwork, randomSequence, type RandomNetworkOptions } from "../../src/hardware/randomNetwork.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import type { PipelineChoice, PipelineSnapshot, PipelineState, PipelineValues, ToWebview } from "../../webview/contract.js";
import { webviewProtocolVersion } from "../../webview/protocol.js";

export interface Sizes extends Partial<Omit<RandomNetworkOptions, "units">> {
  units?: number | readonly number[];
  macUnits?: number;
  columnsPerCycle?: number;
  activationBits?: number;
  deltaThreshold?: number;
  title?: string;
}

/** Timesteps until the shown one. */
const timesteps = 9;

/** A random ternary LSTM over symbols, or what else is asked for, with its integers. */
export function randomSnapshot({ macUnits = 16, columnsPerCycle, activationBits, deltaThreshold, title = "moby ternary", ...options }: Sizes = {}): PipelineSnapshot {
  const model = randomNetwork({ seed: 7, cell: "lstm", precision: "ternary", units: 32, inputs: 29, ...options });
  const sequence = randomSequence(model, 7, timesteps);
  const { input } = model;
  const name = sequence.kind === "symbols" && input.kind === "one-hot" ? input.symbols[sequence.symbols.at(-1)!]! : "features of timestep 9";
  const chip = chipOf({ name: title, model, read: () => [sequence] }, { macUnits, columnsPerCycle, activationBits, deltaThreshold });
  return chipPipeline(chip, { sequence, name, place: "timestep 9 of the validation part" });
}

export const shapeIn = ({ layers }: PipelineSnapshot, layer = 0): AcceleratorShape => layers[layer]!.shape;

export function valuesIn({ layers }: PipelineSnapshot, layer = 0): PipelineValues {
  return layers[layer]!.values!;
}

/** The same snapshot without values. */
export function withoutValues({ title, layers }: PipelineSnapshot): PipelineSnapshot {
  return { title, chip: null, layers: layers.map(({ shape }) => ({ shape, values: null })) };
}

/** A run of that name, and another. */
export const twoRuns = (name: string): PipelineChoice["runs"] => [
  { dir: `/runs/${name}`, name },
  { dir: "/runs/other", name: "other" },
];

export function stateMessage(state: PipelineState): ToWebview {
  return { type: "pipeline", version: webviewProtocolVersion, ...state };
}

export function pipelineMessage(pipeline: PipelineSnapshot, options: PipelineChoice["options"] = {}): ToWebview {
  const dir = pipeline.chip === null ? null : `/runs/${pipeline.title}`;
  return stateMessage({ choice: { runs: twoRuns(pipeline.title), dir, options }, shown: { kind: "pipeline", pipeline } });
}
