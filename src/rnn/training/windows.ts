import type { Minibatch, MinibatchShape, TrainingBatches } from "./minibatch.js";
import { integerAt, permutation, randomStream } from "../../numbers/random.js";

/** A text that is too short to be cut into one minibatch. */
export class TextTooShortError extends Error {
  override readonly name = "TextTooShortError";
}

/** Arrays of one minibatch of a language model; the targets are the inputs shifted by one symbol. */
class WindowBuffer {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;

  constructor(
    private readonly symbols: Int32Array,
    private readonly shape: MinibatchShape,
  ) {
    this.inputs = new Int32Array(shape.timesteps * shape.batch);
    this.targets = new Int32Array(shape.timesteps * shape.batch);
  }

  /** Puts the window that begins at `start` of the text into column b. */
  fill(b: number, start: number): void {
    const { timesteps, batch } = this.shape;
    for (let t = 0; t < timesteps; t++) {
      this.inputs[t * batch + b] = this.symbols[start + t]!;
      this.targets[t * batch + b] = this.symbols[start + t + 1]!;
    }
  }

  minibatch(continues: boolean): Minibatch {
    return { input: { kind: "symbols", symbols: this.inputs }, targets: this.targets, continues };
  }
}

/**
 * Cuts a text into non-overlapping windows as the paper's code does: a random offset below T each epoch, the windows in
 * random order.
 */
export class ShuffledWindows implements TrainingBatches {
  readonly stepsPerEpoch: number;
  private epoch = -1;
  private offset = 0;
  private order: Int32Array = new Int32Array(0);
  private readonly buffer: WindowBuffer;

  constructor(
    symbols: Int32Array,
    private readonly shape: MinibatchShape,
    private readonly seed: number,
  ) {
    this.stepsPerEpoch = minibatches(symbols, shape, shape.timesteps - 1, "training");
    this.buffer = new WindowBuffer(symbols, shape);
  }

  at(step: number): Minibatch {
    const { batch, timesteps } = this.shape;
    this.startEpoch(Math.floor(step / this.stepsPerEpoch));
    const first = (step % this.stepsPerEpoch) * batch;
    for (let b = 0; b < batch; b++) {
      this.buffer.fill(b, this.offset + this.order[first + b]! * timesteps);
    }
    return this.buffer.minibatch(false);
  }

  private startEpoch(epoch: number): void {
    if (epoch !== this.epoch) {
      const { batch, timesteps } = this.shape;
      this.epoch = epoch;
      this.offset = integerAt(randomStream(this.seed, "window-offset", epoch), 0, timesteps);
      this.order = permutation(randomStream(this.seed, "window-order", epoch), this.stepsPerEpoch * batch);
    }
  }
}

/**
 * A text read in order by B streams side by side from B evenly spaced places, a window further at each step, for layers
 * that carry their state; each epoch begins anew.
 */
export class ConsecutiveWindows implements TrainingBatches {
  readonly stepsPerEpoch: number;
  private readonly buffer: WindowBuffer;
  private readonly streamLength: number;

  constructor(
    symbols: Int32Array,
    private readonly shape: MinibatchShape,
    part = "training",
  ) {
    minibatches(symbols, shape, 0, part);
    this.streamLength = Math.floor((symbols.length - 1) / shape.batch);
    this.stepsPerEpoch = Math.floor(this.streamLength / shape.timesteps);
    this.buffer = new WindowBuffer(symbols, shape);
  }

  at(step: number): Minibatch {
    const { batch, timesteps } = this.shape;
    const inEpoch = step % this.stepsPerEpoch;
    for (let b = 0; b < batch; b++) {
      this.buffer.fill(b, b * this.streamLength + inEpoch * timesteps);
    }
    return this.buffer.minibatch(inEpoch > 0);
  }
}

/**
 * The minibatches of one pass over a text from its start, in text order, each window from the initial state. Windows
 * that do not fill a minibatch are left out: statistics over a few rows would distort the mean.
 */
export function* orderedWindows(symbols: Int32Array, shape: MinibatchShape, part: string): Generator<Minibatch> {
  const buffer = new WindowBuffer(symbols, shape);
  const count = minibatches(symbols, shape, 0, part);
  for (let index = 0; index < count; index++) {
    for (let b = 0; b < shape.batch; b++) {
      buffer.fill(b, (index * shape.batch + b) * shape.timesteps);
    }
    yield buffer.minibatch(false);
  }
}

function minibatches(symbols: Int32Array, { timesteps, batch }: MinibatchShape, offset: number, part: string): number {
  const windows = Math.floor((symbols.length - 1 - offset) / timesteps);
  if (windows < batch) {
    const needed = batch * timesteps + offset + 1;
    throw new TextTooShortError(
      `The ${part} text has ${symbols.length} symbols; one minibatch of ${batch} windows of ${timesteps} needs ` +
        `${needed}. Choose a smaller batchSize or sequenceLength, or a longer text.`,
    );
  }
  return Math.floor(windows / batch);
}
