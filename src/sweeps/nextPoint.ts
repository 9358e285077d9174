import { randomStream } from "../numbers/random.js";
import { gridPoint, pointKey, randomPoint } from "./points.js";
import type { SearchSpec } from "./searches.js";
import { type CheckedSpace, type Point, pointsOf } from "./space.js";
import { type Observation, tpePoint } from "./tpe.js";

/** What is searched, how, and with which chance. */
export interface Search {
  readonly space: CheckedSpace;
  readonly search: SearchSpec;
  readonly seed: number;
}

/** Draws that may fall on points already chosen, before the remaining points of a finite space are gone through in their order. */
const mostDraws = 100;

/** How many points a search will choose. */
export function plannedPoints({ space, search }: Pick<Search, "space" | "search">): number {
  return search.kind === "grid" ? pointsOf(space) : Math.min(search.trials, pointsOf(space));
}

/**
 * The next point of a search, none of those chosen before; undefined once it is over. A pure function: a sweep that goes on in another
 * process chooses what it would have chosen.
 * @param chosen keys (`pointKey`) of the points so far
 * @param history what is known of the earlier points, in their order; only `tl.tpe` reads it
 */
export function nextPoint(search: Search, chosen: ReadonlySet<string>, history: readonly Observation[]): Point | undefined {
  const { space, seed } = search;
  const number = chosen.size;
  if (number >= plannedPoints(search)) {
    return undefined;
  }
  switch (search.search.kind) {
    case "grid":
      return gridPoint(space, number);
    case "random":
      return newPoint(search, chosen, 0);
    case "tpe": {
      const point = tpePoint(space, history, seed, number);
      return chosen.has(pointKey(point)) ? newPoint(search, chosen, 1) : point;
    }
  }
}

/** @param from the number of the first draw */
function newPoint({ space, seed }: Search, chosen: ReadonlySet<string>, from: number): Point {
  const stream = randomStream(seed, "search", chosen.size);
  const dimensions = Object.keys(space).length;
  for (let draw = from; draw < mostDraws; draw++) {
    const point = randomPoint(space, stream, draw * dimensions);
    if (!chosen.has(pointKey(point))) {
      return point;
    }
  }
  // So few are left of a finite space that chance does not find them.
  for (let number = 0; ; number++) {
    const point = gridPoint(space, number);
    if (!chosen.has(pointKey(point))) {
      return point;
    }
  }
}
