import type { LayerSpec } from "../experiment/spec.js";
import type { SequenceInput } from "./kernels/contract.js";

/**
 * Bidirectional layers (Schuster and Paliwal 1997): a layer reads its sequence from the beginning, a second one with weights of its own
 * reads it from the end, and whatever is above reads [h_forward(t), h_reverse(t)]. A classification reads the state of each direction
 * after its own last timestep, as PyTorch's h_n: of the reverse direction that is the one at the first timestep of the sequence.
 *
 * T timesteps, B sequences, H units of each direction. "Joined" arrays are [T, B, 2H] in the order of the sequence.
 */

/** In which order a layer, or one half of a bidirectional layer, reads its sequence. */
export const directionNames = ["forward", "reverse"] as const;
export type DirectionName = (typeof directionNames)[number];

/** The directions of a layer, in the order in which their states stand side by side. */
export function directionsOf({ bidirectional }: Pick<LayerSpec, "bidirectional">): readonly DirectionName[] {
  return bidirectional ? directionNames : ["forward"];
}

/** Numbers that a layer passes on at each timestep: H, or 2H. */
export function outputUnits(spec: Pick<LayerSpec, "bidirectional" | "units">): number {
  return directionsOf(spec).length * spec.units;
}

/** Layers that a network has at most; reverse directions have the numbers after theirs. */
const mostLayers = 16;

/** The number by which one direction of a layer addresses its random numbers: `layerSeed(seed, number)`. */
export function directionNumber(layer: number, direction: DirectionName): number {
  return direction === "reverse" ? mostLayers + layer : layer;
}

/** The timesteps of [T, ...] from the last to the first; a copy. */
export function reversedTimesteps<A extends Float32Array | Int32Array>(values: A, timesteps: number): A {
  const out = values.slice() as A;
  const length = values.length / timesteps;
  for (let t = 0; t < timesteps; t++) {
    out.set(values.subarray(t * length, (t + 1) * length), (timesteps - 1 - t) * length);
  }
  return out;
}

/** A sequence of symbols or values from its end to its beginning; a copy. */
export function reversedInput(input: SequenceInput, timesteps: number): SequenceInput {
  return input.kind === "symbols"
    ? { kind: "symbols", symbols: reversedTimesteps(input.symbols, timesteps) }
    : { kind: "dense", values: reversedTimesteps(input.values, timesteps) };
}

/** Some columns of each row of [rows, width], from column `first` on. */
interface Columns {
  readonly values: Float32Array;
  readonly width: number;
  readonly first: number;
}

function copyColumns(from: Columns, to: Columns, units: number): void {
  const rows = from.values.length / from.width;
  for (let row = 0; row < rows; row++) {
    const source = row * from.width + from.first;
    const target = row * to.width + to.first;
    for (let unit = 0; unit < units; unit++) {
      to.values[target + unit] = from.values[source + unit]!;
    }
  }
}

/** Columns of each direction in rows that are joined. */
function halfOf(direction: DirectionName, values: Float32Array, units: number): Columns {
  return { values, width: 2 * units, first: direction === "reverse" ? units : 0 };
}

interface SequenceShape {
  /** T */
  readonly timesteps: number;
  /** H */
  readonly units: number;
}

/** Calls `visit` with a joined timestep and the same one of each direction, [B, 2H] and [B, H]. */
function eachTimestep(
  joined: Float32Array,
  directions: Directions,
  { timesteps, units }: SequenceShape,
  visit: (joined: Columns, own: Columns) => void,
): void {
  const length = joined.length / timesteps / 2;
  for (let t = 0; t < timesteps; t++) {
    const both = joined.subarray(2 * t * length, 2 * (t + 1) * length);
    for (const direction of directionNames) {
      const read = direction === "reverse" ? timesteps - 1 - t : t;
      const own = directions[direction].subarray(read * length, (read + 1) * length);
      visit(halfOf(direction, both, units), { values: own, width: units, first: 0 });
    }
  }
}

/** [T, B, H] of each direction, in the order in which it reads. */
export type Directions = Readonly<Record<DirectionName, Float32Array>>;

/** What is above a bidirectional layer reads: [T, B, 2H]. @param out overwritten */
export function joinDirections(directions: Directions, shape: SequenceShape, out: Float32Array = new Float32Array(2 * directions.forward.length)): Float32Array {
  eachTimestep(out, directions, shape, (joined, own) => copyColumns(own, joined, shape.units));
  return out;
}

/** What `joinDirections` would join to [T, B, 2H]. @param out overwritten */
export function splitDirections(joined: Float32Array, shape: SequenceShape, out: Directions): Directions {
  eachTimestep(joined, out, shape, (both, own) => copyColumns(both, own, shape.units));
  return out;
}

/**
 * What a classification reads of its last layer's output [T, B, H or 2H]: the states of each direction after its own last timestep,
 * [B, H or 2H]. Of a layer with one direction a view, else a copy.
 * @param batch B
 */
export function finalStates(spec: Pick<LayerSpec, "bidirectional" | "units">, hidden: Float32Array, batch: number): Float32Array {
  const length = batch * outputUnits(spec);
  const last = hidden.subarray(hidden.length - length);
  if (!spec.bidirectional) {
    return last;
  }
  const states = last.slice();
  copyColumns(halfOf("reverse", hidden.subarray(0, length), spec.units), halfOf("reverse", states, spec.units), spec.units);
  return states;
}

/** Puts a gradient of `finalStates` at its places among zeros. @param all [T, B, H or 2H], zero everywhere else */
export function spreadFinalStates(spec: Pick<LayerSpec, "bidirectional" | "units">, gradient: Float32Array, all: Float32Array): void {
  const timesteps = { forward: all.subarray(all.length - gradient.length), reverse: all.subarray(0, gradient.length) };
  if (!spec.bidirectional) {
    timesteps.forward.set(gradient);
    return;
  }
  for (const direction of directionNames) {
    copyColumns(halfOf(direction, gradient, spec.units), halfOf(direction, timesteps[direction], spec.units), spec.units);
  }
}
