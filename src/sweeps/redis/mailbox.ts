import { createHash, randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { keptSeconds } from "./wire.js";

/** A file that is too large to travel through Redis. */
export class LargeFileError extends Error {
  override readonly name = "LargeFile";
}

const mebibyte = 2 ** 20;
export const mostFileBytes = 256 * mebibyte;
const pieceBytes = mebibyte;
const digestBytes = 32;

/**
 * Files in Redis, each a string that appears whole: the SHA-256 of the content, then the content, in pieces of a mebibyte, so that no other
 * client waits for long. Nothing stays for more than a day.
 */
export class Mailbox {
  constructor(private readonly redis: Redis) {}

  /** Replaces a file. @throws LargeFileError */
  async put(key: string, content: Uint8Array): Promise<void> {
    if (content.length > mostFileBytes) {
      throw new LargeFileError(
        `A file of ${Math.ceil(content.length / mebibyte)} MiB is too large to travel through Redis, which takes ${mostFileBytes / mebibyte}: train it with tl.local().`,
      );
    }
    const bytes = Buffer.concat([createHash("sha256").update(content).digest(), content]);
    const temporary = `${key}:${randomUUID()}`;
    await this.redis.set(temporary, bytes.subarray(0, pieceBytes), "EX", keptSeconds);
    for (let at = pieceBytes; at < bytes.length; at += pieceBytes) {
      // Not APPEND: a command that is sent again after a lost connection must change nothing.
      await this.redis.setrange(temporary, at, bytes.subarray(at, at + pieceBytes));
    }
    await this.redis.rename(temporary, key).catch((error: Error) => {
      // Sent again, or gone with the server's memory: whoever reads finds a whole file or none.
      if (!/no such key/.test(error.message)) {
        throw error;
      }
    });
  }

  /** A file's content; undefined where there is none, or it is damaged. */
  async get(key: string): Promise<Buffer | undefined> {
    const bytes = await this.read(key, 0);
    const content = bytes.subarray(digestBytes);
    const isWhole = bytes.length >= digestBytes && createHash("sha256").update(content).digest().equals(bytes.subarray(0, digestBytes));
    return isWhole ? content : undefined;
  }

  /** Writes text at a place of a growing file. @returns whether all before it is there */
  async writeAt(key: string, at: number, text: Uint8Array): Promise<boolean> {
    const length = await this.redis.strlen(key);
    if (length < at) {
      return false;
    }
    if (at + text.length > mostFileBytes) {
      throw new LargeFileError(`The events of a trial have more than ${mostFileBytes / mebibyte} MiB, which is more than travels through Redis.`);
    }
    await this.redis.setrange(key, at, Buffer.from(text));
    await this.redis.expire(key, keptSeconds);
    return true;
  }

  /** All bytes from a place on; none where there is no such key. */
  async read(key: string, from: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let at = from; at < mostFileBytes + digestBytes; at += pieceBytes) {
      const piece = await this.redis.getrangeBuffer(key, at, at + pieceBytes - 1);
      pieces.push(piece);
      if (piece.length < pieceBytes) {
        break;
      }
    }
    return Buffer.concat(pieces);
  }

  /** Whether it is there; then it stays for another day. */
  async keep(key: string): Promise<boolean> {
    return (await this.redis.expire(key, keptSeconds)) === 1;
  }
}
