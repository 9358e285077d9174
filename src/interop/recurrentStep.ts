import type { DeployedLayer } from "../rnn/shipping/deployedModel.js";
import { activationRounding } from "../rnn/activationRounding.js";
import type { CellName } from "../cells/cells.js";
import { stateRounding } from "../rnn/fixedState.js";
import { gruStep } from "./gruStep.js";
import type { GraphBuilder } from "./graphBuilder.js";
import type { Factor } from "./products.js";
import { rounded, roundedActivations, scaled, shifted, type StepContext, type StepState } from "./stepNodes.js";
import { lstmStep } from "./lstmStep.js";
import { minGruStep } from "./minGruStep.js";

type Step<Layer> = (context: StepContext, layer: Layer, external: string, state: StepState) => StepState;

/** One timestep of each cell. */
const steps: Readonly<Record<CellName, Step<never>>> = { lstm: lstmStep, gru: gruStep, "min-gru": minGruStep };

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

/**
 * One timestep of a layer, the equations of `DeployedLayer` (docs/engine.md) in standard operators.
 * @param external [B, G * H]
 */
export function recurrentStep(context: StepContext, layer: DeployedLayer, external: string, state: StepState): StepState {
  const bits = activationRounding(layer.spec)?.recurrent;
  const product: StepContext["product"] = (name, x, matrix) => context.product(name, roundedActivations(context.graph, x, bits), matrix);
  return (steps[layer.spec.cell] as Step<DeployedLayer>)({ ...context, product }, layer, external, state);
}
