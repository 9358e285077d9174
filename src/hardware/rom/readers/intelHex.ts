import type { RomFindings } from "../findings.js";
import { readHexRecords } from "./hexRecords.js";
import { PlacedBytes } from "./placedBytes.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

/** Intel HEX whose addresses count bytes; words are least significant byte first. */
export function readIntelHex({ text }: RomSource, { width = 8 }: ReadOptions, findings: RomFindings): ReadRom {
  const bytes = new PlacedBytes(findings);
  for (const { address, data, line } of readHexRecords(text, findings)) {
    bytes.add(address, data, line);
  }
  return { words: bytes.words(width) };
}
