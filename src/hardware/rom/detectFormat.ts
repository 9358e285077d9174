import type { RomFormat } from "./formats.js";
import { romFormats, romWriters } from "./formats.js";
import { withoutComments } from "./comments.js";
import { npyMagic } from "./readers/npy.js";

/** Signs of a format in one of its first lines, without the white space around it; the surest first. */
const signs: readonly (readonly [RomFormat, RegExp])[] = [
  ["gowin", /^#\s{0,9}(File_format|Address_depth|Data_width)\s{0,9}=/i],
  ["lattice", /^#\s{0,9}(Format|Depth|Width|AddrRadix|DataRadix)\s{0,9}=/i],
  ["coe", /\bmemory_initialization_(radix|vector)\s{0,9}=|^coefdata\s{0,9}=/i],
  ["mif", /^(WIDTH|DEPTH|ADDRESS_RADIX|DATA_RADIX)\s{0,9}=|\bCONTENT\s{1,9}BEGIN\b|^CONTENT$/i],
  ["vhdl", /\bpackage\s{1,9}\w{1,99}\s{1,9}is\b|\b(constant|signal)\s{1,9}\w{1,99}\s{0,9}:|\b(use|library)\s{1,9}ieee\b/i],
  ["c", /^#\s{0,9}(include|ifndef|define|pragma)\b|\bu?int(8|16|32|64)_t\b|\b(char|short|int|long|unsigned|signed)\b[^;={[]{0,99}\[/],
  ["srec", /^S[0-9][0-9a-f]{6}/i],
];

const extensions: Readonly<Record<string, RomFormat>> = {
  memh: "mem",
  hexh: "mem",
  mcs: "hex",
  ihex: "hex",
  ihx: "hex",
  s19: "srec",
  s28: "srec",
  s37: "srec",
  mot: "srec",
  vhdl: "vhdl",
  ...Object.fromEntries(["hpp", "hh", "hxx", "c", "cc", "cpp", "cxx", "ino"].map((extension) => [extension, "c"] as const)),
};

/** Of the beginning, in bytes: every format shows itself there. */
const looksAt = 65_536;
/** How many characters of each line are looked at. */
const lineLooksAt = 300;

/**
 * The format of a file, by its content and where that leaves a choice by its name; undefined when it is like none.
 * `.updatemem.mem` alone tells UpdateMEM from `$readmemh` with addresses.
 */
export function detectFormat(name: string, bytes: Uint8Array): RomFormat | undefined {
  const head = Buffer.from(bytes.subarray(0, looksAt)).toString("latin1");
  if (head.startsWith(npyMagic)) {
    return "npy";
  }
  const named = formatOfName(name);
  const isToldByName = named === "npy" || named === "bin" || named === "updatemem";
  return isToldByName ? named : (formatOfText(head, named) ?? named);
}

function formatOfText(head: string, named: RomFormat | undefined): RomFormat | undefined {
  const lines = head.split(/\r\n?|\n/).map((line) => line.trim().slice(0, lineLooksAt)).filter((line) => line !== "");
  const signed = signs.find(([, sign]) => lines.some((line) => sign.test(line)))?.[0];
  if (signed !== undefined) {
    return signed;
  }
  if (lines.some((line) => /^:[0-9a-f]{2}/i.test(line))) {
    return named === "hex-words" || addressesCountWords(lines) ? "hex-words" : "hex";
  }
  return named === "mif" && isBinaryLines(lines) ? "mem" : memoryFile(head);
}

/** A line of Vivado's `.mif` is a word of digits 0 and 1. */
const binaryLine = /^[01]+$/;

function isBinaryLines(lines: readonly string[]): boolean {
  return lines.length > 0 && lines.every((line) => binaryLine.test(line));
}

/** Whether a file is the memory file that Vivado's generators write: a word of binary digits a line, named `.mif` as Quartus's. */
export function isVivadoMif(name: string, bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, looksAt)).toString("latin1");
  return name.toLowerCase().endsWith(".mif") && isBinaryLines(head.split(/\s+/).filter((word) => word !== ""));
}

/** By the longest extension that some format has. */
function formatOfName(name: string): RomFormat | undefined {
  const lower = name.toLowerCase();
  const own = romFormats
    .filter((format) => lower.endsWith(`.${romWriters[format].extension}`))
    .toSorted((one, other) => romWriters[other].extension.length - romWriters[one].extension.length);
  const extension = lower.split(".").at(-1)!;
  return own[0] ?? (Object.hasOwn(extensions, extension) ? extensions[extension] : undefined);
}

/** Whether the data records follow each other by one address although they hold several bytes. */
function addressesCountWords(lines: readonly string[]): boolean {
  const records = lines.flatMap((line) => {
    const [, length, address] = /^:([0-9a-f]{2})([0-9a-f]{4})00/i.exec(line) ?? [];
    return length === undefined ? [] : [{ length: Number.parseInt(length, 16), address: Number.parseInt(address!, 16) }];
  });
  const [first, second] = records;
  return first !== undefined && second !== undefined && first.length > 1 && second.address === first.address + 1;
}

/** Words of digits, comments and addresses alone. */
function memoryFile(head: string): RomFormat | undefined {
  const plain = withoutComments(head.replace(/^\xef\xbb\xbf/, ""), "readmem");
  const isMemory = /^[\s0-9a-fxz_@?]*$/i.test(plain) && /[0-9a-fxz]/i.test(plain);
  return isMemory ? (/@|\/\/|\/\*/.test(head) ? "mem-annotated" : "mem") : undefined;
}
