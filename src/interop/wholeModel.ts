import type { DeployedInput, DeployedLayer, DeployedModel, ShippedMatrix } from "../rnn/shipping/deployedModel.js";
import type { GraphBuilder } from "./graphBuilder.js";
import type { Factor } from "./products.js";

/** What both forms of a model share around its recurrent layers. */

/** Whether some constants of the layer differ from timestep to timestep. */
export function perTimestep(layer: DeployedLayer): boolean {
  const { gainInput, gainRecurrent, shift, units, recurrentWeights } = layer;
  const ofUnits = "gainCell" in layer ? [layer.gainCell, layer.shiftCell] : [layer.shiftReset];
  return (
    [gainInput, gainRecurrent, shift].some(({ length }) => length > recurrentWeights.columns) || ofUnits.some(({ length }) => length > units)
  );
}

interface StateName {
  readonly initial: string;
  readonly final: string;
}

/** Names of a layer's states as inputs and outputs of the model. @param layer its number, with "_reverse" for its second direction */
export function stateNames(layer: number | string): { readonly hidden: StateName; readonly cell: StateName } {
  const names = (state: string): StateName => ({ initial: `initial_${state}_${layer}`, final: `final_${state}_${layer}` });
  return { hidden: names("hidden"), cell: names("cell") };
}

/** A GRU has no cell. */
export function statesOf(layer: DeployedLayer): { readonly initialHidden: Float32Array; readonly initialCell?: Float32Array } {
  const { initialHidden } = layer;
  return "initialCell" in layer ? { initialHidden, initialCell: layer.initialCell } : { initialHidden };
}

/** What the first layer reads. */
export function wordVectors(graph: GraphBuilder, input: DeployedInput, source: string): Factor {
  switch (input.kind) {
    case "one-hot":
      return { kind: "symbols", name: source };
    case "dense":
      return { kind: "values", name: source };
    case "embedding": {
      const table = graph.constant("embedding", [input.symbols.length, input.units], input.table);
      return { kind: "values", name: graph.node("Gather", [table, source], { axis: { int: 0 } }) };
    }
  }
}

/** @param product of the hidden state */
export function outputLogits(
  graph: GraphBuilder,
  { outputs, outputWeights, outputBias }: DeployedModel,
  product: (matrix: ShippedMatrix) => string,
): string {
  return graph.node("Add", [product(outputWeights), graph.constant("outputBias", [outputs.length], outputBias)]);
}
