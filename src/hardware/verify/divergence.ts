import type { Trace, TraceEvent, TraceLayout, TraceValue } from "./trace.js";

/** Where two traces part; `undefined` where one of them has no such value though it goes on. */
export interface Divergence {
  readonly layer: number;
  readonly timestep: number;
  readonly unit: number;
  /** A gate's letter, "c", "h" or "output". */
  readonly signal: string;
  readonly expected: TraceValue | undefined;
  readonly got: TraceValue | undefined;
}

export interface Comparison {
  /** Values that both traces have. */
  readonly compared: number;
  /** Timesteps of which each trace has at least one value. */
  readonly timesteps: { readonly a: number; readonly b: number };
  /** Earliest timestep first, then the lowest layer, then the order in which signals depend on each other, then the unit. */
  readonly divergence?: Divergence;
}

type Side = "a" | "b";

/** A value that the other trace has not shown yet. */
interface Waiting {
  readonly side: Side;
  readonly event: TraceEvent;
}

/**
 * Compares two traces of the same accelerator, whatever order each shows its values in: hardware computes layers side by
 * side. A trace that ends sooner is compared as far as it goes.
 */
export async function firstDivergence(layout: TraceLayout, a: Trace, b: Trace): Promise<Comparison> {
  const comparing = new Comparing(layout);
  for await (const { side, event } of alternate(a, b)) {
    comparing.add(side, event);
  }
  return comparing.end();
}

class Comparing {
  private readonly keyOf: (event: TraceEvent) => number;
  private readonly waiting = new Map<number, Waiting>();
  private readonly reached = { a: new Map<string, number>(), b: new Map<string, number>() };
  private compared = 0;
  private first: { readonly key: number; readonly divergence: Divergence } | undefined;

  constructor(layout: TraceLayout) {
    this.keyOf = keysOf(layout);
  }

  add(side: Side, event: TraceEvent): void {
    const key = this.keyOf(event);
    const reached = this.reached[side];
    reached.set(lane(event), Math.max(event.timestep, reached.get(lane(event)) ?? 0));
    const other = this.waiting.get(key);
    if (other === undefined || other.side === side) {
      this.waiting.set(key, { side, event });
      return;
    }
    this.waiting.delete(key);
    this.compared++;
    if (other.event.value !== event.value) {
      this.keep(key, side === "b" ? placed(event, other.event.value, event.value) : placed(event, event.value, other.event.value));
    }
  }

  end(): Comparison {
    for (const [key, { side, event }] of this.waiting) {
      const others = this.reached[side === "a" ? "b" : "a"];
      // The other trace has later values of this signal: this one is missing.
      if (event.timestep < (others.get(lane(event)) ?? -1)) {
        this.keep(key, side === "a" ? placed(event, event.value, undefined) : placed(event, undefined, event.value));
      }
    }
    const { compared, first, reached } = this;
    const timesteps = { a: count(reached.a), b: count(reached.b) };
    return { compared, timesteps, ...(first === undefined ? {} : { divergence: first.divergence }) };
  }

  private keep(key: number, divergence: Divergence): void {
    this.first = this.first === undefined || key < this.first.key ? { key, divergence } : this.first;
  }
}

function placed({ layer, timestep, unit, signal }: TraceEvent, expected: TraceValue | undefined, got: TraceValue | undefined): Divergence {
  return { layer, timestep, unit, signal, expected, got };
}

function lane({ layer, signal }: TraceEvent): string {
  return `${layer} ${signal}`;
}

function count(reached: ReadonlyMap<string, number>): number {
  let timesteps = 0;
  for (const timestep of reached.values()) {
    timesteps = Math.max(timesteps, timestep + 1);
  }
  return timesteps;
}

/** A number for each value, in the order in which a first divergence is looked for. */
function keysOf(layout: TraceLayout): (event: TraceEvent) => number {
  let perTimestep = 0;
  const starts = new Map<string, number>();
  for (const [layer, { units, signals }] of layout.entries()) {
    for (const { name } of signals) {
      starts.set(`${layer} ${name}`, perTimestep);
      perTimestep += units;
    }
  }
  return (event) => event.timestep * perTimestep + starts.get(lane(event))! + event.unit;
}

/** One value of each in turn, so that few wait for the other. */
async function* alternate(a: Trace, b: Trace): AsyncIterable<{ side: Side; event: TraceEvent }> {
  const sides: { side: Side; events: Iterator<TraceEvent> | AsyncIterator<TraceEvent> }[] = [
    { side: "a", events: iterator(a) },
    { side: "b", events: iterator(b) },
  ];
  while (sides.length > 0) {
    for (const each of [...sides]) {
      const next = await each.events.next();
      if (next.done) {
        sides.splice(sides.indexOf(each), 1);
      } else {
        yield { side: each.side, event: next.value };
      }
    }
  }
}

function iterator(trace: Trace): Iterator<TraceEvent> | AsyncIterator<TraceEvent> {
  return Symbol.asyncIterator in trace ? trace[Symbol.asyncIterator]() : trace[Symbol.iterator]();
}
