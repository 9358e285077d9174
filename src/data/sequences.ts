import { createHash } from "node:crypto";
import type { CorpusSpec } from "../experiment/taskSpec.js";
import type { DataPart, LabelledSequences, SequenceData } from "./contract.js";
import type { TableForm } from "./tableForm.js";

/** Labelled sequences to learn from, and what is known of them. */
export interface SequenceCorpus {
  readonly name: string;
  readonly data: SequenceData;
  /** What is known of its licence, in words. */
  readonly licence: string;
  readonly source: CorpusSpec["source"];
  /** SHA-256 of everything in `data`, in hexadecimal. */
  readonly sha256: string;
  /** What a reader of its statistics should know. */
  readonly notes: readonly string[];
  /** How a CSV file was read; absent for other sources. */
  readonly tableForm?: TableForm;
  /** How a table was understood; absent for other sources. */
  readonly reading?: SequenceReading | undefined;
}

/** What was understood of a table of sequences. */
export interface SequenceReading {
  /** The shape in words: "one sequence in each row, 40 timesteps of 4 values". */
  readonly table: string;
  /** Names of the values of a timestep. */
  readonly features: readonly string[];
  /** Timesteps of the sequences, before they were brought to one length. */
  readonly lengths: { readonly shortest: number; readonly median: number; readonly longest: number };
  /** Each names two possible readings and the option that chooses. */
  readonly warnings: readonly string[];
}

/** Sequences that cannot be had or cannot be used; the message names place, value and remedy. */
export class SequenceError extends Error {
  override readonly name = "SequenceError";
}

export const dataParts: readonly DataPart[] = ["train", "validation", "test"];

/** Labelled sequences with their facts and the checksum of their values. */
export function makeSequenceCorpus(data: SequenceData, facts: Omit<SequenceCorpus, "data" | "sha256">): SequenceCorpus {
  return { ...facts, data, sha256: sequencesSha256(data) };
}

/** SHA-256 over sizes, names of the classes, and for each part its values and labels as little-endian 32-bit numbers. */
export function sequencesSha256(data: SequenceData): string {
  const { timesteps, width, classes } = data;
  const hash = createHash("sha256");
  const lengths = dataParts.map((part) => data[part].labels.length);
  hash.update(JSON.stringify({ timesteps, width, classes, lengths }));
  for (const part of dataParts) {
    hash.update(littleEndian(data[part].values));
    hash.update(littleEndian(data[part].labels));
  }
  return hash.digest("hex");
}

function littleEndian(values: Float32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  return isLittleEndian ? bytes : Buffer.from(bytes).swap32();
}

/**
 * The same numbers with `count` neighbouring timesteps side by side as one.
 * @throws SequenceError when timesteps would be left over
 */
export function groupedTimesteps(data: SequenceData, count: number): SequenceData {
  const { timesteps, width } = data;
  if (!(Number.isInteger(count) && count >= 1 && timesteps % count === 0)) {
    throw new SequenceError(`${timesteps} timesteps cannot be put side by side ${count} at a time: grouped must divide their number.`);
  }
  return { ...data, timesteps: timesteps / count, width: width * count };
}

/**
 * The same sequences with their timesteps in another order, the same for all: timestep t is timestep order[t] of the
 * given ones (permuted sequential MNIST: Le, Jaitly and Hinton 2015).
 * @param order a permutation of 0 ... timesteps - 1
 * @throws RangeError when it is none
 */
export function permutedTimesteps(data: SequenceData, order: Int32Array): SequenceData {
  const { timesteps, width } = data;
  const isPermutation = order.length === timesteps && new Set(order).size === timesteps;
  if (!isPermutation || order.some((from) => from < 0 || from >= timesteps)) {
    throw new RangeError(`The order of timesteps is no permutation of 0 ... ${timesteps - 1}.`);
  }
  const permuted = ({ values, labels }: LabelledSequences): LabelledSequences => {
    const moved = new Float32Array(values.length);
    for (let sequence = 0; sequence < labels.length; sequence++) {
      const start = sequence * timesteps * width;
      for (let t = 0; t < timesteps; t++) {
        const from = start + order[t]! * width;
        moved.set(values.subarray(from, from + width), start + t * width);
      }
    }
    return { values: moved, labels };
  };
  return { ...data, train: permuted(data.train), validation: permuted(data.validation), test: permuted(data.test) };
}
