import type { Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";

/** Cuts what a socket brings into lines, each of them JSON. */
export class JsonLines {
  private readonly decoder = new StringDecoder("utf8");
  /** The pieces of the line that has not ended yet; joined once, as a line may be many megabytes. */
  private pieces: string[] = [];
  private length = 0;
  private hasFailed = false;

  /**
   * @param onValue called with each value; an array or text is as good as an object here
   * @param onFault called once with what is wrong: no JSON, or a line that exceeds `limit`; nothing is read after it
   */
  constructor(
    private readonly onValue: (value: unknown) => void,
    private readonly onFault: (reason: string) => void,
    /** Characters that a line may have. */
    public limit = Infinity,
  ) {}

  receive(bytes: Buffer): void {
    const [first, ...others] = this.decoder.write(bytes).split("\n");
    this.extend(first!);
    for (const start of others) {
      this.endLine();
      this.extend(start);
    }
  }

  private fail(reason: string): void {
    this.hasFailed = true;
    this.pieces = [];
    this.onFault(reason);
  }

  private extend(text: string): void {
    if (this.hasFailed) {
      return;
    }
    this.pieces.push(text);
    this.length += text.length;
    if (this.length > this.limit) {
      this.fail(`a line has more than ${this.limit} characters`);
    }
  }

  private endLine(): void {
    if (this.hasFailed) {
      return;
    }
    const line = this.pieces.join("");
    this.pieces = [];
    this.length = 0;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return this.fail("a line is no JSON");
    }
    this.onValue(value);
  }
}

/** Sends a value as a line. @returns false when the other side is slow to read, so that lines wait in memory */
export function sendLine(socket: Socket, value: unknown): boolean {
  return socket.writable && socket.write(`${JSON.stringify(value)}\n`);
}
