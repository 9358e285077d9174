import { integerAt, type RandomStream, uniformAt } from "../numbers/random.js";
import { type CheckedSpace, type Dimension, type Point, pointsOf, valuesOf } from "./space.js";

/** Most points that a grid may have: more is a mistake in the space. */
const mostGridPoints = 100_000;

/**
 * Checks that a grid can be made of a space.
 * @throws TypeError that names the dimension without an end, or the number of points
 */
export function checkGrid(space: CheckedSpace): void {
  for (const [name, dimension] of Object.entries(space)) {
    if (valuesOf(dimension) === Infinity) {
      throw new TypeError(`tl.grid() cannot try every value of ${name}, which has no end of them: give a list, or search with tl.random(50) or tl.tpe(50)`);
    }
  }
  const points = pointsOf(space);
  if (points > mostGridPoints) {
    throw new TypeError(`The grid of this space has ${points.toLocaleString("en-US")} points: shorten its lists, or search with tl.random(50) or tl.tpe(50)`);
  }
}

/** The point of a grid with this number, from 0: the last dimension varies fastest. */
export function gridPoint(space: CheckedSpace, number: number): Point {
  const point: Record<string, number> = {};
  let rest = number;
  for (const [name, dimension] of Object.entries(space).toReversed()) {
    const values = valuesOf(dimension);
    point[name] = (dimension.kind === "integer" || dimension.kind === "real" ? dimension.low : 0) + (rest % values);
    rest = Math.floor(rest / values);
  }
  return Object.fromEntries(Object.keys(space).map((name) => [name, point[name]!]));
}

/** A point drawn from a stream; each dimension has the stream's number of its place, plus `from`. */
export function randomPoint(space: CheckedSpace, stream: RandomStream, from = 0): Point {
  return Object.fromEntries(Object.entries(space).map(([name, dimension], place) => [name, drawn(dimension, stream, from + place)]));
}

function drawn(dimension: Dimension, stream: RandomStream, index: number): number {
  switch (dimension.kind) {
    case "choice":
      return integerAt(stream, index, dimension.values.length);
    case "integer":
      return dimension.log
        ? clamp(Math.round(logScaled(dimension.low - 0.5, dimension.high + 0.5, uniformAt(stream, index))), dimension)
        : dimension.low + Math.floor(uniformAt(stream, index) * (dimension.high - dimension.low + 1));
    case "real":
      return dimension.log
        ? clamp(logScaled(dimension.low, dimension.high, uniformAt(stream, index)), dimension)
        : dimension.low + uniformAt(stream, index) * (dimension.high - dimension.low);
  }
}

function logScaled(low: number, high: number, share: number): number {
  return Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low)));
}

/** Rounding of exponentials must not leave the bounds. */
export function clamp(value: number, { low, high }: { readonly low: number; readonly high: number }): number {
  return Math.min(high, Math.max(low, value));
}

/** A text that two points share only if they are the same. */
export function pointKey(point: Point): string {
  return JSON.stringify(Object.entries(point).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
