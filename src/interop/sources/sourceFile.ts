import { fromBfloat16, fromHalf } from "../../numbers/halfPrecision.js";

/** A file that holds no network that can be imported, or a damaged one; the message names file, place and remedy. */
export class SourceFileError extends Error {
  override readonly name = "SourceFileError";
}

/** A tensor of a file from elsewhere. */
export interface SourceTensor {
  readonly shape: readonly number[];
  /** The type's name in the file's format: "F32", "torch.LongStorage". */
  readonly type: string;
  /** Row-major, in single precision; absent for a type that holds no weights. */
  readonly values?: Float32Array;
}

/** Tensors by their names, in the order of the file where it has one. */
export type SourceTensors = ReadonlyMap<string, SourceTensor>;

/** Types of weights, and how an element is read. */
export const floatTypes = {
  float32: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  float64: { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
  float16: { bytes: 2, read: (view: DataView, at: number) => fromHalf(view.getUint16(at, true)) },
  bfloat16: { bytes: 2, read: (view: DataView, at: number) => fromBfloat16(view.getUint16(at, true)) },
} as const;
export type FloatType = keyof typeof floatTypes;

/** Little-endian bytes as numbers; a rest of less than one element is left out. */
export function floatsOf(type: FloatType, bytes: Uint8Array): Float32Array {
  const { bytes: size, read } = floatTypes[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => read(view, index * size));
}

/** How many numbers a shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** "[20, 5]" */
export function shapeInWords(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** Orders names of modules part by part, numbers by their values: lstm/cell, lstm_1/cell, lstm_10/cell. */
export function byNumberedName(a: string, b: string): number {
  const [left, right] = [a.split(/[./]/), b.split(/[./]/)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? left.length - right.length : (left[at] ?? "").localeCompare(right[at] ?? "", "en", { numeric: true });
}
