import type { RomFindings } from "../findings.js";
import { numberedLines } from "./readRom.js";

/** A data record of Intel HEX with its full address. */
export interface HexRecord {
  readonly address: number;
  readonly data: Uint8Array;
  readonly line: number;
}

/** Length, address, type and checksum around the data. */
const frameBytes = 5;
const types = { data: 0, endOfFile: 1, segment: 2, startSegment: 3, linear: 4, startLinear: 5 } as const;

/**
 * The records of an Intel HEX file ("Hexadecimal Object File Format Specification", 1988). Extended addresses (02, 04)
 * are added in units of one address; whether an address counts bytes or words is for the caller to say.
 */
export function* readHexRecords(text: string, findings: RomFindings): Generator<HexRecord> {
  let base = 0;
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
    const bytes = recordBytes(content.trim(), line, findings);
    if (bytes === undefined) {
      continue;
    }
    const [, high, low, type] = bytes as unknown as [number, number, number, number];
    const data = bytes.subarray(4, -1);
    if (type === types.data) {
      yield { address: base + high * 256 + low, data, line };
    } else if (type === types.endOfFile) {
      endLine = line;
    } else {
      base = extendedBase(type, data, line, base, findings);
    }
  }
  if (endLine === undefined) {
    findings.add("missing-end", last, "There is no end record :00000001FF.");
  }
}

function recordBytes(record: string, line: number, findings: RomFindings): Uint8Array | undefined {
  const bytes = record.startsWith(":") ? pairsOfDigits(record, 1) : undefined;
  if (bytes === undefined) {
    findings.add("record-syntax", line, `${JSON.stringify(record.slice(0, 20))} is not a colon and pairs of hexadecimal digits.`);
    return undefined;
  }
  const expected = bytes[0]! + frameBytes;
  if (bytes.length !== expected) {
    findings.add("record-length", line, `The record has ${bytes.length} bytes, but its length byte ${bytes[0]} makes ${expected}.`);
    return undefined;
  }
  let sum = 0;
  for (let index = 0; index < bytes.length - 1; index++) {
    sum += bytes[index]!;
  }
  const checksum = -sum & 0xff;
  if (checksum !== bytes.at(-1)) {
    findings.add("bad-checksum", line, `The checksum is ${hexByte(bytes.at(-1)!)}, but the bytes before it make ${hexByte(checksum)}.`);
  }
  return bytes;
}

/** The value of each character as a hexadecimal digit, 255 for none. */
const digitValues = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});

/** The bytes of hexadecimal digits from a place on; undefined for anything but pairs of them, or none. */
export function pairsOfDigits(text: string, from: number): Uint8Array | undefined {
  const length = text.length - from;
  if (length === 0 || length % 2 !== 0) {
    return undefined;
  }
  const bytes = new Uint8Array(length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const high = digitValues[text.charCodeAt(from + 2 * index)] ?? 255;
    const low = digitValues[text.charCodeAt(from + 2 * index + 1)] ?? 255;
    if (high === 255 || low === 255) {
      return undefined;
    }
    bytes[index] = 16 * high + low;
  }
  return bytes;
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

function extendedBase(type: number, data: Uint8Array, line: number, base: number, findings: RomFindings): number {
  const upper = (data[0] ?? 0) * 256 + (data[1] ?? 0);
  switch (type) {
    case types.segment:
      return upper * 16;
    case types.linear:
      return upper * 65_536;
    case types.startSegment:
    case types.startLinear:
      return base;
    default:
      findings.add("record-type", line, `Record type ${hexByte(type)} is not known; Intel HEX has 00 to 05.`);
      return base;
  }
}
