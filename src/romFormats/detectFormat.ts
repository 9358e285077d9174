import type { FileHead, RomFormatModule } from "./romFormat.js";
import { type RomFormat, romFormatNames, romFormats } from "./romFormats.js";

/** The bytes of the beginning that are looked at: every format shows itself there. */
const looksAt = 65_536;
/** How many characters of each line are looked at. */
const lineLooksAt = 300;

const byRank = romFormatNames.toSorted((one, other) => rankOf(romFormats[one]) - rankOf(romFormats[other]));

function rankOf({ content }: RomFormatModule): number {
  return content?.rank ?? Infinity;
}

/** The format of a file, by its content and where that leaves a choice by its name; undefined when it is like none. */
export function detectFormat(name: string, bytes: Uint8Array): RomFormat | undefined {
  const text = Buffer.from(bytes.subarray(0, looksAt)).toString("latin1");
  const magical = romFormatNames.find((format) => isMagic(romFormats[format], text));
  const named = formatOfName(name);
  if (magical !== undefined || (named !== undefined && romFormats[named].isToldByName)) {
    return magical ?? named;
  }
  const head = { name: name.toLowerCase(), text, lines: linesOf(text) };
  return byRank.find((format) => romFormats[format].content?.isLike(head)) ?? named;
}

function isMagic({ magic }: RomFormatModule, text: string): boolean {
  return magic !== undefined && text.startsWith(magic);
}

function linesOf(text: string): FileHead["lines"] {
  return text.split(/\r\n?|\n/).map((line) => line.trim().slice(0, lineLooksAt)).filter((line) => line !== "");
}

/** The format that a file's name asks for, by the longest extension that some format has; undefined for another name. */
export function formatOfName(name: string): RomFormat | undefined {
  const lower = name.toLowerCase();
  const endings = romFormatNames.flatMap((format) => [romFormats[format].extension, ...(romFormats[format].otherExtensions ?? [])].map((ending) => ({ format, ending })));
  const fitting = endings.filter(({ ending }) => lower.endsWith(`.${ending}`));
  return fitting.toSorted((one, other) => other.ending.length - one.ending.length)[0]?.format;
}
