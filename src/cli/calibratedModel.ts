import { calibrationOn, calibrationPart, calibrationTimesteps } from "../api/calibration.js";
import { partSequences } from "../api/runSequences.js";
import { taskData } from "../api/taskData.js";
import type { TaskData } from "../data/contract.js";
import { type AcceleratorModel, acceleratorModel } from "../hardware/acceleratorModel.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import { fixedModel } from "../hardware/fixModel.js";
import type { DeployedModel } from "../rnn/deployedModel.js";
import type { RunReading } from "../runs/readRun.js";
import type { CommandLine } from "./command.js";
import { readFixedOptions } from "./fixedOptions.js";

/** A finished run's model in integers. */
export interface CalibratedModel {
  readonly model: AcceleratorModel;
  readonly fixed: FixedModel;
  /** How the ranges came about, in one line. */
  readonly ranges: string;
}

/**
 * The integers of a run's model, with ranges seen on its data where that can be read.
 * @throws UnsupportedModelError, UsageError, RangeError for an option out of range
 */
export async function calibratedModel(run: RunReading, deployed: DeployedModel, values: CommandLine["values"]): Promise<CalibratedModel> {
  const model = acceleratorModel(deployed);
  const options = readFixedOptions(values);
  const data = await taskData(run.spec.task, run.dir).catch((error: Error) => error);
  if (data instanceof Error) {
    const ranges = `Ranges of cell states and inputs are assumed, not seen on data: ${data.message}`;
    return { model, fixed: fixedModel(model, options), ranges };
  }
  const calibration = await calibrationOn(model, (timesteps) => partSequences(data, deployed.input, calibrationPart, timesteps), options);
  return { model, fixed: fixedModel(model, { ...options, calibration }), ranges: inWords(data) };
}

function inWords(data: TaskData): string {
  const timesteps =
    data.kind === "symbols"
      ? Math.min(data[calibrationPart].length, calibrationTimesteps)
      : Math.min(data[calibrationPart].labels.length * data.timesteps, Math.ceil(calibrationTimesteps / data.timesteps) * data.timesteps);
  return `Ranges of cell states and inputs are those seen in ${timesteps.toLocaleString("en-US")} timesteps of the ${calibrationPart} part`;
}
