import type { RomFindings } from "../findings.js";
import { readHexRecords } from "./hexRecords.js";
import { bigEndian } from "./placedBytes.js";
import { PlacedWords } from "./readRom.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

/**
 * The Intel HEX of Quartus, whose addresses count words: each word of ceil(width / 8) bytes takes one address, most
 * significant byte first. Without a width the first record is one word, as Quartus writes it.
 */
export function readHexWords({ text }: RomSource, { width }: ReadOptions, findings: RomFindings): ReadRom {
  const placed = new PlacedWords(findings);
  let stride = width === undefined ? 0 : Math.ceil(width / 8);
  for (const { address, data, line } of readHexRecords(text, findings)) {
    stride ||= data.length;
    if (stride === 0 || data.length % stride !== 0) {
      findings.add("partial-word", line, `The record has ${data.length} bytes; words have ${stride}.`);
    }
    for (let word = 0; word < Math.floor(data.length / (stride || 1)); word++) {
      placed.add({ address: address + word, value: bigEndian(data, word * stride, stride), bits: 8 * stride, line });
    }
  }
  stride ||= 1;
  return { ...(width === undefined && { width: 8 * stride }), words: placed.words };
}
