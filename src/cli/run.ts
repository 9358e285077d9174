import { dirname, join, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ExecutionStatus, KernelClient } from "../../kernel/client.js";
import type { CellError } from "../../kernel/contract.js";
import { skippedText, skipTag } from "../../kernel/skippedCell.js";
import type { InterruptReason } from "../runs/contract.js";
import { saveExecuted, tryPlace } from "./executedNotebook.js";
import { Interruption } from "./interruption.js";
import { cellSource, codeCells, type Notebook, type NotebookCell, readNotebook } from "./notebookFile.js";
import { NotebookOutputs, toErrorOutput } from "./notebookOutputs.js";
import { NotebookProgress } from "./notebookProgress.js";
import { NotebookReports } from "./notebookReports.js";
import { jsonLine, printableLines } from "../text/printable.js";

export const runUsage = `Usage: tritloom run NOTEBOOK [--out FILE] [--json] [--timeout SECONDS]

Executes every code cell of NOTEBOOK in a fresh kernel, in the notebook's folder, and stops at the first error
(cells tagged "raises-exception" may fail, those tagged "skip-execution" are left out). Writes the notebook with its
outputs to FILE, by default NAME.executed.ipynb beside it, also when a cell failed. Ctrl+C, SIGTERM and a closed terminal
stop the running cell, a training with a checkpoint, and the notebook is written with the outputs made so far.

  --out FILE         where to write the executed notebook
  --json             print one JSON object as the last line of standard output
  --timeout SECONDS  interrupt a cell that takes longer, and stop
`;

interface RunOptions {
  notebook: string;
  out: string;
  json: boolean;
  timeoutSeconds: number | undefined;
}

/** What `--json` tells of it. */
interface RunFailure {
  /** 1-based number of the code cell; null when no cell is to blame. */
  cell: number | null;
  line: number | null;
  name: string;
  message: string;
}

class UsageError extends Error {}

const interruptedError: CellError = { name: "Interrupted", message: "The cell was interrupted.", stack: "" };

/** Time that a cell has to obey an interruption before its kernel is ended. */
const obeyMilliseconds = 10_000;
/** The same where the whole program was asked to end. */
const endMilliseconds = 5_000;

/**
 * The command `run`.
 * @param args what follows `run` on the command line
 * @param kernelPath the kernel's bundle, by default beside the command line's own
 * @returns the exit code: 0 done, 1 a cell failed or the notebook could not be written, 2 wrong usage, 128 + N ended by signal N
 */
export async function runCommand(
  args: string[],
  kernelPath: string = fileURLToPath(new URL("./kernel.js", import.meta.url)),
): Promise<number> {
  const progress = new NotebookProgress(process.stderr);
  try {
    const options = readOptions(args);
    if (options === "help") {
      process.stdout.write(runUsage);
      return 0;
    }
    const notebook = await readNotebook(options.notebook);
    await tryPlace(options.out);
    const run = new NotebookRun(notebook, options, progress);
    await run.execute(kernelPath);
    await run.save();
    return run.report();
  } catch (error) {
    return reportUnrun(error as Error, args.includes("--json"));
  }
}

function readOptions(args: string[]): RunOptions | "help" {
  const { values, positionals } = parseOptions(args);
  if (values.help) {
    return "help";
  }
  const [notebook, ...others] = positionals;
  if (notebook === undefined || others.length > 0) {
    throw new UsageError(`run takes one notebook, not ${positionals.length}.`);
  }
  const { dir, name } = parse(notebook);
  return {
    notebook: resolve(notebook),
    out: resolve(values.out ?? join(dir, `${name}.executed.ipynb`)),
    json: values.json,
    timeoutSeconds: values.timeout === undefined ? undefined : readTimeout(values.timeout),
  };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: "string" },
        json: { type: "boolean", default: false },
        timeout: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function readTimeout(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 1e6)) {
    throw new UsageError(`--timeout ${text}: give a number of seconds above 0.`);
  }
  return seconds;
}

/** Nothing was executed: the command line or the notebook is not usable, or the kernel did not start. */
function reportUnrun(error: Error, json: boolean): number {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`tritloom run: ${printableLines(error.message)}\n${isUsage ? `\n${runUsage}` : ""}`);
  if (json) {
    const failure: RunFailure = { cell: null, line: null, name: error.name, message: error.message };
    printJson({ ok: false, cells: 0, error: failure, runs: [], roms: [], ...new NotebookReports().saving });
  }
  return isUsage || error.name === "NotebookError" ? 2 : 1;
}

function printJson(value: unknown): void {
  process.stdout.write(`${jsonLine(value)}\n`);
}

/** One execution of one notebook. */
class NotebookRun {
  private readonly outputs = new NotebookOutputs();
  private readonly reports = new NotebookReports();
  private executed = 0;
  private interruption: Interruption | undefined;
  private failure: RunFailure | undefined;

  constructor(
    private readonly notebook: Notebook,
    private readonly options: RunOptions,
    private readonly progress: NotebookProgress,
  ) {}

