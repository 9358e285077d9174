import { customInWords, type CustomFunctionSpec } from "../../experiment/customFunction.js";

/** What a schedule knows when it is asked for the learning rate of the next step. */
export interface ScheduleMoment {
  /** Steps done before this one, from 0. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** All validations so far: after how many steps, and their mean loss in nats per prediction. */
  readonly validations: readonly { readonly step: number; readonly loss: number }[];
}

/** The learning rate of a step, at least 0; asked once or more for each. */
export type Schedule = (moment: ScheduleMoment) => number;

/** A schedule gave what is no learning rate. */
export class ScheduleError extends RangeError {
  override readonly name = "ScheduleError";
}

/**
 * What a person's schedule gives.
 * @throws ScheduleError that names step and value; whatever the schedule throws
 */
export function scheduledRate(spec: CustomFunctionSpec, schedule: Schedule | undefined, moment: ScheduleMoment): number {
  if (schedule === undefined) {
    throw new ScheduleError(`The learning rate schedule ${customInWords(spec)} is a function of a cell, and is not here: give it again.`);
  }
  const rate: unknown = schedule(moment);
  if (typeof rate !== "number" || !Number.isFinite(rate) || rate < 0) {
    const value = typeof rate === "number" ? String(rate) : `a value of type ${typeof rate}`;
    throw new ScheduleError(
      `The learning rate schedule "${spec.name}" gave ${value} at step ${moment.step}: give a finite number of at least 0.`,
    );
  }
  return rate;
}
