/**
 * The framing of TFRecord files: length of the data (uint64), masked CRC-32C of the length, data, masked CRC-32C of the data, all
 * little-endian (TensorFlow, "TFRecords format details"; tensorflow/core/lib/io/record_writer.cc).
 */

/** Castagnoli's polynomial, its bits reversed (RFC 3720, section 12.1). */
const castagnoli = 0x82f63b78;
const maskDelta = 0xa282ead8;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ castagnoli : remainder >>> 1;
  }
  return remainder;
});

/** CRC-32C of some bytes, an unsigned number of 32 bits. */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder = table[(remainder ^ byte) & 0xff]! ^ (remainder >>> 8);
  }
  return (remainder ^ 0xffffffff) >>> 0;
}

/** Rotated and shifted, so that the checksum of data that holds checksums tells something (tensorflow/core/lib/hash/crc32c.h). */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0;
}

/** One record, as it stands in the file. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length + 4);
  bytes.writeBigUInt64LE(BigInt(data.length), 0);
  bytes.writeUInt32LE(masked(crc32c(bytes.subarray(0, 8))), 8);
  bytes.set(data, 12);
  bytes.writeUInt32LE(masked(crc32c(data)), 12 + data.length);
  return bytes;
}
