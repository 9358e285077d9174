import { irVersion, opset } from "./onnxModel.js";
import type { ElementType, OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, ValueInfo } from "./onnxModel.js";
import { bytesField, encodeMessage, type Field, floatField, integerField, messageField, stringField } from "../files/protobuf.js";

/** Field numbers are those of onnx.proto (onnx.ai/onnx, "onnx.in.proto"). */

const elementTypes: Readonly<Record<ElementType, number>> = { float: 1, int64: 7 };

/** The bytes of an ONNX file. */
export function encodeOnnx({ graph, metadata, producerVersion }: OnnxModel): Uint8Array {
  return encodeMessage([
    integerField(1, irVersion),
    stringField(2, "tritloom"),
    stringField(3, producerVersion),
    messageField(7, graphFields(graph)),
    messageField(8, [stringField(1, ""), integerField(2, opset)]),
    ...Object.entries(metadata).map(([key, value]) => messageField(14, entryFields(key, value))),
  ]);
}

function graphFields({ name, nodes, initializers, inputs, outputs, datatypes }: OnnxGraph): Field[] {
  return [
    ...nodes.map((node) => messageField(1, nodeFields(node))),
    stringField(2, name),
    ...initializers.map((tensor) => messageField(5, tensorFields(tensor))),
    ...inputs.map((value) => messageField(11, valueFields(value))),
    ...outputs.map((value) => messageField(12, valueFields(value))),
    ...Object.entries(datatypes).map(([tensor, datatype]) => messageField(14, annotationFields(tensor, datatype))),
  ];
}

function nodeFields({ operator, inputs, outputs, attributes }: OnnxNode): Field[] {
  return [
    ...inputs.map((name) => stringField(1, name)),
    ...outputs.map((name) => stringField(2, name)),
    stringField(3, outputs.find((name) => name !== "")!),
    stringField(4, operator),
    ...Object.entries(attributes).map(([name, value]) => messageField(5, [stringField(1, name), ...attributeFields(value)])),
  ];
}

function attributeFields(value: OnnxAttribute): Field[] {
  const types = { float: 1, int: 2, graph: 5, ints: 7 } as const;
  if ("int" in value) {
    return [integerField(3, value.int), integerField(20, types.int)];
  }
  if ("ints" in value) {
    return [...value.ints.map((item) => integerField(8, item)), integerField(20, types.ints)];
  }
  return "float" in value
    ? [floatField(2, value.float), integerField(20, types.float)]
    : [messageField(6, graphFields(value.graph)), integerField(20, types.graph)];
}

function tensorFields({ name, shape, values }: OnnxTensor): Field[] {
  const type = values instanceof Float32Array ? "float" : "int64";
  return [
    ...shape.map((size) => integerField(1, size)),
    integerField(2, elementTypes[type]),
    stringField(8, name),
    bytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ];
}

function valueFields({ name, type, shape }: ValueInfo): Field[] {
  const dimensions = shape.map((size) => messageField(1, [typeof size === "number" ? integerField(1, size) : stringField(2, size)]));
  const tensorType = messageField(1, [integerField(1, elementTypes[type]), messageField(2, dimensions)]);
  return [stringField(1, name), messageField(2, [tensorType])];
}

/** The key is what the qonnx package reads a tensor's datatype by. */
function annotationFields(tensor: string, datatype: string): Field[] {
  return [stringField(1, tensor), messageField(2, entryFields("finn_datatype", datatype))];
}

function entryFields(key: string, value: string): Field[] {
  return [stringField(1, key), stringField(2, value)];
}
