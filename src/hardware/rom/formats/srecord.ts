import type { RomImage } from "../romImage.js";

const bytesPerRecord = 16;

/** The shortest address that reaches every byte, and the digits of its data and end records. */
function addressing(bytes: number): { size: number; data: string; end: string } {
  if (bytes <= 2 ** 16) {
    return { size: 2, data: "1", end: "9" };
  }
  return bytes <= 2 ** 24 ? { size: 3, data: "2", end: "8" } : { size: 4, data: "3", end: "7" };
}

/**
 * Motorola S-records: S0 with the image's name, data, a count where it fits (S5, S6), end. Word w begins at byte address
 * w * ceil(width / 8), least significant byte first.
 * @throws RangeError for more than 4 GiB, which the format cannot address
 */
export function writeSrecord({ name, data }: RomImage): string {
  if (data.length > 2 ** 32) {
    throw new RangeError(`${name} has ${data.length} bytes; S-records address ${2 ** 32}. Choose another format.`);
  }
  const { size, data: dataType, end } = addressing(data.length);
  const records = [record("0", 0, 2, Buffer.from(name.slice(0, 32), "ascii"))];
  for (let address = 0; address < data.length; address += bytesPerRecord) {
    records.push(record(dataType, address, size, data.subarray(address, address + bytesPerRecord)));
  }
  const count = records.length - 1;
  if (count < 2 ** 24) {
    const counter = count < 2 ** 16 ? { type: "5", size: 2 } : { type: "6", size: 3 };
    records.push(record(counter.type, count, counter.size, new Uint8Array(0)));
  }
  records.push(record(end, 0, size, new Uint8Array(0)));
  return records.join("");
}

/** `S` type, length of what follows, address, data, checksum: the one's complement of the sum of all bytes after the type. */
function record(type: string, address: number, size: number, data: Uint8Array): string {
  const place = Array.from({ length: size }, (_, index) => Math.floor(address / 256 ** (size - 1 - index)) % 256);
  const bytes = [size + data.length + 1, ...place, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return `S${type}${Buffer.from([...bytes, ~sum & 0xff]).toString("hex").toUpperCase()}\n`;
}
