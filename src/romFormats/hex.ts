import type { RomFindings } from "./reading/findings.js";
import { addressSpace, endOfFile, extendedAddress, hexRecord, isLikeHexRecords, readHexRecords, recordTypes, segment } from "./reading/hexRecords.js";
import { PlacedBytes } from "./reading/placedBytes.js";
import type { ReadOptions, ReadRom, RomFormatModule, RomSource } from "./romFormat.js";
import type { RomImage } from "./romImage.js";

export const hex = {
  name: "hex",
  extension: "hex",
  otherExtensions: ["mcs", "ihex", "ihx"],
  title: "Intel HEX by byte (programmers, microcontrollers)",
  isText: true,
  hasEditor: true,
  content: { rank: 42, isLike: isLikeHexRecords },
  write: writeIntelHex,
  read: readIntelHex,
  howToLoad: ({ width }, file) => `## Intel HEX (.hex)

Addresses count bytes: word w of ${file} begins at byte w * ${Math.ceil(width / 8)}, least significant byte first. Quartus
expects addresses that count words instead: the format hex-words.
`,
} as const satisfies RomFormatModule;

const bytesPerRecord = 16;

/**
 * Intel HEX by byte (Intel, "Hexadecimal Object File Format Specification", 1988): word w begins at byte address
 * w * ceil(width / 8), least significant byte first. Quartus reads a word-addressed variant instead: `writeHexWords`.
 * @throws RangeError for more than 4 GiB, which the format cannot address
 */
function writeIntelHex({ name, data }: RomImage): string {
  if (data.length > addressSpace) {
    throw new RangeError(`${name} has ${data.length} bytes; Intel HEX addresses ${addressSpace}. Choose another format.`);
  }
  const records: string[] = [];
  for (let address = 0; address < data.length; address += bytesPerRecord) {
    if (address > 0 && address % segment === 0) {
      records.push(extendedAddress(address));
    }
    records.push(hexRecord(address % segment, recordTypes.data, data.subarray(address, address + bytesPerRecord)));
  }
  return [...records, endOfFile].join("");
}

/** Intel HEX whose addresses count bytes; words are least significant byte first. */
function readIntelHex({ text }: RomSource, { width = 8 }: ReadOptions, findings: RomFindings): ReadRom {
  const bytes = new PlacedBytes(findings);
  for (const { address, data, line } of readHexRecords(text, findings)) {
    bytes.add(address, data, line);
  }
  return { words: bytes.words(width) };
}
