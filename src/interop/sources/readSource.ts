import path from "node:path";
import { isZip } from "../../files/zip.js";
import { HugeFileError, readRegularFile } from "../../files/regularFile.js";
import { decodeRawSafetensors, InvalidSafetensorsError, type RawTensor } from "../../files/safetensors.js";
import type { SourceWeights } from "../../rnn/sourceWeights.js";
import { weightsOfHdf5, weightsOfKeras } from "./kerasFile.js";
import { weightsOfOnnx } from "./onnxWeights.js";
import { isLegacyPyTorch, readPyTorchFile } from "./pytorchFile.js";
import { byNumberedName, floatsOf, type FloatType, SourceFileError, type SourceTensor, type SourceTensors } from "./sourceFile.js";
import { type StateDictOptions, weightsOfStateDict } from "./stateDict.js";

/** A network as it was read from a file. */
export interface ReadSource {
  /** "PyTorch", "safetensors", "Keras", "ONNX" */
  readonly format: string;
  readonly weights: SourceWeights;
}

type Reader = (bytes: Uint8Array, options: StateDictOptions) => ReadSource;

/** The readers by the ending of the file's name. */
const readers: Readonly<Record<string, Reader>> = {
  ".safetensors": (bytes, options) => ({ format: "safetensors", weights: weightsOfStateDict(safetensors(bytes), options) }),
  ".pt": pyTorch,
  ".pth": pyTorch,
  ".keras": (bytes) => ({ format: "Keras", weights: weightsOfKeras(bytes, mostMebibytes * 2 ** 20) }),
  ".h5": keras,
  ".hdf5": keras,
  ".onnx": (bytes) => ({ format: "ONNX", weights: weightsOfOnnx(bytes) }),
};

/** Larger files hold no network that an accelerator runs from its own memory. */
const mostMebibytes = 1024;

/**
 * The float weights of a network in a file of another program.
 * @throws SourceFileError that names the file, what is wrong in it and the remedy; the file system's error
 */
export async function readSource(file: string, options: StateDictOptions = {}): Promise<ReadSource> {
  readerOf(file);
  return readSourceBytes(file, await bytesOf(file), options);
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(file, mostMebibytes);
  } catch (error) {
    if (error instanceof HugeFileError) {
      throw new SourceFileError(`${file} cannot be imported: ${error.message}`, { cause: error });
    }
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new SourceFileError(`${file} cannot be imported: there is no such file.`, { cause: error });
    }
    throw error;
  }
}

function readerOf(file: string): Reader {
  const reader = readers[path.extname(file).toLowerCase()];
  if (reader === undefined) {
    throw new SourceFileError(`${file} cannot be imported: give a file that ends in ${Object.keys(readers).join(", ")}.`);
  }
  return reader;
}

/**
 * The same from bytes at hand.
 * @param file its name, whose ending tells the format
 */
export function readSourceBytes(file: string, bytes: Uint8Array, options: StateDictOptions = {}): ReadSource {
  const reader = readerOf(file);
  try {
    return reader(bytes, options);
  } catch (error) {
    throw error instanceof SourceFileError ? new SourceFileError(`${file} cannot be imported: ${error.message}.`, { cause: error }) : error;
  }
}

function pyTorch(bytes: Uint8Array, options: StateDictOptions): ReadSource {
  if (isLegacyPyTorch(bytes)) {
    throw new SourceFileError("PyTorch before 1.6 wrote it: load and save it again with a later one");
  }
  if (!isZip(bytes)) {
    throw new SourceFileError("it is no file of torch.save: it does not begin as a zip archive does");
  }
  return { format: "PyTorch", weights: weightsOfStateDict(readPyTorchFile(bytes, mostMebibytes * 2 ** 20), options) };
}

function keras(bytes: Uint8Array): ReadSource {
  return { format: "Keras", weights: weightsOfHdf5(bytes) };
}

const floatTypesOfSafetensors: Readonly<Record<string, FloatType>> = { F32: "float32", F64: "float64", F16: "float16", BF16: "bfloat16" };

function safetensors(bytes: Uint8Array): SourceTensors {
  const tensors = inOrder(rawTensors(bytes));
  return new Map(
    tensors.map(([name, { dtype, shape, bytes: data }]): [string, SourceTensor] => {
      const type = floatTypesOfSafetensors[dtype];
      return [name, { shape, type: dtype, ...(type && { values: floatsOf(type, data) }) }];
    }),
  );
}

function rawTensors(bytes: Uint8Array): ReadonlyMap<string, RawTensor> {
  try {
    return decodeRawSafetensors(bytes, "it");
  } catch (error) {
    throw error instanceof InvalidSafetensorsError ? new SourceFileError(error.message.replace(/\.$/, ""), { cause: error }) : error;
  }
}

/** The file has them by their sizes; names tell the order of the modules, with numbers in them by their values. */
function inOrder(tensors: ReadonlyMap<string, RawTensor>): [string, RawTensor][] {
  return [...tensors].sort(([a], [b]) => byNumberedName(a, b));
}
