import { ProtobufError, ProtobufMessage } from "../protobufReader.js";
import { floatsOf, type FloatType, shapeInWords, sizeOf, SourceFileError, type SourceTensor } from "./sourceFile.js";

/** What is read of onnx.proto (github.com/onnx/onnx): field numbers of its messages. */
const fields = {
  model: { graph: 7, operatorSets: 8 },
  graph: { node: 1, initializer: 5, input: 11 },
  node: { input: 1, output: 2, name: 3, operator: 4, attribute: 5 },
  attribute: { name: 1, float: 2, integer: 3, text: 4, tensor: 5, texts: 9 },
  tensor: { dimensions: 1, type: 2, floats: 4, name: 8, raw: 9, doubles: 10, location: 14 },
  valueInfo: { name: 1 },
} as const;

export interface OnnxNode {
  readonly operator: string;
  readonly name: string;
  /** "" for an optional one that is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** One of these, by its type. */
export interface OnnxAttribute {
  readonly float: number | undefined;
  readonly integer: number | undefined;
  readonly text: string;
  readonly texts: readonly string[];
  readonly tensor: SourceTensor | undefined;
}

export interface OnnxGraph {
  /** The nodes in the order of computation. */
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, SourceTensor>;
}

/** @throws SourceFileError, whose message is a clause about the file */
export function readOnnxGraph(bytes: Uint8Array): OnnxGraph {
  try {
    const model = new ProtobufMessage(bytes);
    const [graph] = model.messages(fields.model.graph);
    if (graph === undefined || model.bytes(fields.model.operatorSets).length === 0) {
      throw new SourceFileError("it lacks its graph or the version of its operators, so it is no ONNX model or is cut short");
    }
    const nodes = graph.messages(fields.graph.node).map(readNode);
    const initializers = graph.messages(fields.graph.initializer).map((tensor) => [tensor.text(fields.tensor.name), readTensor(tensor)] as const);
    return { nodes, constants: withConstantNodes(new Map(initializers), nodes) };
  } catch (error) {
    throw error instanceof ProtobufError ? new SourceFileError(error.message, { cause: error }) : error;
  }
}

function readNode(node: ProtobufMessage): OnnxNode {
  const { input, output, name, operator, attribute } = fields.node;
  const attributes = node.messages(attribute).map((one): [string, OnnxAttribute] => {
    const { name: of, float, integer, text, texts, tensor } = fields.attribute;
    const [value] = one.messages(tensor);
    const [number] = one.floats(float);
    return [one.text(of), { float: number, integer: one.integer(integer), text: one.text(text), texts: one.texts(texts), tensor: value && readTensor(value) }];
  });
  return { operator: node.text(operator), name: node.text(name), inputs: node.texts(input), outputs: node.texts(output), attributes: new Map(attributes) };
}

/** TensorProto.DataType */
const floatTypes: Readonly<Record<number, FloatType>> = { 1: "float32", 10: "float16", 11: "float64", 16: "bfloat16" };
const externalLocation = 1;

function readTensor(tensor: ProtobufMessage): SourceTensor {
  const { dimensions, type: typeField, floats, name, raw, doubles, location } = fields.tensor;
  const shape = tensor.integers(dimensions);
  const number = tensor.integer(typeField) ?? 0;
  const type = floatTypes[number];
  if (type === undefined) {
    return { shape, type: `ONNX type ${number}` };
  }
  const what = JSON.stringify(tensor.text(name));
  if (tensor.integer(location) === externalLocation) {
    throw new SourceFileError(`its tensor ${what} is kept in another file: save the model with all its data in one, onnx.save(model, "lstm.onnx")`);
  }
  const [bytes] = tensor.bytes(raw);
  const wide = tensor.bytes(doubles).map((part) => floatsOf("float64", part));
  const values = bytes ? floatsOf(type, bytes) : type === "float64" ? Float32Array.from(wide.flatMap((part) => [...part])) : tensor.floats(floats);
  if (shape.some((length) => length < 0) || values.length !== sizeOf(shape)) {
    throw new SourceFileError(`its tensor ${what} of the shape ${shapeInWords(shape)} has ${values.length} numbers`);
  }
  return { shape, type, values };
}

/** Constants may be nodes, and go through nodes that change nothing. */
function withConstantNodes(constants: Map<string, SourceTensor>, nodes: readonly OnnxNode[]): ReadonlyMap<string, SourceTensor> {
  for (const { operator, inputs, outputs, attributes } of nodes) {
    const value = operator === "Constant" ? attributes.get("value")?.tensor : operator === "Identity" ? constants.get(inputs[0] ?? "") : undefined;
    if (value !== undefined && outputs[0] !== undefined) {
      constants.set(outputs[0], value);
    }
  }
  return constants;
}
