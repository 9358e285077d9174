import type { SourceDense, SourceEmbedding, SourceLayer, SourceWeights } from "../../rnn/sourceWeights.js";
import { gruBiases, inHouseOrder, summed, transposed } from "./gateBlocks.js";
import { type OnnxNode, readOnnxGraph } from "./onnxGraph.js";
import { shapeInWords, SourceFileError, type SourceTensor } from "./sourceFile.js";
import { requireFinite } from "./stateDict.js";

/**
 * A network by its ONNX graph: the operators LSTM (gates i, o, f, c) and GRU (z, r, h) with W [1, G * H, I], R [1, G * H, H] and
 * B [1, 2 G * H], the biases of both products; Gather from a table before them; Gemm, or MatMul and Add, after them.
 */

type Cell = SourceWeights["cell"];

const gateRows = { lstm: "iofg", gru: "zrn" } as const;
const usualActivations = { lstm: "Sigmoid,Tanh,Tanh", gru: "Sigmoid,Tanh" } as const;

/** Operators that move numbers about and compute none, and a softmax, which leaves the likeliest class the likeliest. */
const plumbing = new Set(
  "Cast Concat Constant ConstantOfShape Dropout Expand Flatten Gather Identity LogSoftmax Reshape Shape Slice Softmax Split Squeeze Transpose Unsqueeze".split(" "),
);
/** Whose outputs say nothing of what the network has computed. */
const withoutData = new Set(["Constant", "ConstantOfShape", "Shape"]);

/** @throws SourceFileError, whose message is a clause about the file */
export function weightsOfOnnx(bytes: Uint8Array): SourceWeights {
  const { nodes, constants } = readOnnxGraph(bytes);
  const reading = new GraphReading(constants);
  nodes.forEach((node) => reading.take(node));
  return reading.weights();
}

/** "its node LSTM \"lstm_1\"" */
function nodeInWords({ operator, name }: OnnxNode): string {
  return `its node ${operator}${name === "" ? "" : ` ${JSON.stringify(name)}`}`;
}

class GraphReading {
  private readonly layers: SourceLayer[] = [];
  private cell: Cell | undefined;
  private resetAfter: boolean | undefined;
  private embedding: SourceEmbedding | undefined;
  private dense: SourceDense | undefined;
  /** How many layers each value has been through; absent for what is no value of the sequence. */
  private readonly depths = new Map<string, number>();
  /** The value to which the bias of the dense layer is added. */
  private awaitsBias: string | undefined;

  constructor(private readonly constants: ReadonlyMap<string, SourceTensor>) {}

  take(node: OnnxNode): void {
    switch (node.operator) {
      case "LSTM":
        return this.layer(node, "lstm");
      case "GRU":
        return this.layer(node, "gru");
      case "Gemm":
      case "MatMul":
        return this.product(node);
      default:
        return this.takeOther(node);
    }
  }

  private takeOther(node: OnnxNode): void {
    const { operator, inputs } = node;
    if (operator === "Add" && inputs.includes(this.awaitsBias ?? "\0")) {
      this.bias(node);
    } else if (operator === "Gather" && this.isTable(node)) {
      this.table(node);
    } else if (plumbing.has(operator)) {
      this.pass(node);
    } else {
      throw new SourceFileError(
        `${nodeInWords(node)} cannot be imported: what can is LSTM and GRU layers that follow each other, an embedding (Gather) before them and a dense layer (Gemm, or MatMul and Add) after them`,
      );
    }
  }

  weights(): SourceWeights {
    const { cell, resetAfter, embedding, layers, dense } = this;
    if (cell === undefined) {
      throw new SourceFileError("it has no node LSTM or GRU");
    }
    return { cell, ...(resetAfter !== undefined && { resetAfter }), ...(embedding && { embedding }), layers, ...(dense && { dense }) };
  }

  /** Values of the sequence go on, through one input only. */
  private pass(node: OnnxNode): void {
    const read = node.inputs.flatMap((input) => (this.depths.has(input) ? [this.depths.get(input)!] : []));
    if (read.length > 1) {
      throw new SourceFileError(`${nodeInWords(node)} joins several values of the network: only layers that follow each other are imported`);
    }
    if (!withoutData.has(node.operator) && read[0] !== undefined) {
      node.outputs.forEach((output) => this.depths.set(output, read[0]!));
    }
  }

