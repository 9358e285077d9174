import type { RomFindings } from "../findings.js";
import { romLimits } from "../limits.js";
import { bigEndian, littleEndian } from "./placedBytes.js";
import { tellTooManyWords } from "./readRom.js";
import type { ReadOptions, ReadRom, ReadWord, RomSource } from "./readRom.js";

/** Bytes alone: words of ceil(width / 8) bytes, least significant first; without a width bytes are words. */
export function readRawBytes({ bytes }: RomSource, { width = 8 }: ReadOptions, findings: RomFindings): ReadRom {
  const wordBytes = Math.ceil(width / 8);
  const rest = bytes.length % wordBytes;
  if (rest !== 0) {
    findings.add("partial-word", 1, `${bytes.length} bytes are not whole words of ${wordBytes} bytes.`);
  }
  return { words: wordsOfBytes(bytes.subarray(0, bytes.length - rest), wordBytes, false, findings) };
}

/** Words of so many bytes, one after the other. */
export function wordsOfBytes(bytes: Uint8Array, wordBytes: number, isBigEndian: boolean, findings: RomFindings): ReadWord[] {
  const words = bytes.length / wordBytes;
  if (words > romLimits.words) {
    tellTooManyWords(findings, 1);
  }
  const valueOf = isBigEndian ? bigEndian : littleEndian;
  return Array.from({ length: Math.min(words, romLimits.words) }, (_, address) => ({
    address,
    value: valueOf(bytes, address * wordBytes, wordBytes),
    bits: 8 * wordBytes,
    line: 1,
  }));
}
