import type { StepState } from "./stepNodes.js";
import type { DeployedInput, DeployedLayer, DeployedModel } from "../rnn/shipping/deployedModel.js";
import { GraphBuilder } from "./graphBuilder.js";
import type { OnnxGraph } from "./onnxModel.js";
import { type Factor, floatProduct } from "./products.js";
import { hasOperator, type OperatorOutputs, recurrentOperator } from "./recurrentOperator.js";
import { recurrentScan } from "./recurrentScan.js";
import { enteringInput, externalPart, startingStates } from "./recurrentStep.js";
import { eachState, outputLogits, perTimestep, statesOf, wordVectors } from "./wholeModel.js";

/**
 * A model over T timesteps of B streams: `symbols` [T, B] or `input` [T, B, I], and the states that the streams go on from,
 * to `logits` [T, B, V], or [B, V] of the last timestep, and the states after it.
 */
export function sequenceGraph(name: string, model: DeployedModel): OnnxGraph {
  const graph = new GraphBuilder();
  const { input, layers, readout } = model;
  const source = graph.input(...sourceOf(input));
  const stream = new Stream(graph, source, layers.some(perTimestep));
  let next: Factor = wordVectors(graph, input, source);
  let last: OperatorOutputs | undefined;
  layers.forEach((layer, index) => {
    last = stream.layer(layer, index, next);
    next = { kind: "values", name: last.sequence };
  });
  const isEvery = readout === "every-timestep";
  const read: Factor = isEvery ? next : { kind: "values", name: last!.end.hidden };
  const logits = outputLogits(graph, model, (matrix) => floatProduct(graph, "outputWeights", read, matrix));
  graph.output("logits", logits, [...(isEvery ? ["timesteps"] : []), "batch", model.outputs.length]);
  stream.end();
  return graph.graph(name);
}

function sourceOf(input: DeployedInput): Parameters<GraphBuilder["input"]> {
  const stream = ["timesteps", "batch"] as const;
  return input.kind === "dense" ? ["input", "float", [...stream, input.width]] : ["symbols", "int64", stream];
}

/** The layers of the streams at hand. */
class Stream {
  /** [1] each */
  private readonly timesteps: string;
  private readonly batch: string;
  private readonly position: string | undefined;
  private readonly ends: [string, string, number][] = [];
  /** [T], which rows of constants [R, columns] belong to the timesteps at hand. */
  private timestepsAtHand: string | undefined;

  constructor(
    private readonly graph: GraphBuilder,
    source: string,
    hasPosition: boolean,
  ) {
    this.timesteps = graph.node("Shape", [source], { start: { int: 0 }, end: { int: 1 } });
    this.batch = graph.node("Shape", [source], { start: { int: 1 }, end: { int: 2 } });
    this.position = hasPosition ? graph.input("position", "int64", [1], { shape: [1], values: BigInt64Array.of(0n) }) : undefined;
  }

  layer(layer: DeployedLayer, index: number, input: Factor): OperatorOutputs {
    const forward = this.direction(layer, `${index}`, input);
    if (layer.reverse === undefined) {
      return forward;
    }
    const reverse = this.direction(layer.reverse, `${index}_reverse`, { ...input, name: this.reversed(input.name) });
    const sideBySide = (one: string, other: string): string => this.graph.node("Concat", [one, other], { axis: { int: -1 } });
    return {
      sequence: sideBySide(forward.sequence, this.reversed(reverse.sequence)),
      end: { hidden: sideBySide(forward.end.hidden, reverse.end.hidden) },
    };
  }

  /** The timesteps of [T, ...] from the last to the first. */
  private reversed(sequence: string): string {
    const { graph } = this;
    // A Slice with a negative step stops before its end, so that an end far below 0 takes timestep 0 in.
    const [from, to, axis, step] = [-1, -(2 ** 31), 0, -1].map((value) => graph.integers("reverse", value)) as [string, string, string, string];
    return graph.node("Slice", [sequence, from, to, axis, step]);
  }

  private direction(layer: DeployedLayer, place: string, input: Factor): OperatorOutputs {
    const graph = this.graph.within(`layer${place}`);
    const start = this.start(graph, layer, place);
    const outputs = hasOperator(layer)
      ? recurrentOperator(graph, layer, this.values(graph, input, layer.inputs), start)
      : recurrentScan(graph, layer, this.external(graph, layer, input), start, (...rows) => this.rowsAt(graph, ...rows));
    statesOf(layer, place).forEach(({ state, finalName }) => this.ends.push([finalName, outputs.end[state]!, layer.units]));
    return outputs;
  }

  /** The states after the last timestep as outputs of the model. */
  end(): void {
    this.ends.forEach(([name, value, units]) => this.graph.output(name, value, ["batch", units]));
    if (this.position !== undefined) {
      this.graph.output("final_position", this.graph.node("Add", [this.position, this.timesteps]), [1], "int64");
    }
  }

  /** Initial states of one row are those of all streams. */
  private start(graph: GraphBuilder, layer: DeployedLayer, place: string): StepState {
    const { units } = layer;
    const shape = graph.node("Concat", [this.batch, graph.integers("units", units)], { axis: { int: 0 } });
    const states = eachState(statesOf(layer, place), ({ initialName, initial: values }) =>
      graph.node("Expand", [graph.input(initialName, "float", ["streams", units], { shape: [1, units], values }), shape]),
    );
    return startingStates(graph, layer, states);
  }

  /** [T, B, I] */
  private values(graph: GraphBuilder, { kind, name }: Factor, inputs: number): string {
    if (kind === "values") {
      return name;
    }
    const offAndOn = graph.constant("offAndOn", [2], Float32Array.of(0, 1));
    return graph.node("OneHot", [name, graph.integers("symbolCount", inputs), offAndOn]);
  }

  /** [T, B, G * H] */
  private external(graph: GraphBuilder, layer: DeployedLayer, input: Factor): string {
    const product = floatProduct(graph, "inputWeights", enteringInput(graph, layer, input), layer.inputWeights);
    const constant = (name: string, values: Float32Array, columns: number): string =>
      values.length === columns
        ? graph.constant(name, [columns], values)
        : graph.node("Unsqueeze", [this.rowsAt(graph, name, values, columns), graph.integers("batchAxis", 1)]);
    return externalPart({ graph, constant, product: () => product }, layer, product);
  }

  /** The rows [T, columns] of the timesteps at hand; running past the last one is an error of Gather's. */
  private rowsAt(graph: GraphBuilder, name: string, values: Float32Array, columns: number): string {
    const rows = graph.constant(name, [values.length / columns, columns], values);
    return graph.node("Gather", [rows, (this.timestepsAtHand ??= this.range())], { axis: { int: 0 } });
  }

  private range(): string {
    const { graph, position, timesteps } = this;
    const scalar = (name: string): string => graph.node("Squeeze", [name]);
    const one = graph.constant("one", [], BigInt64Array.of(1n));
    return graph.node("Range", [scalar(position!), scalar(graph.node("Add", [position!, timesteps])), one]);
  }
}
