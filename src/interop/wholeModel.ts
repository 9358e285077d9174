import { cellOf, vectorColumns } from "../cells/cells.js";
import type { StateName } from "../cells/contract.js";
import { type DeployedInput, type DeployedLayer, type DeployedModel, type ShippedMatrix, vectorOf } from "../rnn/shipping/deployedModel.js";
import type { GraphBuilder } from "./graphBuilder.js";
import type { Factor } from "./products.js";
import type { StepState } from "./stepNodes.js";

/** What both forms of a model share around its recurrent layers. */

/** Whether some constants of the layer differ from timestep to timestep. */
export function perTimestep(layer: DeployedLayer): boolean {
  return cellOf(layer.spec).vectors.some((vector) => vectorOf(layer, vector).length > vectorColumns(layer.spec, vector));
}

/** One state of a layer. */
interface LayerState {
  readonly state: StateName;
  /** The model's input that it enters by, and the output that it leaves by. */
  readonly initialName: string;
  readonly finalName: string;
  /** [H], before the first timestep */
  readonly initial: Float32Array;
}

/** The states of a layer, the hidden one first. @param place the layer's number, with "_reverse" for its second direction */
export function statesOf(layer: DeployedLayer, place: number | string): LayerState[] {
  return cellOf(layer.spec).vectors.flatMap((vector) =>
    vector.role === "initial state"
      ? [{ state: vector.of, initialName: `initial_${vector.of}_${place}`, finalName: `final_${vector.of}_${place}`, initial: vectorOf(layer, vector) }]
      : [],
  );
}

/** Values for each of a layer's states. */
export function eachState(states: readonly LayerState[], value: (state: LayerState) => string): StepState {
  return Object.fromEntries(states.map((state) => [state.state, value(state)])) as unknown as StepState;
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
