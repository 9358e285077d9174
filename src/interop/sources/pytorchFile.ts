import { type ZipEntry, zipEntries, ZipError } from "../../files/zip.js";
import { type PickleValue, PickleGlobal, readPickle } from "./pickle.js";
import { floatsOf, floatTypes, type FloatType, shapeInWords, sizeOf, SourceFileError, type SourceTensor, type SourceTensors } from "./sourceFile.js";

/**
 * Files of `torch.save` since PyTorch 1.6 (torch/serialization.py): a zip archive in which NAME/data.pkl is a pickle and NAME/data/KEY
 * are the storages, the raw numbers that tensors are views of.
 */

/** Storages by the names of their classes: of weights by their type, of others none. */
const storages: Readonly<Record<string, FloatType | undefined>> = {
  FloatStorage: "float32",
  DoubleStorage: "float64",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  LongStorage: undefined,
  IntStorage: undefined,
  ShortStorage: undefined,
  CharStorage: undefined,
  ByteStorage: undefined,
  BoolStorage: undefined,
};

/** Calls that make a plain value; all others are refused. */
const calls: Readonly<Record<string, (given: readonly PickleValue[]) => PickleValue>> = {
  "collections.OrderedDict": () => new Map(),
  "torch._utils._rebuild_tensor_v2": rebuiltTensor,
  "torch._utils._rebuild_parameter": ([tensor]) => tensor,
  "torch.Size": ([size]) => size,
};

/** Named in checkpoints, never called: types of numbers and places of tensors. */
const inertNames = /^torch\.(?:float(?:16|32|64)?|bfloat16|half|double|u?int(?:8|16|32|64)|long|bool|device)$/;

const legacyMagic = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46];

/** Whether bytes are of `torch.save` before PyTorch 1.6, which wrote pickles one after the other. */
export function isLegacyPyTorch(bytes: Uint8Array): boolean {
  return legacyMagic.every((byte, index) => bytes[index] === byte);
}

interface Storage {
  readonly type: string;
  readonly entry: ZipEntry;
}

/**
 * The tensors of a state dict, or of the one that a checkpoint holds.
 * @param mostBytes of all storages together
 * @throws SourceFileError, whose message is a clause about the file
 */
export function readPyTorchFile(bytes: Uint8Array, mostBytes: number): SourceTensors {
  const entries = inWords(() => zipEntries(bytes, mostBytes));
  const pickles = [...entries.keys()].filter((name) => /^[^/]*\/?data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined) {
    throw new SourceFileError("it is a zip archive without data.pkl, so torch.save did not write it");
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  requireLittleEndian(entries.get(`${folder}byteorder`));
  const value = readPickle(inWords(() => entries.get(pickle)!.read()), {
    checkGlobal: requireHarmless,
    call: (name, given) => (calls[name] ?? refuse(name))(given),
    persistent: (id) => storageOf(id, (key) => entries.get(`${folder}data/${key}`)),
  });
  return stateDict(value);
}

function inWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ZipError ? new SourceFileError(error.message, { cause: error }) : error;
  }
}

function requireLittleEndian(entry: ZipEntry | undefined): void {
  const order = entry === undefined ? "little" : Buffer.from(inWords(() => entry.read())).toString("latin1");
  if (order !== "little") {
    throw new SourceFileError(`its numbers are ${order}-endian: save it on a little-endian machine`);
  }
}

/** @throws SourceFileError for every name but those that make tensors */
function requireHarmless(name: string): void {
  const isStorage = /^torch\.(\w+)$/.exec(name)?.[1];
  if (!Object.hasOwn(calls, name) && !(isStorage !== undefined && Object.hasOwn(storages, isStorage)) && !inertNames.test(name)) {
    refuse(name);
  }
}

function refuse(name: string): never {
  throw new SourceFileError(
    `it holds an object of ${JSON.stringify(name)}, and nothing but tensors, dicts, lists and numbers is read, so that no code of a file can run: ` +
      'save the weights alone, torch.save(model.state_dict(), "lstm.pt")',
  );
}

