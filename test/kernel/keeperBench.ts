import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { AskUser } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import { AttachedKernel, type ExecutionNews } from "../../kernel/keeper/attachedKernel.js";
import { endKernel } from "../../kernel/keeper/connection.js";
import type { CellRequest, Execution, ExecutionEnd, Exit } from "../../kernel/keeper/contract.js";
import { type KernelRecord, livingRecords } from "../../kernel/keeper/record.js";
import { type KeeperOptions, startKeeper } from "../../kernel/keeper/startKeeper.js";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

/** What a notebook shows that does what the news say: outputs of cells, in order. */
export class Page {
  /** By execution: printed text of neighbouring messages joined, displays by their latest content. */
  readonly outputs = new Map<string, { kind: string; text: string }[]>();
  readonly states = new Map<string, { start: Execution["start"]; end: ExecutionEnd | undefined }>();
  seq = 0;
  news = 0;

  take(news: ExecutionNews): void {
    this.seq = news.seq;
    this.news += 1;
    switch (news.type) {
      case "execution": {
        const { request, start, end } = news.execution;
        this.states.set(request.execution, { start, end });
        this.outputs.set(request.execution, news.isWhole ? [] : this.of(request.execution));
        news.messages.forEach((message) => this.show(request.execution, message));
        return;
      }
      case "started":
        this.states.set(news.execution, { start: news.start, end: undefined });
        this.outputs.set(news.execution, []);
        return;
      case "message":
        return this.show(news.execution, news.message);
      case "ended":
        this.states.set(news.execution, { start: this.states.get(news.execution)?.start, end: news.end });
    }
  }

  of(execution: string): { kind: string; text: string }[] {
    return this.outputs.get(execution) ?? [];
  }

  printed(execution: string): string {
    return this.of(execution).filter(({ kind }) => /^std/.test(kind)).map(({ text }) => text).join("");
  }

  private show(execution: string, message: FromKernel): void {
    const outputs = this.of(execution);
    if (message.type === "stream") {
      if (outputs.at(-1)?.kind === message.name) {
        outputs.at(-1)!.text += message.text;
      } else {
        outputs.push({ kind: message.name, text: message.text });
      }
    } else if (message.type === "display") {
      this.display(outputs, message);
    } else if (message.type === "result") {
      outputs.push({ kind: message.type, text: message.data["text/plain"]! });
    } else if (message.type === "error") {
      outputs.push({ kind: message.type, text: message.error.message });
    }
  }

  private display(outputs: { kind: string; text: string }[], { displayId, update, data }: Extract<FromKernel, { type: "display" }>): void {
    const kind = `display ${displayId}`;
    const shown = update ? [...this.outputs.values()].flat().find((output) => output.kind === kind) : undefined;
    const text = data["text/plain"] ?? Object.values(data)[0]!;
    if (shown) {
      shown.text = text;
    } else {
      outputs.push({ kind, text });
    }
  }
}

export interface Window {
  readonly kernel: AttachedKernel;
  readonly page: Page;
  readonly deaths: (Exit | undefined)[];
  readonly takenBy: string[];
}

/** Kernels with keepers of the present sources, in a folder of the test's own. */
export interface KeeperBench extends KernelBench {
  /** The folder of records and sockets. */
  readonly kernels: string;
  open(options?: Partial<KeeperOptions>): Promise<KernelRecord>;
  /** Ends all kernels. @returns names of the files that are left */
  close(): Promise<string[]>;
}

export async function prepareKeepers(): Promise<KeeperBench> {
  const bench = await prepareKernel();
  const root = await mkdtemp(join(tmpdir(), "tritloom-keepers-"));
  const kernels = join(root, "k");
  await mkdir(kernels, { mode: 0o700 });
  process.env.TRITLOOM_KERNELS = kernels;
  return {
    ...bench,
    kernels,
    open: async (options = {}) => {
      const file = join(bench.directory, `${randomUUID()}.ipynb`);
      const record = await startKeeper({
        notebook: { uri: `file://${file}`, path: file },
        scope: "test",
        folder: bench.directory,
        kernelPath: bench.kernelPath,
        keeperPath: bench.keeperPath,
        idleSeconds: 60,
        env: { TRITLOOM_API_DIR: join(bench.directory, "api") },
        ...options,
      });
      if (record === undefined) {
        throw new Error("the notebook has a kernel");
      }
      return record;
    },
    close: async () => {
      await Promise.all((await livingRecords()).map((record) => endKernel(record)));
      return readdir(kernels);
    },
    remove: async () => {
      delete process.env.TRITLOOM_KERNELS;
      await rm(root, { recursive: true });
      await bench.remove();
    },
  };
}

export interface AttachingWindow {
  readonly page?: Page;
  readonly by?: string;
  readonly takeOver?: boolean;
  readonly idleSeconds?: number;
  readonly askUser?: AskUser;
}

/** Attaches as the window of this name would, with a page that may be one of before. */
export async function attach(record: KernelRecord, options: AttachingWindow = {}): Promise<Window> {
  const { page = new Page(), by = "the test", takeOver = false, idleSeconds = 60, askUser = async () => undefined } = options;
  const deaths: (Exit | undefined)[] = [];
  const takenBy: string[] = [];
  const kernel = await AttachedKernel.attach(record, { by, window: by, takeOver, idleSeconds, askUser }, {
    onNews: (news) => page.take(news),
    onDeath: (exit) => deaths.push(exit),
    onTaken: (other) => takenBy.push(other),
    onExecuted: () => {},
  });
  return { kernel, page, deaths, takenBy };
}

export function cell(code: string, changed: Partial<CellRequest> = {}): CellRequest {
  return { execution: randomUUID(), index: 0, of: 9, cell: 1, code, mayFail: false, isSkipped: false, ...changed };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function readText(file: string): Promise<string> {
  return readFile(file, "utf8");
}

/** To be expected of: how an execution ended, undefined until then. */
export const ended = (page: Page, { execution }: CellRequest) => expect.poll(() => page.states.get(execution)?.end?.status, { interval: 5 });

export const untilSaid = (page: Page, { execution }: CellRequest, text: string) =>
  expect.poll(() => page.printed(execution), { interval: 5 }).toContain(text);

export const untilGone = ({ keeper, kernel }: KernelRecord) =>
  expect.poll(() => [keeper.pid, kernel.pid].filter(isAlive), { interval: 10 }).toEqual([]);

/** Runs one cell to its end. */
export async function run(window: Window, code: string, changed: Partial<CellRequest> = {}): Promise<CellRequest> {
  const request = cell(code, changed);
  window.kernel.run([request]);
  await ended(window.page, request).toBeDefined();
  return request;
}
