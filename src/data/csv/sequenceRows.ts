import { SequenceError } from "../sequences.js";

/** Sequences as a table has them, of whatever lengths. */
export interface SequenceRows {
  /** How the table was read, in words. */
  readonly table: string;
  /** I names. */
  readonly features: readonly string[];
  /** Numbers of the columns of values, in the order in which they were read: of one timestep in a long table, else of a sequence. */
  readonly order: readonly number[];
  /** [N], where in the file each begins. */
  readonly lines: readonly number[];
  /** [N], timesteps of each. */
  readonly lengths: Int32Array;
  /** All timesteps of the first sequence, then those of the next; I values each. */
  readonly values: Float32Array;
  /** [N], or undefined for a table without a label column. */
  readonly labels: readonly string[] | undefined;
}

/** Timesteps of sequences. */
export interface Lengths {
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
}

/** @param lengths at least one */
export function summariseLengths(lengths: Int32Array): Lengths {
  const sorted = lengths.slice().sort();
  const middle = (sorted.length - 1) / 2;
  return { shortest: sorted[0]!, median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2, longest: sorted.at(-1)! };
}

export interface EvenSequences {
  /** T */
  readonly timesteps: number;
  /** [N, T, I] */
  readonly values: Float32Array;
  /** [N], timesteps of zeros at the beginning of each; absent where there are none. */
  readonly padding?: Int32Array;
}

/**
 * Sequences of one length: longer ones keep their last timesteps, shorter ones begin with zeros, because a class is read from the last
 * hidden state (Keras pads and cuts sequences so, too).
 * @param timesteps T; undefined: the length that all of them have
 * @throws SequenceError when they have none
 */
export function evenSequences(place: string, { lengths, values, features }: SequenceRows, timesteps: number | undefined): EvenSequences {
  const { shortest, median, longest } = summariseLengths(lengths);
  if (timesteps === undefined && shortest !== longest) {
    throw new SequenceError(
      `${place}: its ${lengths.length} sequences have from ${shortest} to ${longest} timesteps (median ${median}): give them one length, as ` +
        `timesteps: ${longest}. Longer ones then keep their last timesteps, and shorter ones begin with zeros.`,
    );
  }
  const length = timesteps ?? longest;
  if (shortest === longest && length === longest) {
    return { timesteps: length, values };
  }
  const width = features.length;
  const even = new Float32Array(lengths.length * length * width);
  let from = 0;
  lengths.forEach((own, n) => {
    const kept = Math.min(own, length);
    even.set(values.subarray(from + (own - kept) * width, from + own * width), ((n + 1) * length - kept) * width);
    from += own * width;
  });
  return { timesteps: length, values: even, padding: lengths.map((own) => Math.max(0, length - own)) };
}
