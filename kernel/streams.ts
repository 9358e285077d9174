import { StringDecoder } from "node:string_decoder";
import type { FromKernel } from "./contract.js";
import { currentExecution } from "./execution.js";
import { PrintLimit } from "./outputLimits.js";
import { Pace, paceMilliseconds } from "./pace.js";
import { wellFormed } from "./wellFormed.js";

type StreamName = "stdout" | "stderr";
type Send = (message: FromKernel) => void;

const flushAtCharacters = 1 << 16;

/** Gathers what cells print into few messages, in order, each attributed to the execution that printed it. */
export class OutputStreams {
  private pending: { id: string; name: StreamName; text: string } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly pace = new Pace();
  private readonly limit = new PrintLimit();

  constructor(private readonly send: Send) {}

  /** Makes `process.stdout` and `process.stderr`, and so the console, print here. */
  install(): void {
    this.replaceWrite("stdout");
    this.replaceWrite("stderr");
  }

  write(name: StreamName, text: string, id: string | undefined = currentExecution()?.id): void {
    const admitted = id === undefined ? "" : wellFormed(this.limit.admit(id, text));
    if (id !== undefined && admitted !== "") {
      this.append(name, id, admitted);
    }
  }

  /** A remark of the kernel's own, which no limit holds back. */
  note(id: string, text: string): void {
    this.append("stderr", id, text);
  }

  private append(name: StreamName, id: string, text: string): void {
    if (this.pending?.id !== id || this.pending.name !== name) {
      this.flush();
    }
    this.pending ??= { id, name, text: "" };
    this.pending.text += text;
    // A cell that never yields would never let the timer fire.
    if (this.pending.text.length >= flushAtCharacters || this.pace.maySendAtOnce()) {
      this.flush();
    } else {
      this.timer ??= setTimeout(() => this.flush(), paceMilliseconds).unref();
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
