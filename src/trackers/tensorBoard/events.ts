import { bytesField, doubleField, encodeMessage, type Field, floatField, integerField, messageField, packedDoublesField, stringField } from "../../files/protobuf.js";
import type { Histogram, Value } from "../measurements.js";

/**
 * The messages of an event file, as far as runs need them. Numbers of fields are those of tensorflow/core/util/event.proto (Event,
 * SessionLog), tensorflow/core/framework/summary.proto (Summary, SummaryMetadata, HistogramProto) and of TensorBoard's
 * plugins/hparams/plugin_data.proto and api.proto (HParamsPluginData, SessionStartInfo, SessionEndInfo, Status).
 */

/** How a session of the HPARAMS tab ended. One that runs has no end yet: TensorBoard keeps the first that it is told. */
export type SessionStatus = "success" | "failure" | "unknown";
const statuses: Readonly<Record<SessionStatus, number>> = { unknown: 0, success: 1, failure: 2 };

const sessionLogStart = 1;
const tensorClass = 2;
const floatType = 1;

interface When {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly step: number;
}

function event({ time, step }: When, what: Field): Uint8Array {
  return encodeMessage([doubleField(1, time), integerField(2, step), what]);
}

/** The first event of every file. */
export function fileVersion(time: number): Uint8Array {
  return event({ time, step: 0 }, stringField(3, "brain.Event:2"));
}

/** Says that what the file has so far from this step on does not count: the run was resumed from an earlier checkpoint. */
export function restart(when: When): Uint8Array {
  return event(when, messageField(7, [integerField(1, sessionLogStart)]));
}

/** Scalars of one step, single precision as TensorBoard keeps them; NaN and the infinities stay. */
export function scalars(when: When, values: readonly Value[]): Uint8Array {
  return summary(when, values.map(({ name, value }) => [stringField(1, name), floatField(2, value)]));
}

/** Histograms of one step. */
export function histograms(when: When, values: readonly Histogram[]): Uint8Array {
  return summary(when, values.map((histogram) => [stringField(1, histogram.name), messageField(5, histogramProto(histogram))]));
}

/** Shares stand for counts: num is 1, and sums are those of the bins' middles. */
function histogramProto({ limit, shares }: Histogram): Field[] {
  const width = (2 * limit) / shares.length;
  const middles = shares.map((_, bin) => -limit + (bin + 0.5) * width);
  const mean = (power: number): number => shares.reduce((sum, share, bin) => sum + share * middles[bin]! ** power, 0);
  return [
    doubleField(1, -limit),
    doubleField(2, limit),
    doubleField(3, 1),
    doubleField(4, mean(1)),
    doubleField(5, mean(2)),
    packedDoublesField(6, shares.map((_, bin) => -limit + (bin + 1) * width)),
    packedDoublesField(7, shares),
  ];
}

export type HyperparameterValue = number | string | boolean;

/** The hyper-parameters of a run, for the HPARAMS tab; without an Experiment message TensorBoard finds names and types by itself. */
export function sessionStart(time: number, hyperparameters: ReadonlyMap<string, HyperparameterValue>): Uint8Array {
  const entries = [...hyperparameters].map(([name, value]) => messageField(1, [stringField(1, name), messageField(2, [structValue(value)])]));
  return hparams(time, "_hparams_/session_start_info", messageField(3, [...entries, doubleField(5, time)]));
}

/** How and when the run ended. */
export function sessionEnd(time: number, status: SessionStatus): Uint8Array {
  return hparams(time, "_hparams_/session_end_info", messageField(4, [integerField(1, statuses[status]), doubleField(2, time)]));
}

/** google/protobuf/struct.proto, Value */
function structValue(value: HyperparameterValue): Field {
  switch (typeof value) {
    case "number":
      return doubleField(2, value);
    case "boolean":
      return integerField(4, Number(value));
    default:
      return stringField(3, value);
  }
}

/** The data is in the metadata; the value is the tensor [0], which stands for none. */
function hparams(time: number, tag: string, data: Field): Uint8Array {
  const plugin = messageField(1, [stringField(1, "hparams"), bytesField(2, encodeMessage([data]))]);
  const metadata = messageField(9, [plugin, integerField(4, tensorClass)]);
  const shape = messageField(2, [messageField(2, [integerField(1, 1)])]);
  const nothing = messageField(8, [integerField(1, floatType), shape, floatField(5, 0)]);
  return summary({ time, step: 0 }, [[stringField(1, tag), metadata, nothing]]);
}

function summary(when: When, values: readonly (readonly Field[])[]): Uint8Array {
  return event(when, messageField(5, values.map((value) => messageField(1, value))));
}
