import type { DeployedGru, DeployedLayer, DeployedLstm } from "../rnn/shipping/deployedModel.js";
import { activationRounding } from "../rnn/activationRounding.js";
import { stateRounding } from "../rnn/fixedState.js";
import type { FixedPoint } from "../rnn/kernels/contract.js";
import { constantColumns, matrixColumns } from "./columns.js";
import type { GraphBuilder } from "./graphBuilder.js";
import type { Factor } from "./products.js";
import { mixed, rounded, roundedActivations, scaled, shifted, split, type StepContext } from "./stepNodes.js";

/** States of a layer by their names, [B, H] each; a GRU has no cell. */
export interface StepState {
  readonly hidden: string;
  readonly cell?: string;
}

/** The part of the pre-activations that comes from the input: [..., G * H] of the product x·Qx. */
export function externalPart(context: StepContext, layer: DeployedLayer, product: string): string {
  const { columns } = layer.inputWeights;
  return shifted(context, scaled(context, product, layer, "gainInput", layer.gainInput, columns), "shift", layer.shift, columns);
}

/** What a layer reads as it enters its product; a one-hot vector is exact in any number of bits. */
export function enteringInput(graph: GraphBuilder, { spec }: DeployedLayer, input: Factor): Factor {
  return input.kind === "symbols" ? input : { ...input, name: roundedActivations(graph, input.name, activationRounding(spec)?.input) };
}

/** States that a stream goes on from, in fixed point where the layer keeps them so. */
export function startingStates(graph: GraphBuilder, { spec }: DeployedLayer, { hidden, cell }: StepState): StepState {
  const formats = stateRounding(spec);
  return { hidden: rounded(graph, hidden, formats?.hidden), ...(cell !== undefined && { cell: rounded(graph, cell, formats?.cell) }) };
}

/** What zoneout leaves of a state, rounded once more; without it the fresh one, which is rounded already. */
function kept(context: StepContext, rate: number, old: string, fresh: string, format: FixedPoint | undefined): string {
  return rate === 0 ? fresh : rounded(context.graph, mixed(context, rate, old, fresh), format);
}

/**
 * One timestep of a layer, the equations of `DeployedLayer` (docs/engine.md) in standard operators.
 * @param external [B, G * H]
 */
export function recurrentStep(context: StepContext, layer: DeployedLayer, external: string, state: StepState): StepState {
  const bits = activationRounding(layer.spec)?.recurrent;
  const product: StepContext["product"] = (name, x, matrix) => context.product(name, roundedActivations(context.graph, x, bits), matrix);
  const rounding = { ...context, product };
  return "gainCell" in layer ? lstmStep(rounding, layer, external, state) : gruStep(rounding, layer, external, state);
}

function lstmStep(context: StepContext, layer: DeployedLstm, external: string, state: StepState): StepState {
  const { graph, product } = context;
  const { units, recurrentWeights, spec, epsilon } = layer;
  const { columns } = recurrentWeights;
  const recurrent = scaled(context, product("recurrentWeights", state.hidden, recurrentWeights), layer, "gainRecurrent", layer.gainRecurrent, columns);
  const [g, f, i, o] = split(graph, graph.node("Add", [recurrent, external]), 4) as [string, string, string, string];
  const formats = stateRounding(spec);
  const carried = graph.node("Mul", [graph.node("Sigmoid", [f]), state.cell!]);
  const added = graph.node("Mul", [graph.node("Sigmoid", [i]), graph.node("Tanh", [g])]);
  const cell = rounded(graph, graph.node("Add", [carried, added]), formats?.cell);
  const normalised = scaled(context, cell, { normalisation: layer.cellNormalisation, epsilon }, "gainCell", layer.gainCell, units);
  const read = graph.node("Tanh", [shifted(context, normalised, "shiftCell", layer.shiftCell, units)]);
  const hidden = rounded(graph, graph.node("Mul", [graph.node("Sigmoid", [o]), read]), formats?.hidden);
  return {
    hidden: kept(context, spec.zoneout.hidden, state.hidden, hidden, formats?.hidden),
    cell: kept(context, spec.zoneout.cell, state.cell!, cell, formats?.cell),
  };
}

function gruStep(context: StepContext, layer: DeployedGru, external: string, { hidden }: StepState): StepState {
  const { graph } = context;
  const [externalR, externalZ, externalN] = split(graph, external, 3) as [string, string, string];
  const gate = (recurrent: string, part: string): string => graph.node("Sigmoid", [graph.node("Add", [recurrent, part])]);
  const recurrent = (layer.spec.reset === "before" ? resetBefore : resetAfter)(context, layer, hidden);
  const r = gate(recurrent.reset, externalR);
  const z = gate(recurrent.update, externalZ);
  const n = graph.node("Tanh", [graph.node("Add", [recurrent.candidate(r), externalN])]);
  // (1 - z) n + z h
  const format = stateRounding(layer.spec)?.hidden;
  const fresh = rounded(graph, graph.node("Add", [n, graph.node("Mul", [z, graph.node("Sub", [hidden, n])])]), format);
  return { hidden: kept(context, layer.spec.zoneout.hidden, hidden, fresh, format) };
}

/** The recurrent parts of the pre-activations; the candidate's depends on the reset gate. */
interface GruProducts {
  readonly reset: string;
  readonly update: string;
  readonly candidate: (r: string) => string;
}

/** The whole product is normalised, and the candidate's part of it reset. */
function resetAfter(context: StepContext, layer: DeployedGru, hidden: string): GruProducts {
  const { graph, product } = context;
  const { recurrentWeights, units } = layer;
  const whole = product("recurrentWeights", hidden, recurrentWeights);
  const normalised = scaled(context, whole, layer, "gainRecurrent", layer.gainRecurrent, recurrentWeights.columns);
  const [reset, update, n] = split(graph, normalised, 3) as [string, string, string];
  return { reset, update, candidate: (r) => graph.node("Mul", [r, shifted(context, n, "shiftReset", layer.shiftReset, units)]) };
}

/** The gates' product and the candidate's, of the state that was reset, are normalised each by itself. */
function resetBefore(context: StepContext, layer: DeployedGru, hidden: string): GruProducts {
  const { graph, product } = context;
  const { recurrentWeights, units } = layer;
  const part = (name: string, x: string, from: number, to: number): string => {
    const gain = constantColumns(layer.gainRecurrent, recurrentWeights.columns, from, to);
    const result = product(`recurrentWeights${name}`, x, matrixColumns(recurrentWeights, from, to));
    return scaled(context, result, layer, `gainRecurrent${name}`, gain, to - from);
  };
  const [reset, update] = split(graph, part("Gates", hidden, 0, 2 * units), 2) as [string, string];
  return { reset, update, candidate: (r) => part("Candidate", graph.node("Mul", [r, hidden]), 2 * units, 3 * units) };
}
