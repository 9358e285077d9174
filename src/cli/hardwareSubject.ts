import { chipData, chipSource } from "../jobs/chipSource.js";
import { partSequences } from "../jobs/runSequences.js";
import type { Sequence } from "../hardware/calibrate.js";
import { calibrationPart, type Chip, chipOf } from "../hardware/chip.js";
import { shippedModel } from "../runs/shippedModel.js";
import { readChipOptions } from "./chipOptions.js";
import { type CommandLine, UsageError } from "./command.js";
import { openNamedRun } from "./openedRun.js";
import { randomRun, refuseRandomOptions } from "./randomOptions.js";

/** What a hardware command works on: the chip of a finished run with its data, or of a random network. */
export interface HardwareSubject {
  readonly chip: Chip;
  /** Sequences of the validation part. */
  readonly sequences: readonly Sequence[];
}

/**
 * @param timesteps of the sequences
 * @throws UsageError, RunError, RunDataError, OptionError
 */
export async function hardwareSubject({ operands, values }: CommandLine, command: string, timesteps: number): Promise<HardwareSubject> {
  const [place] = operands;
  if ((place === undefined) === (values["random"] === undefined)) {
    throw new UsageError(`${command} needs either RUN, the directory of a finished run, or --random SEED.`);
  }
  return place === undefined ? randomSubject(values, timesteps) : runSubject(place, values, timesteps);
}

/** A random network's weights have the precision that was asked for already, and its ranges are those of what it reads. */
function randomSubject(values: CommandLine["values"], timesteps: number): HardwareSubject {
  const { model, sequences } = randomRun(values, timesteps);
  const { precision: _precision, ...options } = readChipOptions(values);
  return { chip: chipOf({ name: model.choice, model, read: () => sequences }, options), sequences };
}

async function runSubject(place: string, values: CommandLine["values"], timesteps: number): Promise<HardwareSubject> {
  refuseRandomOptions(values, ["precision"]);
  const options = readChipOptions(values);
  const run = await openNamedRun(place);
  const deployed = await shippedModel(run);
  const data = await chipData(run);
  const chip = chipOf(chipSource(run.spec.name, deployed, data), options);
  return { chip, sequences: partSequences(data, deployed.input, calibrationPart, timesteps) };
}
