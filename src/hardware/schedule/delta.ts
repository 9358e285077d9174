import { checkNetwork, timelineOf } from "./network.js";
import type { NetworkCycles } from "./network.js";
import type { AcceleratorShape } from "./shape.js";
import { timingOfWords } from "./timing.js";

/**
 * With delta updates a timestep reads the recurrent columns of a list. The list's entry comes a cycle before the words, and
 * the new list is whole a cycle after the last write-back.
 */
const listLatency = 2;
const listPause = 1;

/**
 * Cycles of one timestep.
 * @param columns recurrent columns in its list, at least 1
 */
export function deltaCycles(shape: AcceleratorShape, columns: number): number {
  return timingOfWords(shape, columns, listLatency).cyclesPerTimestep;
}

/**
 * When each layer starts each timestep; how long they take depends on what changed.
 * @param columns [layers][T]: recurrent columns that each timestep reads
 * @throws InvalidShapeError, RangeError
 */
export function deltaNetworkCycles(shapes: readonly AcceleratorShape[], columns: readonly (readonly number[])[]): NetworkCycles {
  const timesteps = columns[0]?.length ?? 0;
  return timelineOf(checkNetwork(shapes), timesteps, (layer, timestep) => deltaCycles(shapes[layer]!, columns[layer]![timestep]!), listPause);
}
