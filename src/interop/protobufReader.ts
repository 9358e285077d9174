/** Bytes that are no protocol buffer, or one that is cut short; the message is a clause. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

/**
 * The fields of one message, by the wire format (protobuf.dev/programming-guides/encoding). What stands in a message is found by field
 * number; unknown fields are kept and never looked at.
 */
export class ProtobufMessage {
  private readonly fields = new Map<number, (bigint | Uint8Array)[]>();

  /** @throws ProtobufError */
  constructor(bytes: Uint8Array) {
    const reader = new WireReader(bytes);
    while (!reader.isAtEnd) {
      const [field, value] = reader.field();
      const known = this.fields.get(field) ?? [];
      known.push(value);
      this.fields.set(field, known);
    }
  }

  /** Length-delimited values of a field: bytes, texts or messages. */
  bytes(field: number): Uint8Array[] {
    return (this.fields.get(field) ?? []).filter((value) => value instanceof Uint8Array);
  }

  messages(field: number): ProtobufMessage[] {
    return this.bytes(field).map((bytes) => new ProtobufMessage(bytes));
  }

  texts(field: number): string[] {
    return this.bytes(field).map((bytes) => Buffer.from(bytes).toString("utf8"));
  }

  text(field: number): string {
    return this.texts(field).at(-1) ?? "";
  }

  /** Integers of a field, packed or not. */
  integers(field: number): number[] {
    return (this.fields.get(field) ?? []).flatMap((value) => (typeof value === "bigint" ? [value] : packed(value))).map((value) => Number(BigInt.asIntN(64, value)));
  }

  integer(field: number): number | undefined {
    return this.integers(field).at(-1);
  }

  /** Single-precision numbers of a field, packed or not: little-endian bytes. */
  floats(field: number): Float32Array {
    const parts = this.bytes(field);
    const length = parts.reduce((sum, part) => sum + Math.floor(part.length / 4), 0);
    const out = new Float32Array(length);
    let at = 0;
    for (const part of parts) {
      const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
      for (let place = 0; place + 4 <= part.length; place += 4) {
        out[at++] = view.getFloat32(place, true);
      }
    }
    return out;
  }
}

function packed(bytes: Uint8Array): bigint[] {
  const reader = new WireReader(bytes);
  const values: bigint[] = [];
  while (!reader.isAtEnd) {
    values.push(reader.varint());
  }
  return values;
}

class WireReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.take(1)[0]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) {
        return BigInt.asUintN(64, value);
      }
    }
    throw new ProtobufError("it has a number of more than ten bytes, so it is no protocol buffer");
  }

  field(): [number, bigint | Uint8Array] {
    const key = this.varint();
    const [field, wireType] = [Number(key >> 3n), Number(key & 7n)];
    if (field === 0) {
      throw new ProtobufError("it has a field of the number 0, so it is no protocol buffer");
    }
    switch (wireType) {
      case 0:
        return [field, this.varint()];
      case 1:
        return [field, this.take(8)];
      case 2:
        return [field, this.take(Number(this.varint()))];
      case 5:
        return [field, this.take(4)];
      default:
        throw new ProtobufError(`it has a field of the wire type ${wireType}, so it is no protocol buffer`);
    }
  }

  private take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) {
      throw new ProtobufError("it ends within a field and may be cut short");
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
