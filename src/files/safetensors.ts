import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { NamedTensor, NamedTensors } from "./namedTensors.js";
import { writeFileAtomically } from "./atomicFile.js";

/**
 * The safetensors format (https://github.com/huggingface/safetensors, "Format"): 8 bytes little-endian header length,
 * a JSON header of dtype, shape and byte range per tensor and string metadata, then the bytes without gaps.
 */

/** A file that is not valid safetensors, or holds a type that is not used here; the message names file and fault. */
export class InvalidSafetensorsError extends Error {
  override readonly name = "InvalidSafetensorsError";
}

const arrays = { F32: Float32Array, I32: Int32Array, I8: Int8Array } as const;
type Dtype = keyof typeof arrays;

const lengthBytes = 8;
/** The limit of the format's own library. */
const maximumHeaderBytes = 100_000_000;
const metadataKey = "__metadata__";

const metadataSchema = z.record(z.string(), z.string());
const entrySchema = z.strictObject({
  dtype: z.enum(["F32", "I32", "I8"]),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
type Entry = z.infer<typeof entrySchema>;

/**
 * The bytes of a file: tensors by falling element size, then by name, so that each lies aligned.
 * @throws TypeError for a tensor named like the metadata, or whose shape is not that of its data
 */
export function encodeSafetensors({ metadata, tensors }: NamedTensors): Uint8Array {
  const ordered = Object.entries(tensors).toSorted(byAlignmentThenName);
  let offset = 0;
  const entries = ordered.map(([name, tensor]): [string, Entry] => {
    checkTensor(name, tensor);
    const start = offset;
    offset += tensor.data.byteLength;
    return [name, { dtype: dtypeOf(tensor), shape: [...tensor.shape], data_offsets: [start, offset] }];
  });
  const header = Object.keys(metadata).length > 0 ? [[metadataKey, metadata], ...entries] : entries;
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)), "utf8");
  const headerBytes = Math.ceil(json.length / lengthBytes) * lengthBytes;
  const bytes = Buffer.alloc(lengthBytes + headerBytes + offset, " ");
  bytes.writeBigUInt64LE(BigInt(headerBytes), 0);
  json.copy(bytes, lengthBytes);
  ordered.forEach(([, { data }], index) => {
    const start = lengthBytes + headerBytes + entries[index]![1].data_offsets[0];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  });
  return bytes;
}

/**
 * @param place where the bytes came from, for messages: a path
 * @throws InvalidSafetensorsError for anything that the format does not allow
 */
export function decodeSafetensors(bytes: Uint8Array, place: string): NamedTensors {
  const fail = (fault: string) => new InvalidSafetensorsError(`${place} is not a valid safetensors file: ${fault}.`);
  const { header, dataStart } = readHeader(bytes, fail);
  const metadata = readMetadata(header[metadataKey], fail);
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]): [string, Entry] => [name, readEntry(name, value, fail)]);
  checkLayout(entries, bytes.length - dataStart, fail);
  const tensors = entries.map(([name, entry]) => [name, readTensor(bytes, dataStart, entry)] as const);
  return { metadata, tensors: Object.fromEntries(tensors) };
}

/** Replaces a file of tensors, whole or not at all. */
export function writeSafetensors(file: string, tensors: NamedTensors): Promise<void> {
  return writeFileAtomically(file, encodeSafetensors(tensors));
}

/** @throws InvalidSafetensorsError, or the file system's error */
export async function readSafetensors(file: string): Promise<NamedTensors> {
  return decodeSafetensors(await readFile(file), file);
}

type Failure = (fault: string) => InvalidSafetensorsError;

function readHeader(bytes: Uint8Array, fail: Failure): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < lengthBytes) {
    throw fail(`it has ${bytes.length} bytes, fewer than the ${lengthBytes} of the header's length`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(maximumHeaderBytes, bytes.length - lengthBytes))) {
    throw fail(`its header should have ${length} bytes, the whole file has ${bytes.length}; it may be cut short`);
  }
  const dataStart = lengthBytes + Number(length);
  const header = parseJson(bytes.subarray(lengthBytes, dataStart));
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw fail("its header is not a JSON object");
  }
  return { header: header as Record<string, unknown>, dataStart };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function readMetadata(value: unknown, fail: Failure): Record<string, string> {
  const parsed = metadataSchema.optional().safeParse(value);
  if (!parsed.success) {
    throw fail("its metadata is not an object of strings");
  }
  return parsed.data ?? {};
}

function readEntry(name: string, value: unknown, fail: Failure): Entry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw fail(`tensor "${name}", ${path.join(".") || "entry"}: ${message}`);
  }
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  const size = elements(shape) * arrays[dtype].BYTES_PER_ELEMENT;
  if (offsets[1] - offsets[0] !== size) {
    throw fail(`tensor "${name}" (${dtype} [${shape.join(", ")}]) needs ${size} bytes, its range is ${offsets.join(" to ")}`);
  }
  return parsed.data;
}

/** The ranges must cover the data exactly: no gap, no overlap, nothing after the last. */
function checkLayout(entries: readonly [string, Entry][], dataBytes: number, fail: Failure): void {
  let expected = 0;
  const inOrder = entries.toSorted(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  for (const [name, { data_offsets: offsets }] of inOrder) {
    if (offsets[0] !== expected) {
      const fault = offsets[0] < expected ? "overlaps the tensor before it" : "leaves a gap before it";
      throw fail(`tensor "${name}" begins at byte ${offsets[0]} of the data, not ${expected}, and ${fault}`);
    }
    expected = offsets[1];
  }
  if (expected !== dataBytes) {
    throw fail(`its tensors need ${expected} bytes, ${dataBytes} are there`);
  }
}

function readTensor(bytes: Uint8Array, dataStart: number, entry: Entry): NamedTensor {
  const [start, end] = entry.data_offsets;
  const copy = new Uint8Array(bytes.subarray(dataStart + start, dataStart + end));
  return { shape: entry.shape, data: new arrays[entry.dtype](copy.buffer) };
}

function checkTensor(name: string, { shape, data }: NamedTensor): void {
  if (name === metadataKey) {
    throw new TypeError(`A tensor cannot be named ${metadataKey}: safetensors keeps its metadata under this name.`);
  }
  if (elements(shape) !== data.length) {
    throw new TypeError(`Tensor "${name}" has ${data.length} values, its shape [${shape.join(", ")}] ${elements(shape)}.`);
  }
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function dtypeOf({ data }: NamedTensor): Dtype {
  if (data instanceof Float32Array) {
    return "F32";
  }
  return data instanceof Int32Array ? "I32" : "I8";
}

/** F32 before I32 before I8, as the format's own library orders them; equal types by code units of the name. */
function byAlignmentThenName([nameA, a]: [string, NamedTensor], [nameB, b]: [string, NamedTensor]): number {
  const rank: readonly Dtype[] = ["F32", "I32", "I8"];
  return rank.indexOf(dtypeOf(a)) - rank.indexOf(dtypeOf(b)) || (nameA < nameB ? -1 : 1);
}
