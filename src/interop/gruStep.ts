import type { DeployedGru } from "../rnn/shipping/deployedModel.js";
import { stateRounding } from "../rnn/fixedState.js";
import { constantColumns, matrixColumns } from "./columns.js";
import { kept, rounded, scaled, shifted, split, type StepContext, type StepState } from "./stepNodes.js";

/** One timestep of a GRU. @param external [B, 3H] */
export function gruStep(context: StepContext, layer: DeployedGru, external: string, { hidden }: StepState): StepState {
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
