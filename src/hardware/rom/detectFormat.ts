import type { RomFormat } from "./formats.js";
import { romFormats, romWriters } from "./formats.js";
import { npyMagic } from "./readers/npy.js";

/** Signs of a format in its first lines, the surest first. */
const signs: readonly (readonly [RomFormat, RegExp])[] = [
  ["lattice", /^\s*#\s*Format\s*=/im],
  ["gowin", /^\s*#\s*File_format\s*=/im],
  ["coe", /memory_initialization_(radix|vector)\s*=/i],
  ["mif", /^\s*(WIDTH|DEPTH|ADDRESS_RADIX|DATA_RADIX)\s*=|\bCONTENT\s+BEGIN\b/im],
  ["vhdl", /\b(package\s+\w+\s+is|constant\s+\w+\s*:|use\s+ieee\.)/i],
  ["c", /^\s*#\s*(include|ifndef|define|pragma)\b|\bu?int(8|16|32|64)_t\b/m],
  ["srec", /^S[0-9][0-9a-f]{6}/im],
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
  hpp: "c",
};

/** Of the beginning, in bytes: every format shows itself there. */
const looksAt = 65_536;

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
  const signed = signs.find(([, sign]) => sign.test(head))?.[0];
  if (signed !== undefined) {
    return signed;
  }
  if (/^\s*:[0-9a-f]{2}/im.test(head)) {
    return named === "hex-words" || addressesCountWords(head) ? "hex-words" : "hex";
  }
  return memoryFile(head);
}

/** By the longest extension that some format has. */
function formatOfName(name: string): RomFormat | undefined {
  const lower = name.toLowerCase();
  const own = romFormats
    .filter((format) => lower.endsWith(`.${romWriters[format].extension}`))
    .toSorted((one, other) => romWriters[other].extension.length - romWriters[one].extension.length);
  return own[0] ?? extensions[lower.split(".").at(-1)!];
}

/** Whether the data records follow each other by one address although they hold several bytes. */
function addressesCountWords(head: string): boolean {
  const records = [...head.matchAll(/^\s*:([0-9a-f]{2})([0-9a-f]{4})00/gim)].map(([, length, address]) => ({
    length: Number.parseInt(length!, 16),
    address: Number.parseInt(address!, 16),
  }));
  const [first, second] = records;
  return first !== undefined && second !== undefined && first.length > 1 && second.address === first.address + 1;
}

/** Words of digits, comments and addresses alone. */
function memoryFile(head: string): RomFormat | undefined {
  const plain = head.replace(/^\xef\xbb\xbf/, "").replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, " ");
  const isMemory = /^[\s0-9a-fxz_@?]*$/i.test(plain) && /[0-9a-fxz]/i.test(plain);
  return isMemory ? (/@|\/\//.test(head) || /\/\*/.test(head) ? "mem-annotated" : "mem") : undefined;
}
