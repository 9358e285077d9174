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

/** Bytes of an element of each type that has whole ones, in files of any program. */
const elementBytes: Readonly<Record<string, number>> = {
  F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1, C64: 8,
};

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
const rawEntrySchema = entrySchema.extend({ dtype: z.enum(Object.keys(elementBytes)) });
/** An entry of the header, of our own types or of any. */
type Entry = z.infer<typeof rawEntrySchema>;
type OwnEntry = z.infer<typeof entrySchema>;

/**
 * The bytes of a file: tensors by falling element size, then by name, so that each lies aligned.
 * @throws TypeError for a tensor named like the metadata, or whose shape is not that of its data
 */
export function encodeSafetensors({ metadata, tensors }: NamedTensors): Uint8Array {
  const ordered = Object.entries(tensors).toSorted(byAlignmentThenName);
  let offset = 0;
  const entries = ordered.map(([name, tensor]): [string, OwnEntry] => {
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
  const { metadata, entries } = readEntries(bytes, place, entrySchema);
  return { metadata, tensors: Object.fromEntries(entries.map(([name, entry, data]) => [name, readTensor(entry, data)])) };
}

/** A tensor of any type as its bytes, little-endian. */
export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * The tensors of a file of any program, by their names, in the order of their bytes.
 * @param place where the bytes came from, for messages: a path
 * @throws InvalidSafetensorsError for anything that the format does not allow
 */
export function decodeRawSafetensors(bytes: Uint8Array, place: string): ReadonlyMap<string, RawTensor> {
  const { entries } = readEntries(bytes, place, rawEntrySchema);
  return new Map(entries.map(([name, { dtype, shape }, data]) => [name, { dtype, shape, bytes: data }]));
}

function readEntries<E extends Entry>(bytes: Uint8Array, place: string, schema: z.ZodType<E>) {
  const fail = (fault: string) => new InvalidSafetensorsError(`${place} is not a valid safetensors file: ${fault}.`);
  const { header, dataStart } = readHeader(bytes, fail);
  const metadata = readMetadata(header[metadataKey], fail);
  const named = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]): [string, E] => [name, readEntry(name, value, schema, fail)]);
  const entries = checkLayout(named, bytes.length - dataStart, fail).map(([name, entry]): [string, E, Uint8Array] => {
    const [start, end] = entry.data_offsets;
    return [name, entry, bytes.subarray(dataStart + start, dataStart + end)];
  });
  return { metadata, entries };
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

function readEntry<E extends Entry>(name: string, value: unknown, schema: z.ZodType<E>, fail: Failure): E {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw fail(`tensor "${name}", ${path.join(".") || "entry"}: ${message}`);
  }
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  const size = elements(shape) * elementBytes[dtype]!;
  if (offsets[1] - offsets[0] !== size) {
    throw fail(`tensor "${name}" (${dtype} [${shape.join(", ")}]) needs ${size} bytes, its range is ${offsets.join(" to ")}`);
  }
  return parsed.data;
}

/** The entries by their places. The ranges must cover the data exactly: no gap, no overlap, nothing after the last. */
function checkLayout<E extends Entry>(entries: readonly [string, E][], dataBytes: number, fail: Failure): [string, E][] {
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
  return inOrder;
}

function readTensor({ dtype, shape }: OwnEntry, data: Uint8Array): NamedTensor {
  return { shape, data: new arrays[dtype](new Uint8Array(data).buffer) };
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