  /** Numbers that must be in the file. */
  private constant(node: OnnxNode, input: number, what: string): SourceTensor & { readonly values: Float32Array } {
    const name = node.inputs[input] ?? "";
    const tensor = this.constants.get(name);
    if (tensor?.values === undefined) {
      throw new SourceFileError(
        `${nodeInWords(node)} has no numbers as its ${what}${name === "" ? "" : `, ${JSON.stringify(name)} is computed or of another type`}: export the model with its weights as float initialisers`,
      );
    }
    requireFinite(name, tensor.values);
    return tensor as SourceTensor & { readonly values: Float32Array };
  }

  private shaped(node: OnnxNode, input: number, what: string, shape: readonly (number | undefined)[]): Float32Array {
    const tensor = this.constant(node, input, what);
    const fits = tensor.shape.length === shape.length && tensor.shape.every((length, axis) => length > 0 && (shape[axis] ?? length) === length);
    if (!fits) {
      const wanted = shapeInWords(shape.map((length) => length ?? -1)).replaceAll("-1", "any");
      throw new SourceFileError(`the ${what} of ${nodeInWords(node)} has the shape ${shapeInWords(tensor.shape)}: it should be ${wanted}`);
    }
    return tensor.values;
  }

  private layer(node: OnnxNode, cell: Cell): void {
    requireUsual(node, cell);
    this.requireZeros(node, cell);
    this.requireNext(node);
    const resetAfter = cell === "gru" ? (node.attributes.get("linear_before_reset")?.integer ?? 0) !== 0 : undefined;
    if (this.layers.length > 0 && (this.cell !== cell || this.resetAfter !== resetAfter)) {
      throw new SourceFileError(`${nodeInWords(node)} is of another kind than the layers before it: all layers must be LSTM, or GRU with the same linear_before_reset`);
    }
    [this.cell, this.resetAfter] = [cell, resetAfter];
    this.layers.push(this.layerOf(node, cell, resetAfter));
    node.outputs.forEach((output) => this.depths.set(output, this.layers.length));
  }

  private layerOf(node: OnnxNode, cell: Cell, resetAfter: boolean | undefined): SourceLayer {
    const gates = gateRows[cell];
    const shape = this.constant(node, 1, "W").shape;
    const inputs = shape[2] ?? 0;
    const units = (shape[1] ?? 0) / gates.length;
    const before = this.layers.at(-1)?.units ?? this.embedding?.units ?? inputs;
    const rows = gates.length * units;
    const matrix = (input: number, what: string, columns: number): Float32Array =>
      inHouseOrder({ values: this.shaped(node, input, what, [1, rows, columns]), gates, units, blocksOf: "rows" }, cell);
    const hasBias = (node.inputs[3] ?? "") !== "";
    const biases = hasBias ? this.shaped(node, 3, "B", [1, 2 * rows]) : new Float32Array(2 * rows);
    const [input, recurrent] = [biases.subarray(0, rows), biases.subarray(rows)].map((values) =>
      inHouseOrder({ values, gates, units, blocksOf: "columns" }, cell),
    ) as [Float32Array, Float32Array];
    return {
      inputs,
      units,
      inputWeights: matrix(1, "W", before),
      recurrentWeights: matrix(2, "R", units),
      ...(resetAfter === true ? gruBiases(input, recurrent) : { bias: summed(input, recurrent) }),
    };
  }

  /** It must read what the layer before it gives. */
  private requireNext(node: OnnxNode): void {
    const depth = this.depths.get(node.inputs[0] ?? "") ?? 0;
    if (depth !== this.layers.length || this.dense !== undefined) {
      throw new SourceFileError(`${nodeInWords(node)} does not read the output of the layer before it: only layers that follow each other are imported`);
    }
  }

  /** Initial states and peepholes. */
  private requireZeros(node: OnnxNode, cell: Cell): void {
    const named = cell === "lstm" ? (["initial_h", "initial_c", "P"] as const) : (["initial_h"] as const);
    named.forEach((what, index) => {
      const name = node.inputs[5 + index] ?? "";
      const values = this.constants.get(name)?.values;
      const isUnknownPeephole = what === "P" && name !== "" && values === undefined;
      if (isUnknownPeephole || values?.some((value) => value !== 0)) {
        const words = what === "P" ? "has peepholes (P), which cannot be imported" : `begins with a state that is not zero (${what}), which cannot be imported`;
        throw new SourceFileError(`${nodeInWords(node)} ${words}: train the network without`);
      }
    });
  }

