import { networkCycles } from "../network.js";
import { stateAt, type CycleState } from "../schedule.js";
import type { AcceleratorShape } from "../shape.js";
import { timing, type Timing } from "../timing.js";

/** Cycles `from` to `to`-1, counted from the first beat of input that is accepted. */
export interface CycleRange {
  /** The first cycle. */
  readonly from: number;
  /** The cycle after the last one. */
  readonly to: number;
}

/** One layer of a trace, with the cycles in which its timesteps start. */
export interface TracedLayer {
  readonly index: number;
  readonly shape: AcceleratorShape;
  readonly plan: Timing;
  readonly starts: readonly number[];
}

/** Stacked layers in a range of cycles. */
export interface TracedNetwork extends CycleRange {
  readonly layers: readonly TracedLayer[];
}

/**
 * @param range default: the first timestep of all layers
 * @throws InvalidShapeError, RangeError for a range without cycles
 */
export function tracedNetwork(shapes: readonly AcceleratorShape[], range: Partial<CycleRange> = {}): TracedNetwork {
  const first = networkCycles(shapes, 1);
  const { from = 0, to = range.from === undefined ? first.cycles : range.from + first.cycles } = range;
  if (![from, to].every(Number.isInteger) || from < 0 || to <= from) {
    throw new RangeError(`Cycles ${from} to ${to} are no range; give whole numbers, the first from 0 and below the second.`);
  }
  const plans = shapes.map(timing);
  const timesteps = 1 + Math.floor(to / Math.min(...plans.map(({ cyclesPerTimestep }) => cyclesPerTimestep)));
  const { starts } = networkCycles(shapes, timesteps);
  return { from, to, layers: shapes.map((shape, index) => ({ index, shape, plan: plans[index]!, starts: starts[index]! })) };
}

/** The timesteps of a layer that have a cycle in the range. */
export function* timestepsIn({ starts, plan }: TracedLayer, { from, to }: CycleRange): Generator<{ timestep: number; start: number }> {
  for (const [timestep, start] of starts.entries()) {
    if (start >= to) {
      return;
    }
    if (start + plan.cyclesPerTimestep > from) {
      yield { timestep, start };
    }
  }
}

/** What a layer does in a cycle of the trace; null where it waits for a frame or for a free bank. */
export type LayerState = { readonly timestep: number; readonly state: CycleState } | null;

/** All layers, cycle by cycle. */
export function* statesIn({ layers, from, to }: TracedNetwork): Generator<{ cycle: number; layers: LayerState[] }> {
  const cursors = layers.map((layer) => new Cursor(layer));
  for (let cycle = from; cycle < to; cycle++) {
    yield { cycle, layers: cursors.map((cursor) => cursor.at(cycle)) };
  }
}

/** Finds the timesteps of one layer, for cycles that only grow. */
class Cursor {
  private timestep = 0;

  constructor(private readonly layer: TracedLayer) {}

  at(cycle: number): LayerState {
    const { starts, plan, shape } = this.layer;
    while ((starts[this.timestep + 1] ?? Infinity) <= cycle) {
      this.timestep++;
    }
    const within = cycle - starts[this.timestep]!;
    const { timestep } = this;
    return within >= 0 && within < plan.cyclesPerTimestep ? { timestep, state: stateAt(shape, within) } : null;
  }
}
