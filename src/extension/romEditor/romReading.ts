import path from "node:path";
import { Worker } from "node:worker_threads";
import type { RomSnapshot } from "../../../webview/contract.js";
import type { RomFinding } from "../../romFormats/reading/findings.js";
import { DisposableOwner } from "../disposable.js";
import type { RomAnswer, RomRequest } from "./romAnswers.js";

export interface RomReadingLimits {
  /** After which a worker is ended. */
  readonly seconds: number;
  /** The size of JavaScript's heap above which a worker ends. */
  readonly mebibytes: number;
}

/** An honest file of a million words takes about a second. */
const defaultLimits: RomReadingLimits = { seconds: 10, mebibytes: 1024 };

/** Workers at the same time; further requests wait. */
const mostWorkers = 2;

/**
 * Reads ROM files for the editor, each in a worker that ends with its answer, or is ended at a limit of time or memory: whatever
 * is in a file, the editor goes on. That makes it safe for files of a workspace that nobody has trusted.
 */
export class RomReading extends DisposableOwner {
  private readonly workers = new Set<Worker>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /** @param program dist/rom-worker.js */
  constructor(
    private readonly program: string,
    private readonly limits: RomReadingLimits = defaultLimits,
  ) {
    super();
  }

  /** @param text what the editor holds, where it differs from the file */
  async findings(file: string, text?: string): Promise<readonly RomFinding[]> {
    const answer = await this.ask({ task: "findings", file, ...(text !== undefined && { text }) });
    return typeof answer === "string" ? [gaveUp(answer)] : answer.task === "findings" ? answer.findings : [];
  }

  async snapshot(file: string): Promise<RomSnapshot> {
    const answer = await this.ask({ task: "snapshot", file });
    if (typeof answer !== "string" && answer.task === "snapshot") {
      return answer.rom;
    }
    const findings = typeof answer === "string" ? [gaveUp(answer)] : [];
    return { title: path.basename(file), summary: "not read", findings, picture: null, words: { total: 0, shown: [] } };
  }

  override dispose(): void {
    this.workers.forEach((worker) => void worker.terminate());
    super.dispose();
  }

  /** The answer, or why there is none, as a sentence. */
  private async ask(request: RomRequest): Promise<RomAnswer | string> {
    await this.turn();
    try {
      return await this.work(request);
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }

  private async turn(): Promise<void> {
    if (this.running >= mostWorkers) {
      await new Promise<void>((go) => this.waiting.push(go));
    }
    this.running++;
  }

  private work(request: RomRequest): Promise<RomAnswer | string> {
    const { seconds, mebibytes } = this.limits;
    const worker = new Worker(this.program, { workerData: request, resourceLimits: { maxOldGenerationSizeMb: mebibytes } });
    this.workers.add(worker);
    return new Promise<RomAnswer | string>((resolve) => {
      const timer = setTimeout(() => resolve(`Reading it took longer than ${seconds} seconds and was stopped.`), 1000 * seconds);
      worker.once("message", resolve);
      worker.once("error", (error: NodeJS.ErrnoException) =>
        resolve(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? `Reading it took more than ${mebibytes} MiB and was stopped.` : `Reading it failed: ${error.message}.`),
      );
      worker.once("exit", () => {
        clearTimeout(timer);
        resolve("Reading it ended without an answer.");
      });
    }).finally(() => {
      this.workers.delete(worker);
      void worker.terminate();
    });
  }
}

function gaveUp(why: string): RomFinding {
  return { line: 1, rule: "huge-file", severity: "error", message: `${why} Read a part of it, or try tritloom rom lint on the command line.` };
}
