import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NamedTensors } from "../../src/files/namedTensors.js";
import { decodeSafetensors, encodeSafetensors, readSafetensors, writeSafetensors } from "../../src/files/safetensors.js";
import { temporaryFolder } from "../temporaryFolder.js";

/** Written by the format's own library; golden/small.py says how. */
const golden = new URL("golden/small.safetensors", import.meta.url);

const goldenTensors: NamedTensors = {
  metadata: { name: "Ωmega" },
  tensors: {
    weights: { shape: [2, 3], data: new Float32Array([1.5, -2, 0.1, Infinity, 1e-30, -0]) },
    codes: { shape: [5], data: new Int8Array([-1, 0, 1, 1, -1]) },
    steps: { shape: [2], data: new Int32Array([2147483647, -2147483648]) },
    "Ω": { shape: [], data: new Float32Array([0.25]) },
    none: { shape: [0, 4], data: new Float32Array() },
  },
};

const data = fc.oneof(
  fc.array(fc.float({ noDefaultInfinity: false }), { maxLength: 12 }).map((values) => new Float32Array(values)),
  fc.array(fc.integer(), { maxLength: 12 }).map((values) => new Int32Array(values)),
  fc.array(fc.integer({ min: -128, max: 127 }), { maxLength: 12 }).map((values) => new Int8Array(values)),
);
const tensor = data.map((values) => ({ shape: values.length % 2 === 0 ? [2, values.length / 2] : [values.length], data: values }));
const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme" }), tensor), { selector: ([name]) => name, maxLength: 6 });
const files = fc
  .tuple(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3, noNullPrototype: true }), entries)
  .map(([metadata, named]): NamedTensors => ({ metadata, tensors: Object.fromEntries(named) }))
  .filter(({ metadata, tensors }) => !Object.hasOwn(tensors, "__metadata__") && !Object.hasOwn(metadata, "__proto__"));

/** A file with this header and so many zero bytes of data. */
function fileOf(header: unknown, dataBytes: number): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const entry = (start: number, end: number, shape = [(end - start) / 4]) => ({ dtype: "F32", shape, data_offsets: [start, end] });

describe("safetensors", () => {
  const root = temporaryFolder();

  it("reads what the format's own library wrote", async () => {
    expect(decodeSafetensors(await readFile(golden), "golden")).toEqual(goldenTensors);
  });

  it("writes the same bytes as the format's own library, but for the order of the header's keys", async () => {
    const theirs = await readFile(golden);
    const ours = Buffer.from(encodeSafetensors(goldenTensors));
    const split = (bytes: Buffer) => {
      const end = 8 + Number(bytes.readBigUInt64LE());
      return { aligned: end % 8, header: JSON.parse(bytes.toString("utf8", 8, end)), body: bytes.subarray(end) };
    };
    expect(split(ours)).toEqual(split(theirs));
  });

  it("reads back whatever it writes, at any alignment of the bytes in memory", () => {
    fc.assert(
      fc.property(files, fc.integer({ min: 0, max: 7 }), (file, shift) => {
        const bytes = encodeSafetensors(file);
        const shifted = new Uint8Array(bytes.length + shift);
        shifted.set(bytes, shift);
        expect(decodeSafetensors(shifted.subarray(shift), "memory")).toEqual(file);
      }),
    );
  });

  it("refuses every file that was cut short", () => {
    const bytes = encodeSafetensors(goldenTensors);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length), "cut.safetensors")).toThrow(/cut\.safetensors is not a valid/);
    }
  });

  it.each([
    ["bytes after the last tensor", fileOf({ a: entry(0, 4) }, 5), /need 4 bytes, 5 are there/],
    ["an overlap", fileOf({ a: entry(0, 8), b: entry(4, 12) }, 12), /"b" begins at byte 4 .* overlaps/],
    ["a gap", fileOf({ a: entry(0, 4), b: entry(8, 12) }, 12), /"b" .* leaves a gap/],
    ["a shape that its range does not fit", fileOf({ a: entry(0, 8, [3]) }, 8), /"a" \(F32 \[3\]\) needs 12 bytes/],
    ["a range that runs backwards", fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [4, 0] } }, 4), /"a" .* needs 4 bytes, its range is 4 to 0/],
    ["a type that is not used here", fileOf({ a: { dtype: "F64", shape: [1], data_offsets: [0, 8] } }, 8), /"a", dtype/],
    ["an unknown field", fileOf({ a: { ...entry(0, 4), more: 1 } }, 4), /"a", entry: Unrecognized key/],
    ["metadata that is not text", fileOf({ __metadata__: { step: 1 } }, 0), /metadata is not an object of strings/],
    ["a header that is not JSON", fileOf("{", 0), /header is not a JSON object/],
    ["a header that is a list", fileOf([], 0), /header is not a JSON object/],
    ["a header longer than the file", Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 123, 125]), /header should have 9223372036854775807 bytes/],
  ])("refuses %s", (_case, bytes, message) => {
    expect(() => decodeSafetensors(bytes, "x.safetensors")).toThrow(message);
  });

  it("refuses to write what it could not read back", () => {
    const data = new Float32Array(2);
    expect(() => encodeSafetensors({ metadata: {}, tensors: { __metadata__: { shape: [2], data } } })).toThrow(/cannot be named/);
    expect(() => encodeSafetensors({ metadata: {}, tensors: { a: { shape: [3], data } } })).toThrow(/has 2 values/);
  });

  it("replaces a file and leaves no other", async () => {
    const file = path.join(root.path, "a.safetensors");
    await writeSafetensors(file, { metadata: {}, tensors: {} });
    await writeSafetensors(file, goldenTensors);
    expect(await readSafetensors(file)).toEqual(goldenTensors);
    expect(await readdir(root.path)).toEqual(["a.safetensors"]);
  });
});
