import { randomStream } from "../numbers/random.js";
import { parzenOf, uniforms } from "./parzen.js";
import { randomPoint } from "./points.js";
import type { CheckedSpace, Point } from "./space.js";

/** A point that was tried. */
export interface Observation {
  readonly point: Point;
  /** What is to become small; infinite for a trial that failed. */
  readonly loss: number;
  /** How far its training came; a trial that came further is better known than one that was ended early. */
  readonly resource: number;
}

/** Optuna's defaults: points drawn at random first, and candidates among which the most promising is taken. */
const randomFirst = 10;
const candidates = 24;

/** How many observations count as good (Optuna's default gamma). */
export function goodCount(observations: number): number {
  return Math.min(Math.ceil(0.1 * observations), 25);
}

/**
 * The next point of the tree-structured Parzen estimator (Bergstra et al. 2011): of `candidates` drawn from the density of the good points,
 * in each dimension the value whose density among the good is highest against that among the others. A pure function of its arguments.
 * @param history in the order in which the points were chosen
 * @param number of the point to be chosen, from 0
 */
export function tpePoint(space: CheckedSpace, history: readonly Observation[], seed: number, number: number): Point {
  const stream = randomStream(seed, "search", number);
  if (history.length < randomFirst) {
    return randomPoint(space, stream);
  }
  const next = uniforms(stream);
  const [good, others] = split(history);
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => {
      const valuesIn = (observations: readonly Observation[]): number[] => observations.map(({ point }) => point[name]!);
      const [ofGood, ofOthers] = [parzenOf(dimension, valuesIn(good)), parzenOf(dimension, valuesIn(others))];
      const drawn = Array.from({ length: candidates }, () => ofGood.sample(next));
      const gains = drawn.map((value) => ofGood.logDensity(value) - ofOthers.logDensity(value));
      return [name, drawn[gains.indexOf(Math.max(...gains))]!];
    }),
  );
}

/** The good ones and the others, each in the order of the history. Those that came further are better than those ended before, as in Optuna. */
function split(history: readonly Observation[]): [Observation[], Observation[]] {
  const ranked = history.toSorted((a, b) => b.resource - a.resource || compare(a.loss, b.loss));
  const good = new Set(ranked.slice(0, goodCount(history.length)));
  return [history.filter((each) => good.has(each)), history.filter((each) => !good.has(each))];
}

/** Infinite losses are equal: their difference is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
