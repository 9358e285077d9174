import { type RandomStream, uniformAt } from "../numbers/random.js";
import { clamp } from "./points.js";
import type { ChoiceDimension, Dimension } from "./space.js";

/**
 * Parzen estimators of one dimension (Bergstra et al. 2011, section 4): a mixture of one kernel around each observation and a wide one for
 * the prior. Widths, weights and limits follow the defaults of Optuna's TPESampler (optuna/samplers/_tpe/parzen_estimator.py: univariate,
 * prior weight 1, "magic clip", no end points).
 */
export interface Parzen {
  /** @param next uniform numbers in [0, 1), as many as it asks for */
  sample(next: () => number): number;
  logDensity(value: number): number;
}

/** Uniform numbers of a stream, one after the other. */
export function uniforms(stream: RandomStream): () => number {
  let index = 0;
  return () => uniformAt(stream, index++);
}

/** The latest 25 observations count fully, older ones the less the older they are (Bergstra et al. 2013; Optuna's default weights). */
export function weightsOf(count: number): number[] {
  const ramp = Math.max(0, count - 25);
  return Array.from({ length: count }, (_, index) => (index >= ramp ? 1 : ramp === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * index) / (ramp - 1)));
}

/** @param observations in the order in which they were tried */
export function parzenOf(dimension: Dimension, observations: readonly number[]): Parzen {
  const weights = [...weightsOf(observations.length), 1];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  return dimension.kind === "choice" ? categorical(dimension, observations, shares) : numerical(dimension, observations, shares);
}

function categorical({ values }: ChoiceDimension, observations: readonly number[], shares: readonly number[]): Parzen {
  const kernels = shares.length;
  const probabilities = values.map(() => 0);
  shares.forEach((share, kernel) => {
    const observed = observations[kernel];
    // Each kernel spreads the prior's weight evenly, 1/kernels for each value, and adds 1 where it was observed.
    const sum = values.length / kernels + Number(observed !== undefined);
    values.forEach((_, value) => (probabilities[value]! += (share * (1 / kernels + Number(value === observed))) / sum));
  });
  return {
    sample: (next) => indexAt(probabilities, next()),
    logDensity: (value) => Math.log(probabilities[value]!),
  };
}

interface Kernel {
  readonly mean: number;
  readonly width: number;
  /** What of the normal distribution lies between the bounds. */
  readonly mass: number;
}

function numerical({ kind, low, high, log }: Exclude<Dimension, ChoiceDimension>, observations: readonly number[], shares: readonly number[]): Parzen {
  const half = kind === "integer" ? 0.5 : 0;
  const inward = log ? Math.log : (value: number) => value;
  const outward = log ? Math.exp : (value: number) => value;
  const [from, to] = [inward(low - half), inward(high + half)];
  if (from === to) {
    return { sample: () => low, logDensity: () => 0 };
  }
  const kernels = kernelsOf(observations.map(inward), from, to);
  const rounded = (value: number): number => clamp(kind === "integer" ? Math.round(value) : value, { low, high });
  const density = (value: number, { mean, width, mass }: Kernel): number =>
    kind === "integer"
      ? (cumulative((inward(value + 0.5) - mean) / width) - cumulative((inward(value - 0.5) - mean) / width)) / mass
      : Math.exp(-0.5 * ((inward(value) - mean) / width) ** 2) / (width * Math.sqrt(2 * Math.PI) * mass);
  return {
    sample: (next) => {
      const { mean, width } = kernels[indexAt(shares, next())]!;
      return rounded(outward(truncatedNormal(mean, width, from, to, next)));
    },
    logDensity: (value) => Math.log(kernels.reduce((sum, kernel, index) => sum + shares[index]! * density(value, kernel), 0) + Number.MIN_VALUE),
  };
}

/** A kernel for each observation, in their order, and the prior's. */
function kernelsOf(observations: readonly number[], from: number, to: number): Kernel[] {
  const range = to - from;
  const means = [...observations, (from + to) / 2];
  const order = means.map((_, index) => index).toSorted((a, b) => means[a]! - means[b]!);
  // The "magic clip": the more observations, the narrower a kernel may be.
  const least = range / Math.min(100, 1 + means.length);
  const widths = new Array<number>(means.length).fill(range);
  order.forEach((index, place) => {
    const neighbours = [order[place - 1], order[place + 1]].filter((other) => other !== undefined);
    const furthest = Math.max(0, ...neighbours.map((other) => Math.abs(means[other]! - means[index]!)));
    widths[index] = index === observations.length ? range : clamp(furthest, { low: least, high: range });
  });
  return means.map((mean, index) => {
    const width = widths[index]!;
    return { mean, width, mass: cumulative((to - mean) / width) - cumulative((from - mean) / width) };
  });
}

/** Draws by rejection: means lie between the bounds and no width exceeds their distance, so that a third of the draws or more are taken. */
function truncatedNormal(mean: number, width: number, from: number, to: number, next: () => number): number {
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const value = mean + width * radius * Math.cos(2 * Math.PI * next());
    if (value >= from && value <= to) {
      return value;
    }
  }
}

/** The standard normal distribution function, to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26). */
function cumulative(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const half = 0.5 * polynomial * Math.exp(-x * x);
  return z < 0 ? half : 1 - half;
}

/** The index at which the running sum of shares exceeds `place`. */
function indexAt(shares: readonly number[], place: number): number {
  let sum = 0;
  const index = shares.findIndex((share) => (sum += share) > place);
  return index === -1 ? shares.length - 1 : index;
}

