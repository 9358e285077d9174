import type { TaskData } from "../../data/contract.js";
import type { SequenceInput } from "../kernels/contract.js";
import { ParallelStreams } from "../inference/parallelStreams.js";
import { orderedSequences } from "../training/sequenceBatches.js";

/** Training data as it is read to measure population statistics: chunks of one shape, again and again. */
export interface StatisticsSource {
  readonly timesteps: number;
  readonly batch: number;
  chunks(): Generator<StatisticsChunk>;
}

export interface StatisticsChunk {
  readonly input: SequenceInput;
  /** Whether states carry on from the chunk before. */
  readonly continues: boolean;
  /** Whether the states have settled. */
  readonly counts: boolean;
}

/** Timesteps of a text's chunk; chunks that only let the states settle, and all of them. */
const textTimesteps = 64;
const settlingChunks = 2;
const textChunks = 16;
const maximumStreams = 128;
/** Minibatches of sequences to measure on. */
const sequenceChunks = 16;
const maximumSequences = 128;

/** The minibatches of the training part from which population statistics are taken. */
export function statisticsSource(data: TaskData): StatisticsSource {
  return data.kind === "symbols" ? textSource(data.train) : sequenceSource(data);
}

/** Streams run on through the training text side by side. */
function textSource(symbols: Int32Array): StatisticsSource {
  const streams = new ParallelStreams(symbols, maximumStreams, textTimesteps);
  return {
    timesteps: textTimesteps,
    batch: streams.batch,
    *chunks() {
      for (let index = 0; index < textChunks; index++) {
        const input = { kind: "symbols", symbols: streams.at(index * textTimesteps, textTimesteps) } as const;
        yield { input, continues: index > 0, counts: index >= settlingChunks };
      }
    },
  };
}

/** Whole training sequences, each from the initial state. */
function sequenceSource(data: Extract<TaskData, { kind: "sequences" }>): StatisticsSource {
  const batch = Math.min(maximumSequences, data.train.labels.length);
  return {
    timesteps: data.timesteps,
    batch,
    *chunks() {
      let index = 0;
      for (const { input } of orderedSequences(data.train, data, batch, "training")) {
        if (index++ === sequenceChunks) {
          return;
        }
        yield { input, continues: false, counts: true };
      }
    },
  };
}
