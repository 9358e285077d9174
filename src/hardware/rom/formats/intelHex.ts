import type { RomImage } from "../romImage.js";
import { addressSpace, endOfFile, extendedAddress, hexRecord, recordType, segment } from "./hexRecord.js";

const bytesPerRecord = 16;

/**
 * Intel HEX by byte (Intel, "Hexadecimal Object File Format Specification", 1988): word w begins at byte address
 * w * ceil(width / 8), least significant byte first. Quartus reads a word-addressed variant instead: `writeHexWords`.
 * @throws RangeError for more than 4 GiB, which the format cannot address
 */
export function writeIntelHex({ name, data }: RomImage): string {
  if (data.length > addressSpace) {
    throw new RangeError(`${name} has ${data.length} bytes; Intel HEX addresses ${addressSpace}. Choose another format.`);
  }
  const records: string[] = [];
  for (let address = 0; address < data.length; address += bytesPerRecord) {
    if (address > 0 && address % segment === 0) {
      records.push(extendedAddress(address));
    }
    records.push(hexRecord(address % segment, recordType.data, data.subarray(address, address + bytesPerRecord)));
  }
  return [...records, endOfFile].join("");
}
