import type { RomFindings } from "./reading/findings.js";
import { endOfFile, extendedAddress, hexRecord, isLikeHexRecords, readHexRecords, recordTypes, segment } from "./reading/hexRecords.js";
import { bigEndian } from "./reading/placedBytes.js";
import { PlacedWords } from "./reading/placedWords.js";
import type { FileHead, ReadOptions, ReadRom, RomFormatModule, RomSource } from "./romFormat.js";
import { bytesPerWord, type RomImage } from "./romImage.js";

export const hexWords = {
  name: "hex-words",
  extension: "words.hex",
  title: "Intel HEX by word (Quartus)",
  isText: true,
  hasEditor: true,
  content: { rank: 41, isLike: (head) => isLikeHexRecords(head) && (head.name.endsWith(".words.hex") || addressesCountWords(head)) },
  write: writeHexWords,
  read: readHexWords,
  howToLoad: ({ width, depth }, file) => `## Quartus HEX (.words.hex)

${file} for memories of ${8 * Math.ceil(width / 8)} bits and ${depth} words: one address a word, most significant byte first.${
    width % 8 === 0 ? "" : ` The words have ${width} bits; their top is padded with zeros, so MIF fits better.`
  } Keep Quartus's option for byte addresses off: it fills 8 bits of each word only.
`,
} as const satisfies RomFormatModule;

/** Whether the data records follow each other by one address although they hold several bytes. */
function addressesCountWords({ lines }: FileHead): boolean {
  const records = lines.flatMap((line) => {
    const [, length, address] = /^:([0-9a-f]{2})([0-9a-f]{4})00/i.exec(line) ?? [];
    return length === undefined ? [] : [{ length: Number.parseInt(length, 16), address: Number.parseInt(address!, 16) }];
  });
  const [first, second] = records;
  return first !== undefined && second !== undefined && first.length > 1 && second.address === first.address + 1;
}

const mostBytesPerRecord = 255;

/**
 * Intel HEX as Quartus reads it: addresses count words, a record a word, most significant byte first. Widths that are no
 * multiple of 8 are padded with zeros at the top.
 * @throws RangeError for words above 2,040 bits, which no record holds
 */
function writeHexWords({ name, width, depth, data }: RomImage): string {
  const bytes = bytesPerWord(width);
  if (bytes > mostBytesPerRecord) {
    throw new RangeError(
      `${name} has words of ${width} bits; a record of Intel HEX holds ${8 * mostBytesPerRecord}. Split it with a maximum width, or choose MIF.`,
    );
  }
  const records: string[] = [];
  for (let address = 0; address < depth; address++) {
    if (address > 0 && address % segment === 0) {
      records.push(extendedAddress(address));
    }
    const word = data.slice(address * bytes, (address + 1) * bytes).reverse();
    records.push(hexRecord(address % segment, recordTypes.data, word));
  }
  return [...records, endOfFile].join("");
}

/**
 * The Intel HEX of Quartus, whose addresses count words: each word of ceil(width / 8) bytes takes one address, most
 * significant byte first. Without a width the first record is one word, as Quartus writes it.
 */
function readHexWords({ text }: RomSource, { width }: ReadOptions, findings: RomFindings): ReadRom {
  const placed = new PlacedWords(findings);
  let stride = width === undefined ? 0 : Math.ceil(width / 8);
  for (const { address, data, line } of readHexRecords(text, findings)) {
    stride ||= data.length;
    if (stride === 0 || data.length % stride !== 0) {
      findings.add("partial-word", line, `The record has ${data.length} bytes; words have ${stride}.`);
    }
    for (let word = 0; word < Math.floor(data.length / (stride || 1)); word++) {
      placed.add({ address: address + word, value: bigEndian(data, word * stride, stride), bits: 8 * stride, line });
    }
  }
  stride ||= 1;
  return { ...(width === undefined && { width: 8 * stride }), words: placed.words };
}
