import { GrowingFile } from "../../files/growingFile.js";
import type { Mailbox } from "./mailbox.js";

/** Milliseconds of training between two reports of steps that are sent; those before a validation are sent anyway. */
const stepMilliseconds = 1000;

/**
 * Chooses the lines of `events.jsonl` that are sent: all, but of the reports of steps one in a second and the last before any other event.
 */
export class EventThrottle {
  private sentAt = -Infinity;
  private held: string | undefined;

  /** @returns the lines to send, each with its newline */
  take(line: string): string {
    const event = eventOf(line);
    if (event?.type !== "step") {
      return `${this.flush()}${line}\n`;
    }
    if (Math.abs(event.time * 1000 - this.sentAt) < stepMilliseconds) {
      this.held = line;
      return "";
    }
    this.held = undefined;
    this.sentAt = event.time * 1000;
    return `${line}\n`;
  }

  /** What was held back. */
  flush(): string {
    const { held } = this;
    this.held = undefined;
    return held === undefined ? "" : `${held}\n`;
  }
}

function eventOf(line: string): { readonly type: unknown; readonly time: number } | undefined {
  try {
    const { type, time } = JSON.parse(line) as { type?: unknown; time?: unknown };
    return { type, time: Number(time) };
  } catch {
    return undefined;
  }
}

/** Sends a growing `events.jsonl` into a mailbox, at most as often as it is asked to. */
export class EventSender {
  private readonly log: GrowingFile;
  private throttle = new EventThrottle();
  private waiting = "";
  private sentBytes = 0;

  constructor(
    private readonly mailbox: Mailbox,
    private readonly key: string,
    file: string,
  ) {
    this.log = new GrowingFile(file);
  }

  /** @param isLast nothing is held back any more */
  async send(isLast: boolean): Promise<void> {
    await this.read();
    if (isLast) {
      this.waiting += this.throttle.flush();
    }
    const text = Buffer.from(this.waiting);
    if (text.length > 0 && !(await this.mailbox.writeAt(this.key, this.sentBytes, text))) {
      // The server has lost what was sent: all of it once more.
      this.restart();
      this.log.rewind();
      return this.send(isLast);
    }
    this.sentBytes += text.length;
    this.waiting = "";
  }

  private async read(): Promise<void> {
    await this.log
      .read({
        restart: () => this.restart(),
        line: (bytes, start, end) => {
          this.waiting += this.throttle.take(bytes.toString("utf8", start, end));
        },
        pieceEnd: () => {},
      })
      .catch((error: NodeJS.ErrnoException) => {
        // The training has not begun yet.
        if (error.code !== "ENOENT") {
          throw error;
        }
      });
  }

  private restart(): void {
    this.throttle = new EventThrottle();
    this.waiting = "";
    this.sentBytes = 0;
  }
}
