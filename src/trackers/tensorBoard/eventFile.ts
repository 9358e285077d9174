import { hyperparametersOf } from "../../runs/hyperparameters.js";
import type { RunReading } from "../../runs/readRun.js";
import { endOf, type Measurement, measurementsOf, type Transcript } from "../measurements.js";
import { fileVersion, histograms, restart, scalars, sessionEnd, sessionStart, type SessionStatus } from "./events.js";
import { tfRecord } from "./records.js";

/** What the event file of a run is to hold, told once and then only what is new. */
export class EventFile {
  private log: Transcript | undefined;
  private told = 0;
  private isEnded = false;

  /**
   * The records that come after those of the last call. A run that was resumed from an earlier step than it had told is told anew, after
   * a mark that makes TensorBoard forget.
   */
  news(reading: RunReading<Transcript>): Uint8Array {
    const { log, state } = reading;
    const time = log.startedAt ?? 0;
    const events: Uint8Array[] = [];
    if (log !== this.log) {
      events.push(this.log === undefined ? fileVersion(time) : restart({ time: endOf(log), step: 0 }));
      events.push(sessionStart(time, new Map(hyperparametersOf(reading.spec).map(({ path, value }) => [path, value]))));
      this.log = log;
      this.told = 0;
      this.isEnded = false;
    }
    const measurements = measurementsOf(reading);
    for (const measurement of measurements.slice(this.told)) {
      eventsOf(measurement).forEach((event) => events.push(event));
    }
    this.told = measurements.length;
    if (state !== "running" && !this.isEnded) {
      this.isEnded = true;
      events.push(sessionEnd(endOf(log), statuses[state]));
    }
    return Buffer.concat(events.map(tfRecord));
  }
}

/** The letters by which TensorBoard knows an event file. */
export const eventFilePrefix = "events.out.tfevents.";

/** Digits of the seconds come first, as in TensorFlow's names, by which TensorBoard orders the files of a folder. */
export function eventFileName({ log }: RunReading<Transcript>): string {
  return `${eventFilePrefix}${String(Math.floor(log.startedAt ?? 0)).padStart(10, "0")}.tritloom`;
}

const statuses: Readonly<Record<"finished" | "interrupted" | "crashed", SessionStatus>> = { finished: "success", interrupted: "unknown", crashed: "failure" };

function eventsOf(measurement: Measurement): Uint8Array[] {
  const { values, histograms: shares } = measurement;
  return [...(values.length > 0 ? [scalars(measurement, values)] : []), ...(shares.length > 0 ? [histograms(measurement, shares)] : [])];
}
