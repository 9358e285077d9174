/** What a file of tensors holds: a checkpoint, a deployed model. Written as safetensors. */
export interface NamedTensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, NamedTensor>>;
}

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Int8Array;
}

/** A file of tensors that lacks what is asked of it; the message names the tensor or the metadata field. */
export class InvalidTensorsError extends Error {
  override readonly name = "InvalidTensorsError";
}

const arrays = { float32: Float32Array, int32: Int32Array, int8: Int8Array };
type Arrays = { float32: Float32Array; int32: Int32Array; int8: Int8Array };

/**
 * The data of one tensor, checked.
 * @param source what the tensors are, for the message: "checkpoint"
 * @throws InvalidTensorsError when it is missing, or of another type or shape
 */
export function tensorData<T extends keyof Arrays>(
  { tensors }: NamedTensors,
  source: string,
  name: string,
  type: T,
  shape: readonly number[],
): Arrays[T] {
  const tensor = tensors[name];
  if (tensor === undefined) {
    throw new InvalidTensorsError(`The ${source} has no tensor "${name}"; it has ${Object.keys(tensors).join(", ")}.`);
  }
  const size = shape.reduce((product, length) => product * length, 1);
  const sameShape = tensor.shape.join() === shape.join() && tensor.data.length === size;
  if (!sameShape || !(tensor.data instanceof arrays[type])) {
    const found = `${tensor.data.constructor.name} [${tensor.shape.join(", ")}] of ${tensor.data.length} values`;
    throw new InvalidTensorsError(
      `In the ${source}, tensor "${name}" should be ${type} [${shape.join(", ")}], but is ${found}.`,
    );
  }
  return tensor.data as Arrays[T];
}

/** @throws InvalidTensorsError when the field is missing */
export function metadataField({ metadata }: NamedTensors, source: string, name: string): string {
  const value = metadata[name];
  if (value === undefined) {
    throw new InvalidTensorsError(`The ${source} has no metadata field "${name}".`);
  }
  return value;
}