  /** Fills in the outputs of the code cells, up to the first that fails. */
  async execute(kernelPath: string): Promise<void> {
    const cells = codeCells(this.notebook);
    for (const cell of cells) {
      cell.outputs = [];
      cell.execution_count = null;
    }
    const cwd = dirname(this.options.notebook);
    const kernel = await KernelClient.start({ cwd, kernelPath, notebookPath: this.options.notebook, hostGone: "runner-killed" });
    this.interruption = new Interruption((why, isFirst) => this.stop(kernel, why, isFirst));
    try {
      for (const [index, cell] of cells.entries()) {
        if (!(await this.executeCell(kernel, cell, index + 1))) {
          break;
        }
      }
    } finally {
      await kernel.dispose();
      this.progress.endLine();
    }
  }

  /** Writes the notebook, whatever became of its cells; a failure is that of the execution, unless a cell had failed before. */
  async save(): Promise<void> {
    try {
      await saveExecuted(this.options.out, this.notebook);
      this.progress.note(`Wrote ${this.options.out}`);
    } catch (error) {
      const { name, message } = error as Error;
      this.progress.note(message);
      this.failure ??= { cell: null, line: null, name, message };
    }
  }

  /** @returns the exit code */
  report(): number {
    const { runs, roms, saving } = this.reports;
    const ok = this.failure === undefined;
    if (this.failure && this.failure.cell !== null) {
      const { cell, line, name, message } = this.failure;
      const place = line === null ? `cell ${cell}` : `cell ${cell}, line ${line}`;
      this.progress.note(`${place}: ${name}: ${message}`);
    }
    this.interruption?.stopListening();
    if (this.options.json) {
      const error = this.failure ? { error: this.failure } : {};
      printJson({ ok, cells: this.executed, ...error, runs, roms, ...saving });
    }
    return this.interruption?.exitCode ?? (ok ? 0 : 1);
  }

  /** The first signal interrupts the cell, the second ends the kernel. */
  private stop(kernel: KernelClient, why: InterruptReason, isFirst: boolean): void {
    if (!isFirst) {
      void kernel.dispose(why);
      return;
    }
    kernel.interrupt(why);
    if (why === "stopped") {
      this.progress.note("Interrupting; press Ctrl+C again to end the kernel.");
      return;
    }
    this.progress.note("Ending: the running cell is interrupted, and the notebook written with its outputs so far.");
    // Whoever ends programs waits for them only so long.
    setTimeout(() => void kernel.dispose(why), endMilliseconds).unref();
  }

  /** @returns whether to go on */
  private async executeCell(kernel: KernelClient, cell: NotebookCell, number: number): Promise<boolean> {
    const code = cellSource(cell);
    if (cell.metadata.tags?.includes(skipTag)) {
      cell.outputs = [{ output_type: "stream", name: "stdout", text: [skippedText] }];
      this.progress.note(`[${number}] ${skippedText.trimEnd()}`);
      return true;
    }
    if (code.trim() === "") {
      return true;
    }
    this.executed += 1;
    const executionCount = this.executed;
    const outputs = (cell.outputs = []) as NonNullable<NotebookCell["outputs"]>;
    cell.execution_count = executionCount;
    let error: CellError | undefined;
    const timeout = this.startTimeout(kernel);
    const status = await kernel.execute(code, { cell: number, executionCount }, (message) => {
      this.outputs.add(message, outputs, executionCount);
      this.progress.show(message, number);
      this.reports.add(message);
      error = message.type === "error" ? message.error : error;
    });
    timeout.clear();
    return this.judge({ cell, number, status, timedOut: timeout.expired(), error });
  }

  private judge(ended: {
    cell: NotebookCell;
    number: number;
    status: ExecutionStatus;
    timedOut: boolean;
    error: CellError | undefined;
  }): boolean {
    const { cell, number, status, timedOut } = ended;
    const mayFail = status === "error" && cell.metadata.tags?.includes("raises-exception") === true;
    if (!this.interruption?.isAsked && (status === "ok" || mayFail)) {
      return true;
    }
    const error = timedOut ? this.timeoutError(cell) : (ended.error ?? interruptedError);
    this.fail(number, error);
    return false;
  }

  private timeoutError(cell: NotebookCell): CellError {
    const message = `The cell took more than ${this.options.timeoutSeconds} s.`;
    const error = { name: "Timeout", message, stack: "" };
    cell.outputs?.push(toErrorOutput(error));
    return error;
  }

  private fail(number: number, { name, message, cell = number, line = undefined }: CellError): void {
    this.failure = { cell, line: line ?? null, name, message };
  }

  private startTimeout(kernel: KernelClient): { expired(): boolean; clear(): void } {
    const seconds = this.options.timeoutSeconds;
    if (seconds === undefined) {
      return { expired: () => false, clear: () => {} };
    }
    let expired = false;
    const timers = [
      setTimeout(() => {
        expired = true;
        kernel.interrupt();
      }, seconds * 1000),
      setTimeout(() => void kernel.dispose(), seconds * 1000 + obeyMilliseconds),
    ];
    return { expired: () => expired, clear: () => timers.forEach(clearTimeout) };
  }
}
