import { endianness } from "node:os";
import * as z from "zod";
import { npyFile } from "../../romFormats/npy.js";
import { fileDigest } from "../../files/fileDigest.js";

const elementTypes = ["int32", "float32", "float64"] as const;

/** A NumPy file, row-major. */
export const arrayFileSchema = z.strictObject({
  path: z.string().min(1).describe("Relative to the manifest."),
  type: z.enum(elementTypes),
  shape: z.array(z.number().int().min(0)),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ArrayFileEntry = z.infer<typeof arrayFileSchema>;

/** A file of a folder that is to be written, and what the manifest says of it. */
export interface ArrayFile {
  readonly entry: ArrayFileEntry;
  readonly content: Uint8Array;
}

/**
 * Numbers as a NumPy file; its element type is that of the array.
 * @param name relative to the manifest, without the ending
 * @param shape its product is the number of values
 */
export function arrayFile(name: string, values: Int32Array | Float32Array | Float64Array, shape: readonly number[]): ArrayFile {
  const type = values instanceof Int32Array ? "int32" : values instanceof Float32Array ? "float32" : "float64";
  const descr = `<${type.startsWith("int") ? "i" : "f"}${values.BYTES_PER_ELEMENT}`;
  const content = npyFile(descr, shape, littleEndian(values));
  return { entry: { path: `${name}.npy`, type, shape: [...shape], ...fileDigest(content) }, content };
}

function littleEndian(values: Int32Array | Float32Array | Float64Array): Uint8Array {
  const bytes = Buffer.from(values.slice().buffer);
  if (endianness() === "LE") {
    return bytes;
  }
  return values.BYTES_PER_ELEMENT === 8 ? bytes.swap64() : bytes.swap32();
}
