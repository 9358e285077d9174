import type { LabelledSequences, SequenceData } from "../../data/contract.js";
import type { Minibatch, TrainingBatches } from "./minibatch.js";
import { permutation, randomStream } from "../../numbers/random.js";

/** Fewer sequences than one minibatch holds. */
export class TooFewSequencesError extends Error {
  override readonly name = "TooFewSequencesError";
}

type SequenceSize = Pick<SequenceData, "timesteps" | "width">;

/** Gathers whole sequences into a time-major minibatch. */
class SequenceBuffer {
  private readonly values: Float32Array;
  private readonly targets: Int32Array;

  constructor(
    private readonly sequences: LabelledSequences,
    private readonly size: SequenceSize,
    private readonly batch: number,
  ) {
    this.values = new Float32Array(size.timesteps * batch * size.width);
    this.targets = new Int32Array(batch);
  }

  /** Puts a sequence into column b. */
  fill(b: number, sequence: number): void {
    const { timesteps, width } = this.size;
    const from = sequence * timesteps * width;
    for (let t = 0; t < timesteps; t++) {
      const step = this.sequences.values.subarray(from + t * width, from + (t + 1) * width);
      this.values.set(step, (t * this.batch + b) * width);
    }
    this.targets[b] = this.sequences.labels[sequence]!;
  }

  minibatch(): Minibatch {
    return { input: { kind: "dense", values: this.values }, targets: this.targets, continues: false };
  }
}

/** Sequences in random order, another one each epoch; those that do not fill a minibatch wait for the next epoch. */
export class ShuffledSequences implements TrainingBatches {
  readonly stepsPerEpoch: number;
  private epoch = -1;
  private order: Int32Array = new Int32Array(0);
  private readonly buffer: SequenceBuffer;

  constructor(
    private readonly sequences: LabelledSequences,
    size: SequenceSize,
    private readonly batch: number,
    private readonly seed: number,
  ) {
    this.stepsPerEpoch = minibatches(sequences, batch, "training");
    this.buffer = new SequenceBuffer(sequences, size, batch);
  }

  at(step: number): Minibatch {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.order = permutation(randomStream(this.seed, "sequence-order", epoch), this.sequences.labels.length);
    }
    const first = (step % this.stepsPerEpoch) * this.batch;
    for (let b = 0; b < this.batch; b++) {
      this.buffer.fill(b, this.order[first + b]!);
    }
    return this.buffer.minibatch();
  }
}

/** Sequences in their order; those that do not fill a minibatch are left out. @param part named in the error */
export function* orderedSequences(
  sequences: LabelledSequences,
  size: SequenceSize,
  batch: number,
  part: string,
): Generator<Minibatch> {
  const count = minibatches(sequences, batch, part);
  const buffer = new SequenceBuffer(sequences, size, batch);
  for (let index = 0; index < count; index++) {
    for (let b = 0; b < batch; b++) {
      buffer.fill(b, index * batch + b);
    }
    yield buffer.minibatch();
  }
}

function minibatches({ labels }: LabelledSequences, batch: number, part: string): number {
  if (labels.length < batch) {
    throw new TooFewSequencesError(
      `The ${part} part has ${labels.length} sequences, a minibatch ${batch}: choose a smaller batchSize, or give more sequences.`,
    );
  }
  return Math.floor(labels.length / batch);
}
