import type { FileHandle } from "node:fs/promises";
import { openRegularFile } from "./regularFile.js";

const newline = 0x0a;

/** The bytes of a file that are in memory at a time; between two such pieces other work has its turn. */
const pieceBytes = 512 * 1024;

/** A longer line is passed over without being held. The longest events, reports of all weights, have a few kilobytes. */
const longestLine = 4 * 1024 * 1024;

/** The number of bytes, the last ones read, that tell whether the file is still the one that was read. */
const tailBytes = 64;

/** Takes the lines of a growing file. */
export interface LineTaker {
  /** The file is another one now, or shorter than before: what came does not count. */
  restart(): void;
  /**
   * A whole line, without its newline: bytes from `start` up to `end`, to be read during the call only.
   * @param position of the line in the file, in bytes
   */
  line(bytes: Buffer, start: number, end: number, position: number): void;
  /** All lines of one piece have come. */
  pieceEnd(): void;
}

/**
 * Reads a file that grows, each line once, in memory that does not depend on its length. Only whole lines count: the bytes
 * after the last newline wait for the rest of their line, wherever a write was cut, even within a character.
 */
export class GrowingFile {
  /** The place of the first byte that was not given yet. */
  private position = 0;
  private inode: number | undefined;
  private tail: Buffer = Buffer.alloc(0);
  private isWithinLongLine = false;

  constructor(readonly path: string) {}

  /**
   * Gives the lines that were appended since the last call, up to the file's present end.
   * @throws IrregularFileError when it is no regular file; the file system's error
   */
  async read(taker: LineTaker): Promise<void> {
    const handle = await openRegularFile(this.path);
    try {
      const { size, ino } = await handle.stat();
      if (size < this.position || (this.inode ?? ino) !== ino || !(await this.hasSameTail(handle))) {
        this.rewind();
        taker.restart();
      }
      this.inode = ino;
      await this.readUpTo(size, handle, taker);
    } finally {
      await handle.close();
    }
  }

  /** The next call of `read` begins at the first line again. */
  rewind(): void {
    this.position = 0;
    this.inode = undefined;
    this.tail = Buffer.alloc(0);
    this.isWithinLongLine = false;
  }

  /** A file that was written anew may be longer than what was read of the old one. */
  private async hasSameTail(handle: FileHandle): Promise<boolean> {
    const { length } = this.tail;
    const now = Buffer.alloc(length);
    await handle.read(now, 0, length, this.position - length);
    return now.equals(this.tail);
  }

  private async readUpTo(size: number, handle: FileHandle, taker: LineTaker): Promise<void> {
    let buffer = Buffer.allocUnsafe(Math.min(pieceBytes, size - this.position));
    let held = 0;
    while (this.position + held < size) {
      if (held === buffer.length) {
        buffer = Buffer.concat([buffer], 2 * held);
      }
      const wanted = Math.min(buffer.length, size - this.position) - held;
      const { bytesRead } = await handle.read(buffer, held, wanted, this.position + held);
      if (bytesRead === 0) {
        return;
      }
      const piece = buffer.subarray(0, held + bytesRead);
      const given = this.give(piece, taker);
      taker.pieceEnd();
      this.advance(piece, given);
      held = piece.length - given;
      buffer.copyWithin(0, given, piece.length);
    }
  }

  /** @returns how many bytes of the piece are done with; the others begin a line */
  private give(piece: Buffer, taker: LineTaker): number {
    let start = 0;
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
      if (this.isWithinLongLine) {
        this.isWithinLongLine = false;
      } else {
        taker.line(piece, start, end, this.position + start);
      }
      start = end + 1;
    }
    this.isWithinLongLine ||= piece.length - start >= longestLine;
    return this.isWithinLongLine ? piece.length : start;
  }

  private advance(piece: Buffer, given: number): void {
    this.position += given;
    if (given > 0) {
      this.tail = Buffer.from(piece.subarray(Math.max(0, given - tailBytes), given));
    }
  }
}
