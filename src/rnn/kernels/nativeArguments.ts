import { nativeForms } from "../../normalisers/lookup.js";
import type { Matrix, Normalisation, SequenceInput } from "./contract.js";

/** The checks before arguments cross into C++, which trusts lengths and ranges, and the arrays that results go into. */

/** A wrong argument to a compute kernel: names the argument, what it is and what it should be. */
export class KernelArgumentError extends Error {
  override readonly name = "KernelArgumentError";
}

/** Work space and results are indexed with doubles that must stay exact and arrays that must be allocatable. */
const mostElements = 2 ** 31;

/** What the shapes of all cells have. */
export interface CellShape {
  readonly timesteps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
  readonly epsilon: number;
}

/** @param cell the name for errors; @param gates G; @param forms how its parts are normalised */
export function checkShape(cell: string, shape: CellShape, gates: number, forms: readonly Normalisation[]): void {
  for (const key of ["timesteps", "batch", "inputs", "units"] as const) {
    if (!Number.isSafeInteger(shape[key]) || shape[key] < 1) {
      throw new KernelArgumentError(`${cell} shape: ${key} is ${String(shape[key])}; it must be a positive integer`);
    }
  }
  const measured = forms.some((form) => form !== "none" && form !== "affine");
  if (measured && !(shape.epsilon > 0 && Number.isFinite(Math.fround(1 / shape.epsilon)))) {
    throw new KernelArgumentError(`${cell} shape: epsilon is ${String(shape.epsilon)}; it must be a positive number`);
  }
  const elements = Math.max(shape.timesteps * shape.batch, shape.inputs, shape.units) * gates * shape.units;
  if (elements > mostElements) {
    const { timesteps, batch, inputs, units } = shape;
    throw new KernelArgumentError(
      `${cell} shape: ${timesteps} timesteps x ${batch} sequences, ${inputs} inputs, ${units} units need an array of ` +
        `${elements} numbers; the most is ${mostElements}: shorten the sequence or the batch`,
    );
  }
}

/** Refuses a form that native code does not know. @throws TypeError */
export function checkNormalisation(cell: string, key: string, form: Normalisation): void {
  if (!nativeForms.includes(form)) {
    throw new KernelArgumentError(`${cell} shape: ${key} is "${String(form)}"; known: ${nativeForms.join(", ")}`);
  }
}

/** The normalisation as C++ numbers it. */
export function normalisationNumber(form: Normalisation): number {
  return nativeForms.indexOf(form);
}

/** Refuses an array of another length. @throws RangeError that names it */
export function checkLength(name: string, array: Float32Array | Int32Array, length: number): void {
  if (array.length !== length) {
    throw new KernelArgumentError(`${name} has ${array.length} elements; this shape needs ${length}`);
  }
}

/** Refuses what is no Float32Array of this length. @throws TypeError, RangeError that name it */
export function checkFloats(name: string, array: unknown, length: number): void {
  if (!(array instanceof Float32Array)) {
    throw new KernelArgumentError(`${name} is not a Float32Array`);
  }
  checkLength(name, array, length);
}

/** The array, or null where it was not given. */
export function optionalFloats(name: string, array: Float32Array | undefined, length: number): Float32Array | null {
  if (array === undefined) {
    return null;
  }
  checkFloats(name, array, length);
  return array;
}

/**
 * How many rows [R, columns] a normaliser's constants have: 1 or `timesteps`.
 * @param timesteps 1 where all timesteps share their constants
 */
export function constantRows(name: string, array: Float32Array, columns: number, timesteps: number): number {
  if (array instanceof Float32Array && timesteps > 1 && array.length === timesteps * columns) {
    return timesteps;
  }
  if (array instanceof Float32Array && timesteps > 1 && array.length !== columns) {
    throw new KernelArgumentError(
      `${name} has ${array.length} elements; this shape needs ${columns}, or ${timesteps * columns} with a row for each timestep`,
    );
  }
  checkFloats(name, array, columns);
  return 1;
}

/** Refuses indices of another number, or beyond the classes. @throws RangeError */
export function checkIndices(name: string, indices: Int32Array, length: number, classes: number): void {
  if (!(indices instanceof Int32Array)) {
    throw new KernelArgumentError(`${name} is not an Int32Array`);
  }
  checkLength(name, indices, length);
  const outside = indices.findIndex((index) => index < 0 || index >= classes);
  if (outside >= 0) {
    throw new KernelArgumentError(
      `${name}[${outside}] is ${String(indices[outside])}; it must be at least 0 and less than ${classes}`,
    );
  }
}

/** Refuses an input that does not have the pass's shape. @throws RangeError */
export function checkInput(shape: Omit<CellShape, "epsilon">, input: SequenceInput): void {
  const rows = shape.timesteps * shape.batch;
  if (input.kind === "symbols") {
    checkIndices("symbols", input.symbols, rows, shape.inputs);
  } else {
    checkFloats("dense input", input.values, rows * shape.inputs);
  }
}

/** Refuses a matrix whose values do not fill its shape. @throws RangeError */
export function checkMatrix(name: string, matrix: Matrix): void {
  if (!Number.isSafeInteger(matrix.rows) || !Number.isSafeInteger(matrix.columns) || matrix.rows < 1 || matrix.columns < 1) {
    throw new KernelArgumentError(`${name} is ${matrix.rows} x ${matrix.columns}; both must be positive integers`);
  }
  checkFloats(name, matrix.values, matrix.rows * matrix.columns);
}

/** A zeroed array for each name. */
export function zeros<Name extends string>(
  names: readonly Name[],
  length: (name: Name) => number,
): Record<Name, Float32Array> {
  return Object.fromEntries(names.map((name) => [name, new Float32Array(length(name))])) as Record<Name, Float32Array>;
}
