/** What an ONNX file says, as plain values; the names are those of onnx.proto. */
export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** Keys and values of the model's `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly producerVersion: string;
}

export interface OnnxGraph {
  readonly name: string;
  /** Each after those whose outputs it reads. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** QONNX's datatype of a tensor by the tensor's name. */
  readonly datatypes: Readonly<Record<string, QonnxDatatype>>;
}

export interface OnnxNode {
  readonly operator: string;
  /** Names; "" for an optional one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute = { readonly int: number } | { readonly ints: readonly number[] } | { readonly float: number } | { readonly graph: OnnxGraph };

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: TensorValues;
}

export type TensorValues = Float32Array | BigInt64Array;

/** A dimension is a size, or the name of one that is known when the model runs. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export type ElementType = "float" | "int64";

export type QonnxDatatype = "BIPOLAR" | "TERNARY";

/**
 * The version of the standard operators. 17 (2022) is the first with LayerNormalization, and the last in which Split cuts
 * equal parts without being told their number, as all older versions do.
 */
export const opset = 17;
/** The version of the file format that belongs to it. */
export const irVersion = 8;
