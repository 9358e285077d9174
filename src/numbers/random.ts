/**
 * Counter-based random numbers: the i-th number of a stream is a pure function of (seed, purpose, step, i), so a
 * resumed run needs no generator state and any number can be computed alone (the idea of Salmon et al. 2011,
 * "Parallel random numbers: as easy as 1, 2, 3").
 *
 * The function is SplitMix's counter walk (Steele, Lea and Flood 2014) in 32 bits, mixed by "lowbias32" of Wellons'
 * hash-prospector. A second key enters between its two rounds, so that two streams are not shifted copies of each
 * other. Not for cryptography.
 */
const goldenGamma = 0x9e3779b9;

/** What a stream is used for; each has its own numbers at each step. */
const purposes = {
  "initial-weights": 1,
  "input-weights": 2,
  "recurrent-weights": 3,
  "window-offset": 4,
  "window-order": 5,
  sampling: 6,
  "output-weights": 7,
  "initial-embedding": 8,
  "embedding-dropout": 9,
  dropout: 10,
  "recurrent-dropout": 11,
  "zoneout-hidden": 12,
  "zoneout-cell": 13,
  "sequence-order": 14,
  permutation: 15,
  "initial-noise": 16,
  search: 17,
} as const;

export type Purpose = keyof typeof purposes;

/** One stream of random numbers, addressed by index. */
export interface RandomStream {
  readonly key0: number;
  readonly key1: number;
}

function mix(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x7feb352d);
  z = Math.imul(z ^ (z >>> 15), 0x846ca68b);
  return z ^ (z >>> 16);
}

/**
 * @param seed unsigned 32-bit integer
 * @param step integer: training step, epoch, or a matrix's number, as the purpose needs
 */
export function randomStream(seed: number, purpose: Purpose, step: number): RandomStream {
  const mixedSeed = mix((seed | 0) + goldenGamma);
  const mixedPurpose = mix(mixedSeed ^ Math.imul(purposes[purpose], 0x85ebca6b));
  const key0 = mix(mixedPurpose + Math.imul(step | 0, goldenGamma));
  const key1 = mix(key0 ^ mixedSeed ^ 0x5bd1e995);
  return { key0, key1 };
}

/** The seed of one layer's own streams; layer 0 has the network's. */
export function layerSeed(seed: number, layer: number): number {
  return (seed + Math.imul(layer, goldenGamma)) >>> 0;
}

/** The stream's number at `index` as a signed 32-bit integer, all bits random. */
export function bitsAt(key0: number, key1: number, index: number): number {
  let z = (key0 + Math.imul(index, goldenGamma)) | 0;
  z = (Math.imul(z ^ (z >>> 16), 0x7feb352d) + key1) | 0;
  z = Math.imul(z ^ (z >>> 15), 0x846ca68b);
  return z ^ (z >>> 16);
}

/** Uniform on [0, 1), 32 bits of resolution. */
export function uniformAt(stream: RandomStream, index: number): number {
  return (bitsAt(stream.key0, stream.key1, index) >>> 0) * 2 ** -32;
}

/** Uniform integer in [0, bound), bound <= 2^31; the bias is below bound / 2^32. */
export function integerAt(stream: RandomStream, index: number, bound: number): number {
  return Math.floor(uniformAt(stream, index) * bound);
}

/** Standard normal (Box and Muller 1958); uses the uniforms 2i and 2i + 1. */
export function normalAt(stream: RandomStream, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(stream, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniformAt(stream, 2 * index + 1));
}

/** The integers 0 ... length-1 in random order (Fisher and Yates). */
export function permutation(stream: RandomStream, length: number): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = integerAt(stream, last, last + 1);
    const moved = order[last]!;
    order[last] = order[other]!;
    order[other] = moved;
  }
  return order;
}
