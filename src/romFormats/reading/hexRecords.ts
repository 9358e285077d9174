import type { FileHead } from "../romFormat.js";
import type { RomFindings } from "./findings.js";
import { numberedLines } from "./lines.js";

/** Whether a line begins as a record does: with a colon and its length. */
export function isLikeHexRecords({ lines }: FileHead): boolean {
  return lines.some((line) => /^:[0-9a-f]{2}/i.test(line));
}

/** A data record of Intel HEX with its full address. */
export interface HexRecord {
  readonly address: number;
  readonly data: Uint8Array;
  readonly line: number;
}

/** Length, address, type and checksum around the data. */
const frameBytes = 5;
export const recordTypes = { data: 0, endOfFile: 1, segment: 2, startSegment: 3, linear: 4, startLinear: 5 } as const;

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
    if (type === recordTypes.data) {
      yield { address: base + high * 256 + low, data, line };
    } else if (type === recordTypes.endOfFile) {
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
    case recordTypes.segment:
      return upper * 16;
    case recordTypes.linear:
      return upper * 65_536;
    case recordTypes.startSegment:
    case recordTypes.startLinear:
      return base;
    default:
      findings.add("record-type", line, `Record type ${hexByte(type)} is not known; Intel HEX has 00 to 05.`);
      return base;
  }
}

/** Addresses that a record can say without an extended address. */
export const segment = 0x1_0000;

/** Addresses of Intel HEX altogether. */
export const addressSpace = 2 ** 32;

export const endOfFile = hexRecord(0, recordTypes.endOfFile, new Uint8Array(0));

/** The record that adds `address`, a multiple of 65,536, to the addresses after it. */
export function extendedAddress(address: number): string {
  const upper = address / segment;
  return hexRecord(0, recordTypes.linear, Uint8Array.of(upper >> 8, upper & 0xff));
}

/** `:` length, address, type, data, checksum: the two's complement of the sum of all bytes before it. */
export function hexRecord(address: number, type: number, data: Uint8Array): string {
  const bytes = [data.length, address >> 8, address & 0xff, type, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  const line = Buffer.from([...bytes, -sum & 0xff]).toString("hex");
  return `:${line.toUpperCase()}\n`;
}
