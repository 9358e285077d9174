import type { RomFindings } from "../findings.js";
import { pairsOfDigits } from "./hexRecords.js";
import { PlacedBytes } from "./placedBytes.js";
import { numberedLines } from "./readRom.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

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
export function readSrecord({ text }: RomSource, { width = 8 }: ReadOptions, findings: RomFindings): ReadRom {
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
