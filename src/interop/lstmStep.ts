import type { DeployedLstm } from "../rnn/shipping/deployedModel.js";
import { stateRounding } from "../rnn/fixedState.js";
import { kept, rounded, scaled, shifted, split, type StepContext, type StepState } from "./stepNodes.js";

/** One timestep of an LSTM. @param external [B, 4H] */
export function lstmStep(context: StepContext, layer: DeployedLstm, external: string, state: StepState): StepState {
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
