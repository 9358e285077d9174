import type { InputAnswer } from "./contract.js";

/**
 * What the host writes to the pipe that the watching thread reads: one byte for an interruption, and answers as a byte,
 * their length in bytes as 32 bits with the lowest first, and JSON.
 */
const interruption = 1;
const answerMark = 2;
const headBytes = 5;

/** The bytes that tell the watcher thread to interrupt the running cell. */
export function interruptionBytes(): Buffer {
  return Buffer.of(interruption);
}

/** The bytes of an answer to a cell's question: a mark, the length, and JSON. */
export function answerBytes(answer: InputAnswer): Buffer {
  const json = Buffer.from(JSON.stringify(answer));
  const head = Buffer.alloc(headBytes);
  head[0] = answerMark;
  head.writeUInt32LE(json.length, 1);
  return Buffer.concat([head, json]);
}

/** Takes the pipe's bytes in whatever pieces they come. */
export class HostPipeReader {
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly onInterruption: () => void,
    private readonly onAnswer: (answer: InputAnswer) => void,
  ) {}

  receive(bytes: Buffer): void {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (let taken = this.next(); taken > 0; taken = this.next()) {
      this.rest = this.rest.subarray(taken);
    }
  }

  /** @returns the bytes of the first whole message, 0 when there is none */
  private next(): number {
    if (this.rest[0] === interruption) {
      this.onInterruption();
      return 1;
    }
    const length = this.rest.length >= headBytes ? headBytes + this.rest.readUInt32LE(1) : Infinity;
    if (this.rest.length < length) {
      return 0;
    }
    this.onAnswer(JSON.parse(this.rest.subarray(headBytes, length).toString()) as InputAnswer);
    return length;
  }
}
