import { calibrationOn, calibrationPart, calibrationTimesteps } from "./calibration.js";
import { partSequences } from "./runSequences.js";
import { taskData } from "./taskData.js";
import type { TaskData } from "../data/contract.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import { type AcceleratorModel, acceleratorModel } from "../hardware/acceleratorModel.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import { fixedModel, type FixedModelOptions } from "../hardware/fixModel.js";
import { goldenTimesteps, type GoldenSource } from "../hardware/rom/goldenVectors.js";
import type { DeployedModel } from "../rnn/deployedModel.js";

/** A finished run's model in integers. */
export interface CalibratedModel {
  readonly model: AcceleratorModel;
  readonly fixed: FixedModel;
  /** For golden vectors; undefined where the data cannot be read. */
  readonly golden?: GoldenSource;
  /** How the ranges came about, in one line. */
  readonly ranges: string;
}

/**
 * The integers of a run's model, with ranges seen on its data where that can be read.
 * @throws UnsupportedModelError, RangeError for an option out of range
 */
export async function calibratedModel(
  run: { readonly dir: string; readonly spec: Pick<ExperimentSpec, "task"> },
  deployed: DeployedModel,
  options: FixedModelOptions = {},
): Promise<CalibratedModel> {
  const model = acceleratorModel(deployed);
  const data = await taskData(run.spec.task, run.dir).catch((error: Error) => error);
  if (data instanceof Error) {
    const ranges = `Ranges of cell states and inputs are assumed, not seen on data: ${data.message}`;
    return { model, fixed: fixedModel(model, options), ranges: ranges + trainedInWords(model) };
  }
  const calibration = await calibrationOn(model, (timesteps) => partSequences(data, deployed.input, calibrationPart, timesteps), options);
  const golden = { origin: `the ${calibrationPart} part`, sequences: partSequences(data, deployed.input, calibrationPart, goldenTimesteps) };
  return { model, fixed: fixedModel(model, { ...options, calibration }), golden, ranges: inWords(data) + trainedInWords(model) };
}

function trainedInWords({ layers }: AcceleratorModel): string {
  const isTrained = layers.some((layer) => layer.cell === "lstm" && layer.cellState !== undefined);
  return isTrained ? "; cell states that were trained in fixed point keep the range of training" : "";
}

function inWords(data: TaskData): string {
  const timesteps =
    data.kind === "symbols"
      ? Math.min(data[calibrationPart].length, calibrationTimesteps)
      : Math.min(data[calibrationPart].labels.length * data.timesteps, Math.ceil(calibrationTimesteps / data.timesteps) * data.timesteps);
  return `Ranges of cell states and inputs are those seen in ${timesteps.toLocaleString("en-US")} timesteps of the ${calibrationPart} part`;
}
