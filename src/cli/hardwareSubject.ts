import { type AcceleratorModel, acceleratorModel } from "../hardware/acceleratorModel.js";
import { calibrate, type Sequence } from "../hardware/calibrate.js";
import type { Calibration, FixedModelOptions } from "../hardware/fixModel.js";
import { type CommandLine, UsageError } from "./command.js";
import { readFixedOptions } from "./fixedOptions.js";
import { finishedModel, openNamedRun } from "./openedRun.js";
import { oneOf, randomRun, refuseRandomOptions } from "./randomOptions.js";
import { calibrationOn, calibrationPart } from "../api/calibration.js";
import { runSequences } from "../api/runSequences.js";

/** What a hardware command works on: a finished run with its data, or a random network. */
export interface HardwareSubject {
  readonly model: AcceleratorModel;
  /** Of the validation part. */
  readonly sequences: readonly Sequence[];
  readonly calibration: Calibration;
  readonly precision: FixedModelOptions["precision"];
  /** For headers and titles. */
  readonly origin: string;
}

/**
 * @param timesteps of the sequences
 * @throws UsageError, RunError
 */
export async function hardwareSubject({ operands, values }: CommandLine, command: string, timesteps: number): Promise<HardwareSubject> {
  const [place] = operands;
  if ((place === undefined) === (values["random"] === undefined)) {
    throw new UsageError(`${command} needs either RUN, the directory of a finished run, or --random SEED.`);
  }
  return place === undefined ? randomSubject(values, timesteps) : runSubject(place, values, timesteps);
}

function randomSubject(values: CommandLine["values"], timesteps: number): HardwareSubject {
  const { model, sequences } = randomRun(values, timesteps);
  return { model, sequences, calibration: calibrate(model, sequences, readFixedOptions(values)), precision: undefined, origin: model.choice };
}

async function runSubject(place: string, values: CommandLine["values"], timesteps: number): Promise<HardwareSubject> {
  refuseRandomOptions(values, ["precision"]);
  const { precision } = values;
  const run = await openNamedRun(place);
  const deployed = await finishedModel(run);
  const model = acceleratorModel(deployed);
  const sequences = await runSequences(run, deployed, "validation", timesteps);
  return {
    model,
    sequences,
    // That of every export, so that files, Verilog and this are the same integers.
    calibration: await calibrationOn(model, (count) => runSequences(run, deployed, calibrationPart, count), readFixedOptions(values)),
    precision: precision === undefined ? undefined : oneOf("precision", precision, ["binary", "ternary", "full"]),
    origin: run.spec.name,
  };
}
