import { bytesPerWord } from "../romImage.js";
import type { RomImage } from "../romImage.js";
import { endOfFile, extendedAddress, hexRecord, recordType, segment } from "./hexRecord.js";

const mostBytesPerRecord = 255;

/**
 * Intel HEX as Quartus reads it: addresses count words, a record a word, most significant byte first. Widths that are no
 * multiple of 8 are padded with zeros at the top.
 * @throws RangeError for words above 2,040 bits, which no record holds
 */
export function writeHexWords({ name, width, depth, data }: RomImage): string {
  const bytes = bytesPerWord(width);
  if (bytes > mostBytesPerRecord) {
    throw new RangeError(
      `${name} has words of ${width} bits; a record of Intel HEX holds ${8 * mostBytesPerRecord}. Split it with a maximum width, or choose MIF.`,
    );
  }
  const records: string[] = [];
  for (let address = 0; address < depth; address++) {
    if (address > 0 && address % segment === 0) {
      records.push(extendedAddress(address));
    }
    const word = data.slice(address * bytes, (address + 1) * bytes).reverse();
    records.push(hexRecord(address % segment, recordType.data, word));
  }
  return [...records, endOfFile].join("");
}
