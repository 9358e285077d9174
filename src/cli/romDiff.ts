import { diffRoms, type WordDifference } from "../hardware/rom/diff.js";
import type { RomFile } from "../hardware/rom/romFile.js";
import { signed } from "../hardware/rom/weights.js";
import { digitsOf } from "../hardware/rom/wordsByAddress.js";
import type { Report } from "./command.js";
import { counted } from "./romLint.js";

/** A person reads so many; with --json come all. */
const mostInWords = 20;

/** Tells where two files differ, and is a failure when they do. @throws when a file has words that cannot be relied on */
export function diffReport(one: RomFile, other: RomFile): Report {
  [one, other].forEach(checkReadable);
  const { compared, widths, words } = diffRoms(one, other);
  const inHex = digitsOf(words, Math.max(one.width ?? 1, other.width ?? 1));
  const digits = (value: bigint | undefined): string | undefined => (value === undefined ? undefined : inHex(value));
  const shown = words.slice(0, mostInWords).map((word) => inWords(word, digits));
  const lines = [
    ...(widths === undefined ? [] : [`widths differ: ${widths[0]} and ${widths[1]} bits`]),
    ...shown,
    ...(words.length > mostInWords ? [`and ${words.length - mostInWords} more`] : []),
    `${words.length} of ${counted(compared, "word")} differ`,
  ];
  const differences = words.map(({ address, one: a, other: b, lanes }) => ({ address, one: digits(a) ?? null, other: digits(b) ?? null, lanes }));
  const isFailure = words.length > 0 || widths !== undefined;
  return { text: lines.join("\n"), json: { compared, ...(widths && { widths }), differences }, isFailure };
}

function checkReadable({ file, findings, words }: RomFile): void {
  const error = findings.find(({ severity }) => severity === "error");
  if (words.length === 0 && error !== undefined) {
    throw new Error(`${file}: ${error.message}`);
  }
}

function inWords({ address, one, other, lanes }: WordDifference, digits: (value: bigint | undefined) => string | undefined): string {
  const where = lanes.slice(0, 8).map(({ lane, one: a, other: b }) => `lane ${lane}: ${signed(a)} and ${signed(b)}`);
  const more = lanes.length > 8 ? [`${lanes.length - 8} lanes more`] : [];
  const tail = where.length === 0 ? "" : ` (${[...where, ...more].join(", ")})`;
  return `word ${address}: ${digits(one) ?? "none"} and ${digits(other) ?? "none"}${tail}`;
}
