import type { RomFindings } from "./findings.js";
import { romLimits } from "./limits.js";
import { type ReadWord, tellTooManyWords } from "./placedWords.js";

/** Bytes of one record. */
interface Chunk {
  readonly address: number;
  readonly data: Uint8Array;
  readonly line: number;
}

/** Bytes at addresses without a gap, and the line that gave each; line 0 for none yet. */
interface Segment {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly lines: Uint32Array;
}

/** Bytes at byte addresses, before they become words. Memory and time follow the file's bytes, not its addresses. */
export class PlacedBytes {
  private readonly chunks: Chunk[] = [];

  constructor(private readonly findings: RomFindings) {}

  add(address: number, data: Uint8Array, line: number): void {
    if (data.length > 0) {
      this.chunks.push({ address, data, line });
    }
  }

  /** Words of ceil(width / 8) bytes by address, least significant byte first; a word that lacks bytes is told and filled with 0. */
  words(width: number): ReadWord[] {
    const stride = Math.ceil(width / 8);
    const words: ReadWord[] = [];
    let partial: PartialWord | undefined;
    for (const segment of this.segments()) {
      const end = segment.start + segment.bytes.length;
      for (let first = segment.start; first < end; ) {
        const address = Math.floor(first / stride);
        const last = Math.min(end, (address + 1) * stride);
        if (words.length >= romLimits.words) {
          tellTooManyWords(this.findings, segment.lines[first - segment.start]!);
          return words;
        }
        const start = first - segment.start;
        const line = segment.lines[start]!;
        if (last - first === stride) {
          words.push({ address, value: littleEndian(segment.bytes, start, stride), bits: 8 * stride, line });
        } else {
          const piece = { offset: first - address * stride, bytes: segment.bytes.subarray(start, last - segment.start) };
          partial = this.joined(partial, address, piece, line, stride, words);
        }
        first = last;
      }
    }
    this.close(partial, stride, words);
    return words.toSorted((one, other) => one.address - other.address);
  }

  /** The piece of a word together with those before it, after closing another word's. */
  private joined(partial: PartialWord | undefined, address: number, piece: Piece, line: number, stride: number, words: ReadWord[]): PartialWord {
    if (partial?.address === address) {
      partial.pieces.push(piece);
      return partial;
    }
    this.close(partial, stride, words);
    return { address, pieces: [piece], line };
  }

  private close(partial: PartialWord | undefined, stride: number, words: ReadWord[]): void {
    if (partial === undefined) {
      return;
    }
    const { address, pieces, line } = partial;
    const word = new Uint8Array(stride);
    pieces.forEach(({ offset, bytes }) => word.set(bytes, offset));
    const count = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (count < stride) {
      this.findings.add("partial-word", line, `Word ${address} has ${count} of its ${stride} bytes.`);
    }
    words.push({ address, value: littleEndian(word, 0, stride), bits: 8 * stride, line });
  }

  /** By address. Of bytes given twice the later ones stay. */
  private segments(): Segment[] {
    const segments: Segment[] = extents(this.chunks).map(({ start, end }) => ({
      start,
      bytes: new Uint8Array(end - start),
      lines: new Uint32Array(end - start),
    }));
    for (const { address, data, line } of this.chunks) {
      const { start, bytes, lines } = segmentAt(segments, address);
      const place = address - start;
      const clash = lines.subarray(place, place + data.length).findIndex((earlier) => earlier !== 0);
      if (clash >= 0) {
        this.findings.add("address-overlap", line, `Byte address ${address + clash} was given already.`);
      }
      bytes.set(data, place);
      lines.fill(line, place, place + data.length);
    }
    return segments;
  }
}

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface PartialWord {
  readonly address: number;
  readonly pieces: Piece[];
  readonly line: number;
}

/** The spans of addresses that chunks cover together, in ascending order. */
function extents(chunks: readonly Chunk[]): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  for (const { address, data } of chunks.toSorted((one, other) => one.address - other.address)) {
    const last = spans.at(-1);
    if (last !== undefined && address <= last.end) {
      last.end = Math.max(last.end, address + data.length);
    } else {
      spans.push({ start: address, end: address + data.length });
    }
  }
  return spans;
}

function segmentAt(segments: readonly Segment[], address: number): Segment {
  let [low, high] = [0, segments.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    [low, high] = segments[middle]!.start <= address ? [middle, high] : [low, middle - 1];
  }
  return segments[low]!;
}

/** The most bytes of an integer that a double always holds. */
const exactBytes = 6;

/** The bytes from a place on as one number, the least significant first. */
export function littleEndian(bytes: Uint8Array, start: number, length: number): bigint {
  if (length > exactBytes) {
    return BigInt(`0x${Buffer.from(bytes.subarray(start, start + length)).reverse().toString("hex")}`);
  }
  let value = 0;
  for (let index = start + length - 1; index >= start; index--) {
    value = value * 256 + bytes[index]!;
  }
  return BigInt(value);
}

/** The bytes from a place on as one number, the most significant first. */
export function bigEndian(bytes: Uint8Array, start: number, length: number): bigint {
  if (length > exactBytes) {
    return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString("hex")}`);
  }
  let value = 0;
  for (let index = start; index < start + length; index++) {
    value = value * 256 + bytes[index]!;
  }
  return BigInt(value);
}

/** Words of so many bytes, one after the other. */
export function wordsOfBytes(bytes: Uint8Array, wordBytes: number, isBigEndian: boolean, findings: RomFindings): ReadWord[] {
  const words = bytes.length / wordBytes;
  if (words > romLimits.words) {
    tellTooManyWords(findings, 1);
  }
  const valueOf = isBigEndian ? bigEndian : littleEndian;
  return Array.from({ length: Math.min(words, romLimits.words) }, (_, address) => ({
    address,
    value: valueOf(bytes, address * wordBytes, wordBytes),
    bits: 8 * wordBytes,
    line: 1,
  }));
}
