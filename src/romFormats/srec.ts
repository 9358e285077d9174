import type { RomFindings } from "./reading/findings.js";
import { pairsOfDigits } from "./reading/hexRecords.js";
import { numberedLines } from "./reading/lines.js";
import { PlacedBytes } from "./reading/placedBytes.js";
import { hasLineLike, type ReadOptions, type ReadRom, type RomFormatModule, type RomSource } from "./romFormat.js";
import type { RomImage } from "./romImage.js";

export const srec = {
  name: "srec",
  extension: "srec",
  otherExtensions: ["s19", "s28", "s37", "mot"],
  title: "Motorola S-record (programmers)",
  isText: true,
  hasEditor: true,
  content: { rank: 40, isLike: hasLineLike(/^S[0-9][0-9a-f]{6}/i) },
  write: writeSrecord,
  read: readSrecord,
  tools: {
    "missing-end": "srec_cat reads and writes such files.",
    "count-mismatch": "srec_cat refuses the file.",
  },
  onlyWarnings: ["missing-end"],
  howToLoad: ({ width }, file) => `## Motorola S-record (.srec)

For programmers and \`srec_cat\`: word w of ${file} begins at byte w * ${Math.ceil(width / 8)}, least significant byte first.

    srec_cat ${file} -motorola -output rom.bin -binary
`,
} as const satisfies RomFormatModule;

const bytesPerRecord = 16;

/** The shortest address that reaches every byte, and the digits of its data and end records. */
function addressing(bytes: number): { size: number; data: string; end: string } {
  if (bytes <= 2 ** 16) {
    return { size: 2, data: "1", end: "9" };
  }
  return bytes <= 2 ** 24 ? { size: 3, data: "2", end: "8" } : { size: 4, data: "3", end: "7" };
}

/**
 * Motorola S-records: S0 with the image's name, data, a count where it fits (S5, S6), end. Word w begins at byte address
 * w * ceil(width / 8), least significant byte first.
 * @throws RangeError for more than 4 GiB, which the format cannot address
 */
function writeSrecord({ name, data }: RomImage): string {
  if (data.length > 2 ** 32) {
    throw new RangeError(`${name} has ${data.length} bytes; S-records address ${2 ** 32}. Choose another format.`);
  }
  const { size, data: dataType, end } = addressing(data.length);
  const records = [record("0", 0, 2, Buffer.from(name.slice(0, 32), "ascii"))];
  for (let address = 0; address < data.length; address += bytesPerRecord) {
    records.push(record(dataType, address, size, data.subarray(address, address + bytesPerRecord)));
  }
  const count = records.length - 1;
  if (count < 2 ** 24) {
    const counter = count < 2 ** 16 ? { type: "5", size: 2 } : { type: "6", size: 3 };
    records.push(record(counter.type, count, counter.size, new Uint8Array(0)));
  }
  records.push(record(end, 0, size, new Uint8Array(0)));
  return records.join("");
}

/** `S` type, length of what follows, address, data, checksum: the one's complement of the sum of all bytes after the type. */
function record(type: string, address: number, size: number, data: Uint8Array): string {
  const place = Array.from({ length: size }, (_, index) => Math.floor(address / 256 ** (size - 1 - index)) % 256);
  const bytes = [size + data.length + 1, ...place, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return `S${type}${Buffer.from([...bytes, ~sum & 0xff]).toString("hex").toUpperCase()}\n`;
}

/** Bytes of the address, by the digit after the S; 4 is reserved. */
const addressBytes: Readonly<Record<string, number>> = { 0: 2, 1: 2, 2: 3, 3: 4, 5: 2, 6: 3, 7: 4, 8: 3, 9: 2 };
const kinds = ["other", "data", "data", "data", "other", "count", "count", "end", "end", "end"] as const;

interface SRecord {
  readonly kind: "data" | "count" | "end" | "other";
  readonly address: number;
  readonly data: Uint8Array;
}

/**
 * Motorola S-records: S0 header, S1 to S3 data with addresses of 2 to 4 bytes, S5 and S6 count of the data records, S7 to
 * S9 end. Addresses count bytes; words are least significant byte first.
 */
function readSrecord({ text }: RomSource, { width = 8 }: ReadOptions, findings: RomFindings): ReadRom {
  const bytes = new PlacedBytes(findings);
  let count = 0;
  let endLine: number | undefined;
  let last = 1;
  for (const { line, text: content } of numberedLines(text)) {
    if (content.trim() === "") {
      continue;
    }
    last = line;
    if (endLine !== undefined) {
      findings.add("data-after-end", line, `There is a line after the end record of line ${endLine}.`);
      break;
    }
    const { kind, address, data } = readRecord(content.trim(), line, findings);
    if (kind === "data") {
      bytes.add(address, data, line);
      count++;
    } else if (kind === "end") {
      endLine = line;
    } else if (kind === "count") {
      checkCount(address, count, line, findings);
    }
  }
  if (endLine === undefined) {
    findings.add("missing-end", last, "There is no end record S7, S8 or S9.");
  }
  return { words: bytes.words(width) };
}

function checkCount(stated: number, count: number, line: number, findings: RomFindings): void {
  if (stated !== count) {
    findings.add("count-mismatch", line, `The file says ${stated} data records, but has ${count}.`);
  }
}

const unread: SRecord = { kind: "other", address: 0, data: new Uint8Array(0) };

function readRecord(content: string, line: number, findings: RomFindings): SRecord {
  const bytes = /^S[0-9]/i.test(content) ? pairsOfDigits(content, 2) : undefined;
  const type = content[1];
  if (type === undefined || bytes === undefined) {
    findings.add("record-syntax", line, `${JSON.stringify(content.slice(0, 20))} is not S, a digit and pairs of hexadecimal digits.`);
    return unread;
  }
  const size = addressBytes[type];
  if (size === undefined) {
    findings.add("record-type", line, `Record type S${type} is reserved.`);
    return unread;
  }
  if (bytes.length !== bytes[0]! + 1 || bytes.length < size + 2) {
    findings.add("record-length", line, `The record has ${bytes.length - 1} bytes after its length, which says ${bytes[0]}.`);
    return unread;
  }
  checkSum(bytes, line, findings);
  const address = bytes.subarray(1, size + 1).reduce((total, byte) => total * 256 + byte, 0);
  return { kind: kinds[Number(type)]!, address, data: bytes.subarray(size + 1, -1) };
}

/** One's complement of the low byte of the sum of all bytes before it. */
function checkSum(bytes: Uint8Array, line: number, findings: RomFindings): void {
  const expected = ~bytes.subarray(0, -1).reduce((total, byte) => total + byte, 0) & 0xff;
  if (expected !== bytes.at(-1)) {
    const [given, right] = [bytes.at(-1)!, expected].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
    findings.add("bad-checksum", line, `The checksum is ${given}, but the bytes before it make ${right}.`);
  }
}
