import type { RomFindings } from "./reading/findings.js";
import { wordsOfBytes } from "./reading/placedBytes.js";
import type { ReadOptions, ReadRom, RomFormatModule, RomSource } from "./romFormat.js";
import type { RomImage } from "./romImage.js";

export const bin = {
  name: "bin",
  extension: "bin",
  title: "raw bytes (anything that reads the manifest)",
  isText: false,
  isToldByName: true,
  write: writeRawBytes,
  read: readRawBytes,
  howToLoad: ({ width, depth }, file) => `## Raw bytes (.bin)

${file} is ${depth} words of ${Math.ceil(width / 8)} bytes, least significant byte first, unused top bits 0.
`,
} as const satisfies RomFormatModule;

/** The words' bytes alone, ceil(width / 8) for each, least significant first; `manifest.json` says width and depth. */
function writeRawBytes({ data }: RomImage): Uint8Array {
  return data;
}

/** Bytes alone: words of ceil(width / 8) bytes, least significant first; without a width bytes are words. */
function readRawBytes({ bytes }: RomSource, { width = 8 }: ReadOptions, findings: RomFindings): ReadRom {
  const wordBytes = Math.ceil(width / 8);
  const rest = bytes.length % wordBytes;
  if (rest !== 0) {
    findings.add("partial-word", 1, `${bytes.length} bytes are not whole words of ${wordBytes} bytes.`);
  }
  return { words: wordsOfBytes(bytes.subarray(0, bytes.length - rest), wordBytes, false, findings) };
}
