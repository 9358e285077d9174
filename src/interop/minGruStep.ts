import type { DeployedMinGru } from "../rnn/shipping/deployedModel.js";
import { stateRounding } from "../rnn/fixedState.js";
import { kept, rounded, split, type StepContext, type StepState } from "./stepNodes.js";

/** One timestep of a minGRU: (1 - z) h + z n. @param external [B, 2H] */
export function minGruStep(context: StepContext, { spec }: DeployedMinGru, external: string, { hidden }: StepState): StepState {
  const { graph } = context;
  const [update, n] = split(graph, external, 2) as [string, string];
  const z = graph.node("Sigmoid", [update]);
  const format = stateRounding(spec)?.hidden;
  const fresh = rounded(graph, graph.node("Add", [hidden, graph.node("Mul", [z, graph.node("Sub", [n, hidden])])]), format);
  return { hidden: kept(context, spec.zoneout.hidden, hidden, fresh, format) };
}
