import type { ShippedMatrix } from "../rnn/shipping/deployedModel.js";
import { levelsOfBits, smallestRange } from "../rnn/activationRounding.js";
import { rowStatistics, type ShippedForm } from "../normalisers/lookup.js";
import { formatRange } from "../rnn/fixedState.js";
import type { FixedPoint } from "../rnn/kernels/contract.js";
import type { GraphBuilder } from "./graphBuilder.js";

/** Where the nodes of a step go, and how they come by the layer's matrices and constants. */
export interface StepContext {
  readonly graph: GraphBuilder;
  /** x [..., rows] times the matrix: [..., columns]. */
  readonly product: (name: string, x: string, matrix: ShippedMatrix) => string;
  /** The row of `values` [R, columns] that belongs to the timestep at hand, to be broadcast. */
  readonly constant: (name: string, values: Float32Array, columns: number) => string;
}

/** States of a layer by their names, [B, H] each; a GRU, for one, has no cell. */
export interface StepState {
  readonly hidden: string;
  readonly cell?: string;
}

/** How a layer normalises. */
export interface Normalising {
  readonly normalisation: ShippedForm;
  readonly epsilon: number;
}

/** The normalised x [..., columns] times the gain. @param gain [R, columns] */
export function scaled(context: StepContext, x: string, normalising: Normalising, name: string, gain: Float32Array, columns: number): string {
  const read = rowStatistics(normalising.normalisation)?.onnx(context.graph, x, normalising.epsilon, columns) ?? x;
  return gain.every((value) => value === 1) ? read : context.graph.node("Mul", [read, context.constant(name, gain, columns)]);
}

/** @param shift [R, columns] */
export function shifted({ graph, constant }: StepContext, x: string, name: string, shift: Float32Array, columns: number): string {
  return shift.every((value) => value === 0) ? x : graph.node("Add", [x, constant(name, shift, columns)]);
}

/** Zoneout's expectation (Krueger et al. 2017): rate times the old state and the rest of the new one. */
export function mixed({ graph }: StepContext, rate: number, old: string, fresh: string): string {
  if (rate === 0) {
    return fresh;
  }
  const share = (value: string, part: number): string => graph.node("Mul", [value, graph.constant("zoneout", [1], Float32Array.of(part))]);
  return graph.node("Add", [share(old, rate), share(fresh, 1 - rate)]);
}

/** What zoneout leaves of a state, rounded once more; without it the fresh one, which is rounded already. */
export function kept(context: StepContext, rate: number, old: string, fresh: string, format: FixedPoint | undefined): string {
  return rate === 0 ? fresh : rounded(context.graph, mixed(context, rate, old, fresh), format);
}

/** The format's nearest number, ties upwards; the range's end for values beyond it. Without a format: x as it is. */
export function rounded(graph: GraphBuilder, x: string, format: FixedPoint | undefined): string {
  if (format === undefined) {
    return x;
  }
  const { low, high } = formatRange(format);
  const scale = 2 ** format.fractionBits;
  const scalar = (name: string, value: number): string => graph.constant(name, [], Float32Array.of(value));
  const nearest = graph.node("Floor", [graph.node("Add", [graph.node("Mul", [x, scalar("steps", scale)]), scalar("half", 0.5)])]);
  return graph.node("Clip", [graph.node("Mul", [nearest, scalar("step", 1 / scale)]), scalar("low", low), scalar("high", high)]);
}

/** Each row of x in `bits` bits, as `roundActivations` rounds it. Without bits: x as it is. */
export function roundedActivations(graph: GraphBuilder, x: string, bits: number | undefined): string {
  if (bits === undefined) {
    return x;
  }
  const scalar = (name: string, value: number): string => graph.constant(name, [], Float32Array.of(value));
  const largest = graph.node("ReduceMax", [graph.node("Abs", [x])], { axes: { ints: [-1] }, keepdims: { int: 1 } });
  const scale = graph.node("Div", [scalar("activationLevels", levelsOfBits(bits)), graph.node("Max", [largest, scalar("smallestRange", smallestRange)])]);
  return graph.node("Div", [graph.node("Floor", [graph.node("Add", [graph.node("Mul", [x, scale]), scalar("half", 0.5)])]), scale]);
}

/** Equal parts of the last axis. */
export function split(graph: GraphBuilder, x: string, parts: number): string[] {
  return graph.nodes("Split", [x], parts, { axis: { int: -1 } });
}
