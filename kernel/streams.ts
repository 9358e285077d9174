import { StringDecoder } from "node:string_decoder";
import type { FromKernel } from "./contract.js";
import { currentExecution } from "./execution.js";

type StreamName = "stdout" | "stderr";
type Send = (message: FromKernel) => void;

const flushAfterMilliseconds = 16;
/** Messages per such interval that are sent at once: a cell that prints and then computes for long is seen to print. */
const promptMessages = 16;
const flushAtCharacters = 1 << 16;
/** More than any person reads; beyond it an editor becomes slow and a notebook file unusable. */
export const maximalCharactersPerCell = 5_000_000;

/** Gathers what cells print into few messages, in order, each attributed to the execution that printed it. */
export class OutputStreams {
  private pending: { id: string; name: StreamName; text: string } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private intervalStart = -Infinity;
  private sentInInterval = 0;
  /** Characters printed so far, by execution id. */
  private readonly printed = new Map<string, number>();

  constructor(private readonly send: Send) {}

  /** Makes `process.stdout` and `process.stderr`, and so the console, print here. */
  install(): void {
    this.replaceWrite("stdout");
    this.replaceWrite("stderr");
  }

  write(name: StreamName, text: string, id: string | undefined = currentExecution()?.id): void {
    const allowed = id === undefined ? "" : this.withinLimit(id, text);
    if (id !== undefined && allowed !== "") {
      this.append(name, id, allowed);
    }
  }

  private append(name: StreamName, id: string, text: string): void {
    if (this.pending?.id !== id || this.pending.name !== name) {
      this.flush();
    }
    this.pending ??= { id, name, text: "" };
    this.pending.text += text;
    // A cell that never yields would never let the timer fire.
    if (this.pending.text.length >= flushAtCharacters || this.maySendAtOnce()) {
      this.flush();
    } else {
      this.timer ??= setTimeout(() => this.flush(), flushAfterMilliseconds).unref();
    }
  }

  /** Call before any other message, so that order is kept. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const pending = this.pending;
    this.pending = undefined;
    if (pending) {
      this.send({ type: "stream", ...pending });
    }
  }

  private maySendAtOnce(): boolean {
    const now = performance.now();
    if (now - this.intervalStart >= flushAfterMilliseconds) {
      this.intervalStart = now;
      this.sentInInterval = 0;
    }
    this.sentInInterval += 1;
    return this.sentInInterval <= promptMessages;
  }

  private withinLimit(id: string, text: string): string {
    const before = this.printed.get(id) ?? 0;
    this.printed.set(id, before + text.length);
    if (before + text.length <= maximalCharactersPerCell) {
      return text;
    }
    if (before > maximalCharactersPerCell) {
      return "";
    }
    const limit = maximalCharactersPerCell.toLocaleString("en");
    const note = `\n[output cut off: one cell shows at most ${limit} characters; write larger output to a file]\n`;
    return text.slice(0, maximalCharactersPerCell - before) + note;
  }

  private replaceWrite(name: StreamName): void {
    const decoder = new StringDecoder("utf8");
    const write = (
      chunk: string | Uint8Array,
      encodingOrDone?: BufferEncoding | ((error?: Error | null) => void),
      done?: (error?: Error | null) => void,
    ): boolean => {
      const encoding = typeof encodingOrDone === "string" ? encodingOrDone : "utf8";
      const isPlain = typeof chunk === "string" && (encoding === "utf8" || encoding === "utf-8");
      this.write(name, isPlain ? chunk : decoder.write(toBuffer(chunk, encoding)));
      const callback = typeof encodingOrDone === "function" ? encodingOrDone : done;
      if (callback) {
        process.nextTick(callback);
      }
      return true;
    };
    process[name].write = write as typeof process.stdout.write;
  }
}

function toBuffer(chunk: string | Uint8Array, encoding: BufferEncoding): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, encoding) : Buffer.from(chunk);
}
