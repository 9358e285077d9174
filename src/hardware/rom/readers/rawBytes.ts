import type { RomFindings } from "../findings.js";
import type { ReadOptions, ReadRom, ReadWord, RomSource } from "./readRom.js";

/** Bytes alone: words of ceil(width / 8) bytes, least significant first; without a width bytes are words. */
export function readRawBytes({ bytes }: RomSource, { width = 8 }: ReadOptions, findings: RomFindings): ReadRom {
  const wordBytes = Math.ceil(width / 8);
  const rest = bytes.length % wordBytes;
  if (rest !== 0) {
    findings.add("partial-word", 1, `${bytes.length} bytes are not whole words of ${wordBytes} bytes.`);
  }
  return { words: wordsOfBytes(bytes.subarray(0, bytes.length - rest), wordBytes, false) };
}

/** Words of so many bytes, one after the other. */
export function wordsOfBytes(bytes: Uint8Array, wordBytes: number, isBigEndian: boolean): ReadWord[] {
  return Array.from({ length: bytes.length / wordBytes }, (_, address) => {
    const word = Buffer.from(bytes.subarray(address * wordBytes, (address + 1) * wordBytes));
    const digits = (isBigEndian ? word : word.reverse()).toString("hex");
    return { address, value: BigInt(`0x${digits}`), bits: 8 * wordBytes, line: 1 };
  });
}
