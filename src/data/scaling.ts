import type { Scaling } from "./contract.js";

/** Sequences of one length. */
export interface ScaledSequences {
  /** [N, T, I], changed in place */
  readonly values: Float32Array;
  /** T */
  readonly timesteps: number;
  /** I */
  readonly width: number;
  /** [N], timesteps at the beginning of each that are no data but zeros, and stay zeros; absent where there are none. */
  readonly padding?: Int32Array;
}

/**
 * Mean and standard deviation of each of the I values over the timesteps of some sequences, padding aside.
 * @param part numbers of the sequences
 */
export function scalingOf(sequences: ScaledSequences, part: readonly number[]): Scaling {
  const { values, width } = sequences;
  const [means, deviations]: [number[], number[]] = [[], []];
  for (let value = 0; value < width; value++) {
    let [count, sum, squares] = [0, 0, 0];
    eachPlace(sequences, part, value, (at) => ((sum += values[at]!), count++));
    const mean = sum / count;
    eachPlace(sequences, part, value, (at) => (squares += (values[at]! - mean) ** 2));
    means.push(mean);
    deviations.push(Math.sqrt(squares / count));
  }
  return { means, deviations };
}

/**
 * Standardises sequences in place, as those of the training part were: from each value its mean is subtracted, and the rest is
 * divided by its standard deviation. A value that never varied in the training part becomes 0 there.
 */
export function standardise(sequences: ScaledSequences, { means, deviations }: Scaling): void {
  const { values, timesteps, width } = sequences;
  const all = Array.from({ length: values.length / (timesteps * width) }, (_, sequence) => sequence);
  for (let value = 0; value < width; value++) {
    const [mean, deviation] = [means[value]!, deviations[value]! || 1];
    eachPlace(sequences, all, value, (at) => (values[at] = (values[at]! - mean) / deviation));
  }
}

/** Calls for each place of one value in some sequences. */
function eachPlace({ timesteps, width, padding }: ScaledSequences, part: readonly number[], value: number, visit: (at: number) => void): void {
  for (const sequence of part) {
    const end = (sequence + 1) * timesteps * width;
    for (let at = (sequence * timesteps + (padding?.[sequence] ?? 0)) * width + value; at < end; at += width) {
      visit(at);
    }
  }
}
