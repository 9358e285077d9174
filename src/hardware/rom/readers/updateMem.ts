import type { RomFindings } from "../findings.js";
import { parseDigits, PlacedWords } from "./readRom.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

/**
 * A memory file of Xilinx UpdateMEM (UG1580): `@` and a byte address in hexadecimal, then words in hexadecimal, one `@`
 * for each contiguous block; an odd number of digits gets a leading 0; `//` and C comments. Without a width the first word's
 * digits say how many bytes a word has.
 */
export function readUpdateMem({ text }: RomSource, { width }: ReadOptions, findings: RomFindings): ReadRom {
  const placed = new PlacedWords(findings);
  let stride = width === undefined ? undefined : Math.ceil(width / 8);
  let byteAddress: number | undefined;
  let line = 1;
  for (const [token] of text.matchAll(/\n|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[^\s/]+|\//g)) {
    if (token.startsWith("@")) {
      byteAddress = readAddress(token, line, findings) ?? byteAddress;
    } else if (!/^(\n|\/[/*])/.test(token)) {
      byteAddress ??= missingAddress(line, findings);
      stride ??= Math.ceil(token.length / 2);
      readWord(token, line, byteAddress, stride, placed, findings);
      byteAddress += stride;
    }
    line += token.split("\n").length - 1;
  }
  return { ...(width === undefined && stride !== undefined && { width: 8 * stride }), words: placed.words };
}

function missingAddress(line: number, findings: RomFindings): number {
  findings.add("missing-address", line, "There is a word before the first address.");
  return 0;
}

function readAddress(token: string, line: number, findings: RomFindings): number | undefined {
  if (token === "@") {
    findings.add("address-space", line, "The @ has no address directly after it.");
    return undefined;
  }
  const address = withoutPrefix(token.slice(1), token, line, findings);
  return address === undefined ? undefined : Number(address);
}

/** The number of hexadecimal digits, telling a prefix and what is none. */
function withoutPrefix(digits: string, token: string, line: number, findings: RomFindings): bigint | undefined {
  const plain = digits.replace(/^0x/i, "");
  if (plain !== digits) {
    findings.add("radix-prefix", line, `${token} has a prefix.`);
  }
  const value = parseDigits(plain, 16);
  if (value === undefined) {
    findings.add("illegal-character", line, `${JSON.stringify(token)} is not hexadecimal.`);
  }
  return value;
}

function readWord(token: string, line: number, byteAddress: number, stride: number, placed: PlacedWords, findings: RomFindings): void {
  if (byteAddress % stride !== 0) {
    findings.add("address-misaligned", line, `Byte address ${byteAddress} is not a multiple of the word's ${stride} bytes.`);
  }
  const value = withoutPrefix(token, token, line, findings) ?? 0n;
  const bits = 8 * Math.ceil(token.replace(/^0x/i, "").length / 2);
  placed.add({ address: Math.floor(byteAddress / stride), value, bits, line });
}