  private product(node: OnnxNode): void {
    this.requireNext(node);
    const units = this.layers.at(-1)?.units;
    if (units === undefined) {
      throw new SourceFileError(`${nodeInWords(node)} computes before the first LSTM or GRU, where only an embedding (Gather) can be imported`);
    }
    const { isTransposed, alpha, beta, hasBias } = productOf(node);
    const given = this.shaped(node, 1, "matrix", isTransposed ? [undefined, units] : [units, undefined]);
    const outputs = given.length / units;
    const weights = (isTransposed ? transposed(given, outputs, units) : given).map((value) => value * alpha);
    const bias = hasBias ? this.vector(node, 2, outputs).map((value) => value * beta) : new Float32Array(outputs);
    this.dense = { inputs: units, outputs, weights, bias };
    node.outputs.forEach((output) => this.depths.set(output, this.layers.length));
    this.awaitsBias = node.operator === "MatMul" ? node.outputs[0] : undefined;
  }

  /** A bias [V], or one number for all outputs. */
  private vector(node: OnnxNode, input: number, outputs: number): Float32Array {
    const { values, shape } = this.constant(node, input, "bias");
    if (values.length !== outputs && values.length !== 1) {
      throw new SourceFileError(`the bias of ${nodeInWords(node)} has the shape ${shapeInWords(shape)}: it should be [${outputs}]`);
    }
    return Float32Array.from({ length: outputs }, (_, output) => values[output % values.length]!);
  }

  private bias(node: OnnxNode): void {
    const dense = this.dense!;
    const bias = this.vector(node, node.inputs[0] === this.awaitsBias ? 1 : 0, dense.outputs);
    this.dense = { ...dense, bias };
    this.awaitsBias = undefined;
    node.outputs.forEach((output) => this.depths.set(output, this.layers.length));
  }

  private isTable(node: OnnxNode): boolean {
    const table = this.constants.get(node.inputs[0] ?? "");
    return table?.values !== undefined && table.shape.length === 2 && this.layers.length === 0;
  }

  private table(node: OnnxNode): void {
    const { values, shape } = this.constant(node, 0, "table");
    if (this.embedding !== undefined) {
      throw new SourceFileError(`${nodeInWords(node)} is a second embedding; one is imported`);
    }
    this.embedding = { symbols: shape[0]!, units: shape[1]!, table: values };
    node.outputs.forEach((output) => this.depths.set(output, 0));
  }
}

/** @throws SourceFileError for attributes that make the operator compute something else */
function requireUsual(node: OnnxNode, cell: Cell): void {
  const { attributes } = node;
  const direction = attributes.get("direction")?.text ?? "forward";
  const activations = attributes.get("activations")?.texts ?? [];
  if (direction !== "forward" && direction !== "") {
    throw new SourceFileError(`${nodeInWords(node)} has the direction ${JSON.stringify(direction)}: only "forward" can be imported, so train a network that reads from the beginning`);
  }
  if (activations.length > 0 && activations.join(",") !== usualActivations[cell]) {
    throw new SourceFileError(`${nodeInWords(node)} has the activations ${activations.join(", ")}: only ${usualActivations[cell].replaceAll(",", ", ")} can be imported`);
  }
  const other = ["clip", "input_forget"].find((name) => {
    const attribute = attributes.get(name);
    return attribute !== undefined && (name === "clip" || (attribute.integer ?? 0) !== 0);
  });
  if (other !== undefined) {
    throw new SourceFileError(`${nodeInWords(node)} has the attribute ${other}, which cannot be imported: export the network without it`);
  }
}

/** Gemm: alpha * x W + beta * bias, W transposed or not; MatMul: x W. */
function productOf({ operator, attributes, inputs }: OnnxNode): { isTransposed: boolean; alpha: number; beta: number; hasBias: boolean } {
  if (operator === "MatMul") {
    return { isTransposed: false, alpha: 1, beta: 1, hasBias: false };
  }
  const [alpha = 1, beta = 1] = [attributes.get("alpha")?.float, attributes.get("beta")?.float];
  return { isTransposed: attributes.get("transB")?.integer === 1, alpha, beta, hasBias: (inputs[2] ?? "") !== "" };
}
