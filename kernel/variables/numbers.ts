import { types } from "node:util";
import { arrayLength, ownSlot, typedLength } from "./read.js";
import { type TensorEngine, type TensorFacts, tensorFacts } from "./tensorLedger.js";

/** Numbers in rows and columns and further dimensions, the last one running fastest. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Numbers in nested arrays that are looked at as a matrix; more would have to be copied first. */
const mostNested = 2_000_000;

/** What can be drawn as numbers: numeric tensors, typed arrays, arrays of numbers, nested arrays of equal lengths. Undefined for others. */
export function numbersOf(value: unknown, engine: TensorEngine | undefined): Numbers | undefined {
  const tensor = tensorFacts(value, engine);
  if (tensor) {
    return tensorNumbers(tensor, engine!);
  }
  if (types.isProxy(value)) {
    return undefined;
  }
  if (isNumericTypedArray(value)) {
    return { shape: [typedLength(value)], values: value };
  }
  return Array.isArray(value) ? nestedNumbers(value) : undefined;
}

/** @throws the backend's error where it cannot read the values */
function tensorNumbers({ dtype, dataId, shape, isDisposed }: TensorFacts, engine: TensorEngine): Numbers | undefined {
  if (isDisposed || !["float32", "int32", "bool"].includes(dtype)) {
    return undefined;
  }
  const values = engine.readSync(dataId);
  return isNumericTypedArray(values) ? { shape, values } : undefined;
}

type NumericTypedArray = Exclude<NodeJS.TypedArray, BigInt64Array | BigUint64Array>;

function isNumericTypedArray(value: unknown): value is NumericTypedArray {
  return types.isTypedArray(value) && !types.isBigInt64Array(value) && !types.isBigUint64Array(value);
}

function nestedNumbers(array: readonly unknown[]): Numbers | undefined {
  const shape = shapeOf(array);
  const size = shape?.reduce((product, side) => product * side, 1) ?? 0;
  if (shape === undefined || size === 0 || size > mostNested) {
    return undefined;
  }
  const values = new Float64Array(size);
  return fill(array, shape, 0, values, 0) === size ? { shape, values } : undefined;
}

/** The lengths along the first elements of all levels, which the others must share. */
function shapeOf(array: readonly unknown[]): number[] | undefined {
  const shape: number[] = [];
  for (let inner: unknown = array; shape.length <= 6; inner = elementOf(inner as object, 0)) {
    if (types.isProxy(inner)) {
      return undefined;
    }
    if (isNumericTypedArray(inner)) {
      return [...shape, typedLength(inner)];
    }
    if (!Array.isArray(inner)) {
      return typeof inner === "number" ? shape : undefined;
    }
    shape.push(arrayLength(inner));
  }
  return undefined;
}

/** @returns the index after the last number that was put there; NaN where something else is among them */
function fill(value: unknown, shape: readonly number[], level: number, values: Float64Array, from: number): number {
  if (level === shape.length) {
    values[from] = typeof value === "number" ? value : 0;
    return typeof value === "number" ? from + 1 : NaN;
  }
  if (lengthOf(value) !== shape[level]) {
    return NaN;
  }
  let next = from;
  for (let index = 0; index < shape[level]! && !Number.isNaN(next); index++) {
    next = fill(elementOf(value as object, index), shape, level + 1, values, next);
  }
  return next;
}

function lengthOf(value: unknown): number | undefined {
  if (types.isProxy(value)) {
    return undefined;
  }
  return isNumericTypedArray(value) ? typedLength(value) : Array.isArray(value) ? arrayLength(value) : undefined;
}

function elementOf(array: object, index: number): unknown {
  const slot = ownSlot(array, index);
  return slot?.kind === "value" ? slot.value : undefined;
}

/** A matrix of all but the last dimension down and the last one across; one dimension is a single column. */
export interface Matrix extends Numbers {
  readonly rows: number;
  readonly columns: number;
}

export function asMatrix(numbers: Numbers): Matrix {
  const { shape } = numbers;
  const columns = shape.length > 1 ? shape.at(-1)! : 1;
  return { ...numbers, rows: columns === 0 ? 0 : numbers.values.length / columns, columns };
}

/** Indices of a row of such a matrix: "3", and of more dimensions "0, 3". */
export function rowHead(row: number, shape: readonly number[]): string {
  const sides = shape.length > 1 ? shape.slice(0, -1) : shape;
  const indices: number[] = [];
  let rest = row;
  for (const side of sides.toReversed()) {
    indices.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return indices.join(", ");
}
