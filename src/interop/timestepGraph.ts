import type { StepState } from "./stepNodes.js";
import type { DeployedLayer, DeployedModel } from "../rnn/shipping/deployedModel.js";
import { foldScales } from "./foldScales.js";
import { GraphBuilder } from "./graphBuilder.js";
import type { OnnxGraph } from "./onnxModel.js";
import { type Factor, planesProduct } from "./products.js";
import { enteringInput, externalPart, recurrentStep, startingStates } from "./recurrentStep.js";
import type { StepContext } from "./stepNodes.js";
import { eachState, outputLogits, perTimestep, statesOf, wordVectors } from "./wholeModel.js";

/**
 * A model over one timestep of one stream, with its matrices as codes times scales: `symbols` [1] or `input` [1, I] and
 * the states before it to `logits` [1, V] and the states after it. All shapes are known and no input has a value of its
 * own: the qonnx package takes inputs that have one for constants.
 */
export function timestepGraph(name: string, model: DeployedModel): OnnxGraph {
  const graph = new GraphBuilder();
  const { input } = model;
  const layers = model.layers.map(foldScales);
  const source = input.kind === "dense" ? graph.input("input", "float", [1, input.width]) : graph.input("symbols", "int64", [1]);
  const position = layers.some(perTimestep) ? graph.input("position", "int64", [1]) : undefined;
  const states = layers.map((layer, index) => stateInputs(graph, layer, index));
  let next: Factor = wordVectors(graph, input, source);
  const ends = layers.map((layer, index) => {
    const context = stepContext(graph.within(`layer${index}`), position);
    const product = planesProduct(context.graph, "inputWeights", enteringInput(context.graph, layer, next), layer.inputWeights);
    const start = startingStates(context.graph, layer, states[index]!);
    const end = recurrentStep(context, layer, externalPart(context, layer, product), start);
    next = { kind: "values", name: end.hidden };
    return end;
  });
  const logits = outputLogits(graph, model, (matrix) => planesProduct(graph, "outputWeights", next, matrix));
  graph.output("logits", logits, [1, model.outputs.length]);
  ends.forEach((end, index) => stateOutputs(graph, layers[index]!, index, end));
  if (position !== undefined) {
    graph.output("final_position", graph.node("Add", [position, graph.integers("one", 1)]), [1], "int64");
  }
  return graph.graph(name);
}

function stepContext(graph: GraphBuilder, position: string | undefined): StepContext {
  return {
    graph,
    product: (name, x, matrix) => planesProduct(graph, name, { kind: "values", name: x }, matrix),
    constant: (name, values, columns) => {
      const rows = values.length / columns;
      return rows === 1
        ? graph.constant(name, [columns], values)
        : graph.node("Gather", [graph.constant(name, [rows, columns], values), position!], { axis: { int: 0 } });
    },
  };
}

function stateInputs(graph: GraphBuilder, layer: DeployedLayer, index: number): StepState {
  return eachState(statesOf(layer, index), ({ initialName }) => graph.input(initialName, "float", [1, layer.units]));
}

function stateOutputs(graph: GraphBuilder, layer: DeployedLayer, index: number, end: StepState): void {
  statesOf(layer, index).forEach(({ state, finalName }) => graph.output(finalName, end[state]!, [1, layer.units]));
}

/** The trained initial states by the names of the inputs that take them. */
export function initialStates({ layers }: DeployedModel): Record<string, number[]> {
  const states = layers.flatMap(statesOf);
  return Object.fromEntries(states.map(({ initialName, initial }) => [initialName, [...initial]]));
}
