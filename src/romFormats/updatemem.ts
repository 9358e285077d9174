import { cComment } from "./reading/comments.js";
import { parseAddress, parseDigits, quoted } from "./reading/digits.js";
import type { RomFindings } from "./reading/findings.js";
import { romLimits } from "./reading/limits.js";
import { LineCounter } from "./reading/lines.js";
import { PlacedWords } from "./reading/placedWords.js";
import type { ReadOptions, ReadRom, RomFormatModule, RomSource } from "./romFormat.js";
import { bytesPerWord, hexWords, type RomImage } from "./romImage.js";

/** The name alone tells it from `$readmemh` with addresses. */
export const updatemem = {
  name: "updatemem",
  extension: "updatemem.mem",
  title: "UpdateMEM .mem (patching a Xilinx bitstream)",
  isText: true,
  hasEditor: true,
  isToldByName: true,
  comment: cComment,
  write: writeUpdateMem,
  read: readUpdateMem,
  tools: {
    "radix-prefix": "UpdateMEM calls it a syntax error (UG1580).",
    "address-overlap": "UpdateMEM refuses overlapping blocks (UG1580).",
    "missing-address": "UpdateMEM wants @ and a byte address before the first word (UG1580).",
  },
  howToLoad: ({ width }, file) => `## Patching a Xilinx bitstream (.updatemem.mem)

    updatemem -meminfo top.mmi -data ${file} -bit top.bit -proc path/of/the/rom -out patched.bit

Addresses count bytes, ${Math.ceil(width / 8)} a word. Vivado writes the .mmi file for memories made with \`xpm_memory_sprom\`.
`,
} as const satisfies RomFormatModule;

/**
 * For Xilinx UpdateMEM (UG1580), which patches a bitstream: one block at byte address 0, a word a line with an even number
 * of digits, so that word w begins at byte w * ceil(width / 8) of the address space.
 */
function writeUpdateMem(image: RomImage): string {
  const digits = 2 * bytesPerWord(image.width);
  return ["@00000000", ...hexWords(image).map((word) => word.padStart(digits, "0")), ""].join("\n");
}

/**
 * A memory file of Xilinx UpdateMEM (UG1580): `@` and a byte address in hexadecimal, then words in hexadecimal, one `@`
 * for each contiguous block; an odd number of digits gets a leading 0; `//` and C comments. Without a width the first word's
 * digits say how many bytes a word has.
 */
function readUpdateMem({ text }: RomSource, { width }: ReadOptions, findings: RomFindings): ReadRom {
  const placed = new PlacedWords(findings);
  const lines = new LineCounter(text);
  let stride = width === undefined ? undefined : Math.ceil(width / 8);
  let byteAddress: number | undefined;
  for (const { 0: token, index } of text.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[^\s/]+|\//g)) {
    const line = lines.at(index);
    if (token.startsWith("@")) {
      byteAddress = readAddress(token, line, findings) ?? byteAddress;
    } else if (!/^\/[/*]/.test(token)) {
      byteAddress ??= missingAddress(line, findings);
      stride ??= Math.ceil(Math.min(token.length, romLimits.digits) / 2);
      readWord(token, line, byteAddress, stride, placed, findings);
      byteAddress += stride;
    }
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
  const digits = withoutPrefix(token.slice(1), token, line, findings);
  return digits === undefined ? undefined : parseAddress(digits, 16);
}

/** Hexadecimal digits, telling a prefix and what is none. */
function withoutPrefix(digits: string, token: string, line: number, findings: RomFindings): string | undefined {
  const plain = digits.replace(/^0x/i, "");
  if (plain !== digits) {
    findings.add("radix-prefix", line, `${token.slice(0, 40)} has a prefix.`);
  }
  if (/^[0-9a-f]+$/i.test(plain)) {
    return plain;
  }
  findings.add("illegal-character", line, `${quoted(token)} is not hexadecimal.`);
  return undefined;
}

function readWord(token: string, line: number, byteAddress: number, stride: number, placed: PlacedWords, findings: RomFindings): void {
  if (byteAddress % stride !== 0) {
    findings.add("address-misaligned", line, `Byte address ${byteAddress} is not a multiple of the word's ${stride} bytes.`);
  }
  const digits = withoutPrefix(token, token, line, findings);
  const value = (digits === undefined ? undefined : parseDigits(digits, 16)) ?? 0n;
  const bits = 8 * Math.ceil(token.replace(/^0x/i, "").length / 2);
  placed.add({ address: Math.floor(byteAddress / stride), value, bits, line });
}
