import type { DataPart } from "../data/contract.js";
import type { AcceleratorModel } from "../hardware/acceleratorModel.js";
import { calibrate, type Sequence } from "../hardware/calibrate.js";
import type { Calibration, FixedModelOptions } from "../hardware/fixModel.js";
import { shown } from "./options.js";

/** On what cell states and inputs are seen before their formats are chosen. */
export interface CalibrationOptions {
  /** Timesteps of the validation part. Default 1,000. */
  timesteps?: number;
}

/** Never the test part: its figures are those of the finished accelerator. */
export const calibrationPart = "validation" satisfies DataPart;
export const calibrationTimesteps = 1000;

/**
 * The ranges that a model takes on data.
 * @param sequences reads so many timesteps of the calibration part
 * @throws RangeError for a number of timesteps that is none
 */
export async function calibrationOn(
  model: AcceleratorModel,
  sequences: (timesteps: number) => Sequence[] | Promise<Sequence[]>,
  options: FixedModelOptions,
  { timesteps = calibrationTimesteps }: CalibrationOptions = {},
): Promise<Calibration> {
  if (!Number.isInteger(timesteps) || timesteps < 1) {
    throw new RangeError(`calibrate.timesteps is ${shown(timesteps)}; choose a whole number above 0, or calibrate: false.`);
  }
  return calibrate(model, await sequences(timesteps), options);
}
