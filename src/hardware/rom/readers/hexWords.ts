import type { RomFindings } from "../findings.js";
import { readHexRecords } from "./hexRecords.js";
import { PlacedWords } from "./readRom.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

/**
 * The Intel HEX of Quartus, whose addresses count words: each word of ceil(width / 8) bytes takes one address, most
 * significant byte first. Without a width the first record is one word, as Quartus writes it.
 */
export function readHexWords({ text }: RomSource, { width }: ReadOptions, findings: RomFindings): ReadRom {
  const records = readHexRecords(text, findings).filter(({ data }) => data.length > 0);
  const stride = width === undefined ? (records[0]?.data.length ?? 1) : Math.ceil(width / 8);
  const placed = new PlacedWords(findings);
  for (const { address, data, line } of records) {
    if (data.length % stride !== 0) {
      findings.add("partial-word", line, `The record has ${data.length} bytes; words have ${stride}.`);
    }
    for (let word = 0; word < Math.floor(data.length / stride); word++) {
      const bytes = data.subarray(word * stride, (word + 1) * stride);
      placed.add({ address: address + word, value: BigInt(`0x${Buffer.from(bytes).toString("hex")}`), bits: 8 * stride, line });
    }
  }
  return { ...(width === undefined && { width: 8 * stride }), words: placed.words };
}
