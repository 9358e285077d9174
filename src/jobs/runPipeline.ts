import type { PipelineSnapshot } from "../../webview/contract.js";
import type { TaskData } from "../data/contract.js";
import type { DeployedInput } from "../rnn/shipping/deployedModel.js";
import { timestepsOf } from "../hardware/calibrate.js";
import { calibrationPart, type Chip, chipOf } from "../hardware/chip.js";
import type { ChipOptions } from "../hardware/chipOptions.js";
import type { RunReading } from "../runs/readRun.js";
import { shippedModel } from "../runs/shippedModel.js";
import { chipPipeline, type Moment } from "./chipPipeline.js";
import { chipData, chipSource, RunDataError } from "./chipSource.js";
import { partSequences } from "./runSequences.js";

/** Symbols of a text that are read until the timestep that is shown, that one included: its state is one of real work. */
const shownTimestep = 16;

/**
 * The chip of a finished run in one timestep of its validation part.
 * @throws RunError, RunDataError, UnsupportedModelError, OptionError
 */
export async function runPipeline(run: RunReading, options: ChipOptions): Promise<{ snapshot: PipelineSnapshot; chip: Chip }> {
  const deployed = await shippedModel(run);
  const data = await chipData(run);
  const chip = chipOf(chipSource(run.spec.name, deployed, data), options);
  return { snapshot: chipPipeline(chip, momentIn(data, chip)), chip };
}

/**
 * The timestep that is shown of a run's data. Of a text it is an early one. Of a sequence it is one in the middle, or the first
 * one after it that reads something: pictures begin and end with background.
 */
export function momentIn(data: TaskData, { name, model }: Pick<Chip, "name" | "model">): Moment {
  const [sequence] = partSequences(data, model.input, calibrationPart, shownTimestep);
  if (sequence === undefined || timestepsOf(sequence) === 0) {
    throw new RunDataError(`The ${calibrationPart} part of the data of the run "${name}" is empty: there is no timestep to show.`);
  }
  if (sequence.kind === "symbols" || data.kind === "symbols") {
    const last = timestepsOf(sequence) - 1;
    const symbol = symbolsOf(model.input)[(data.kind === "symbols" ? data : undefined)!.validation[last]!]!;
    const read = sequence.kind === "symbols" ? symbol : `the vector of ${JSON.stringify(symbol)}`;
    return { sequence, name: read, place: `timestep ${last + 1} of the ${calibrationPart} part` };
  }
  const shown = middleTimestep(sequence.values, sequence.width);
  return {
    sequence: { ...sequence, values: sequence.values.subarray(0, (shown + 1) * sequence.width) },
    name: `features of timestep ${shown + 1}`,
    place: `timestep ${shown + 1} of the first sequence of the ${calibrationPart} part`,
  };
}

function symbolsOf(input: DeployedInput): readonly string[] {
  return input.kind === "dense" ? [] : input.symbols;
}

/** @param values [T, I] */
function middleTimestep(values: Float32Array, width: number): number {
  const middle = Math.floor(values.length / width / 2);
  const first = values.subarray(middle * width).findIndex((value) => value !== 0);
  return first < 0 ? middle : middle + Math.floor(first / width);
}