/** ("storage", class, key, location, number of elements) */
function storageOf(id: PickleValue, find: (key: string) => ZipEntry | undefined): Storage {
  const [tag, kind, key] = Array.isArray(id) ? (id as PickleValue[]) : [];
  if (tag !== "storage" || !(kind instanceof PickleGlobal) || typeof key !== "string") {
    throw new SourceFileError("its pickle refers to what is no storage");
  }
  const entry = find(key);
  if (entry === undefined) {
    throw new SourceFileError(`it lacks the storage ${JSON.stringify(key)}: copy or save it again`);
  }
  return { type: kind.name, entry };
}

interface View {
  readonly storage: Storage;
  readonly offset: number;
  readonly size: readonly number[];
  readonly stride: readonly number[];
}

const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);

function isStorage(value: unknown): value is Storage {
  return typeof value === "object" && value !== null && "entry" in value;
}

function viewOf([storage, offset, size, stride]: readonly PickleValue[]): View {
  const isPlace = typeof offset === "number" && isNumbers([offset]) && isNumbers(size) && isNumbers(stride) && size.length === stride.length;
  if (!isStorage(storage) || !isPlace) {
    throw new SourceFileError("its pickle makes a tensor of what is no storage");
  }
  return { storage, offset, size, stride };
}

/** _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks) */
function rebuiltTensor(given: readonly PickleValue[]): SourceTensor {
  const {
    storage: { type, entry },
    offset,
    size,
    stride,
  } = viewOf(given);
  const float = storages[type.slice("torch.".length)];
  if (float === undefined) {
    return { shape: size, type };
  }
  const bytes = inWords(() => entry.read());
  const length = Math.floor(bytes.length / floatTypes[float].bytes);
  const last = size.reduce((sum, count, axis) => sum + (count - 1) * stride[axis]!, offset);
  if (sizeOf(size) > length || (sizeOf(size) > 0 && last >= length)) {
    throw new SourceFileError(`a tensor of the shape ${shapeInWords(size)} does not fit into its storage of ${length} numbers`);
  }
  return { shape: size, type, values: strided(floatsOf(float, bytes), offset, size, stride) };
}

/** Row-major numbers of a view with strides, such as that of a transposed matrix. */
function strided(storage: Float32Array, offset: number, size: readonly number[], stride: readonly number[]): Float32Array {
  return Float32Array.from({ length: sizeOf(size) }, (_, index) => {
    let [rest, place] = [index, offset];
    for (let axis = size.length - 1; axis >= 0; axis--) {
      place += (rest % size[axis]!) * stride[axis]!;
      rest = Math.floor(rest / size[axis]!);
    }
    return storage[place]!;
  });
}

/** The names under which people keep a state dict in a checkpoint, the likeliest first. */
const usualKeys = ["state_dict", "model_state_dict", "model", "net", "network", "weights", "params"];

function isTensor(value: unknown): value is SourceTensor {
  return typeof value === "object" && value !== null && "shape" in value && "type" in value;
}

function tensorsIn(value: unknown): SourceTensors | undefined {
  const pairs = value instanceof Map ? [...(value as Map<unknown, unknown>)] : [];
  const isState = pairs.length > 0 && pairs.every(([name, one]) => typeof name === "string" && isTensor(one));
  return isState ? new Map(pairs as [string, SourceTensor][]) : undefined;
}

/** The value itself, or the one dict of tensors in it. @throws SourceFileError where there is none, or more than one without a usual name */
function stateDict(value: PickleValue): SourceTensors {
  const own = tensorsIn(value);
  if (own !== undefined) {
    return own;
  }
  const named = value instanceof Map ? [...(value as Map<unknown, unknown>)].map(([key, one]) => [String(key), tensorsIn(one)] as const) : [];
  const found = named.filter((pair): pair is readonly [string, SourceTensors] => pair[1] !== undefined);
  const usual = usualKeys.map((key) => found.find(([name]) => name === key)).find((pair) => pair !== undefined);
  const [first, ...others] = found;
  if (usual !== undefined || (first !== undefined && others.length === 0)) {
    return (usual ?? first)![1];
  }
  if (first !== undefined) {
    const names = found.map(([name]) => JSON.stringify(name)).join(", ");
    throw new SourceFileError(`it has several dicts of tensors, ${names}: save one of them alone, torch.save(checkpoint[${JSON.stringify(first[0])}], "lstm.pt")`);
  }
  throw new SourceFileError('it holds no dict of tensors: save the weights, torch.save(model.state_dict(), "lstm.pt")');
}
