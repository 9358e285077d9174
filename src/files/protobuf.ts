/**
 * The wire format of protocol buffers, as far as ONNX and TensorBoard take it (protobuf.dev/programming-guides/encoding): a field
 * is a key, which is its number and wire type, and a value. A field is a list of byte pieces, joined once at the end.
 * Written by hand, since a library and its generated code would be larger than all that is written with it.
 */
export type Field = readonly Uint8Array[];

const wireTypes = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); bytes.length === 0 || rest > 0n; rest >>= 7n) {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
  }
  return Uint8Array.from(bytes);
}

function key(field: number, wireType: keyof typeof wireTypes): Uint8Array {
  return varint(BigInt(field * 8 + wireTypes[wireType]));
}

/** An int32, int64 or enum; negative ones take ten bytes. */
export function integerField(field: number, value: number): Field {
  return [key(field, "varint"), varint(BigInt(value))];
}

/** A field of 32 bits, IEEE 754 single precision. */
export function floatField(field: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [key(field, "fixed32"), bytes];
}

/** A field of 64 bits, IEEE 754 double precision. */
export function doubleField(field: number, value: number): Field {
  return [key(field, "fixed64"), doubles([value])];
}

/** A repeated field of double precision, packed. */
export function packedDoublesField(field: number, values: readonly number[]): Field {
  return bytesField(field, doubles(values));
}

function doubles(values: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, index) => bytes.setFloat64(8 * index, value, true));
  return new Uint8Array(bytes.buffer);
}

/** A field of bytes with their length. */
export function bytesField(field: number, bytes: Uint8Array): Field {
  return [key(field, "lengthDelimited"), varint(BigInt(bytes.length)), bytes];
}

/** A field of UTF-8 text with its length. */
export function stringField(field: number, text: string): Field {
  return bytesField(field, Buffer.from(text));
}

/** A message inside a message. */
export function messageField(field: number, parts: readonly Field[]): Field {
  const pieces = parts.flat();
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return [key(field, "lengthDelimited"), varint(BigInt(length)), ...pieces];
}

/** The outermost message, as it is in a file. */
export function encodeMessage(parts: readonly Field[]): Uint8Array {
  return Buffer.concat(parts.flat());
}
