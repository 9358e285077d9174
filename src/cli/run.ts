import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type ExecutionStatus, KernelClient } from "../../kernel/client.js";
import type { CellError } from "../../kernel/contract.js";
import { skippedText, skipTag } from "../../kernel/skippedCell.js";
import type { InterruptReason } from "../runs/contract.js";
import { UsageError } from "./command.js";
import { saveExecuted, tryPlace } from "./executedNotebook.js";
import { Interruption } from "./interruption.js";
import { cellSource, checkLanguage, codeCells, type Notebook, type NotebookCell, withoutOutputs } from "../notebooks/notebookFile.js";
import { NotebookOutputs, toErrorOutput } from "../notebooks/notebookOutputs.js";
import { openNotebookFile } from "../notebooks/openNotebookFile.js";
import { nearestName } from "../experiment/optionNames.js";
import { declaredParameters, parametersTag, withParameters } from "../notebooks/parameters.js";
import { NotebookProgress } from "./notebookProgress.js";
import { NotebookReports } from "./notebookReports.js";
import { readRunOptions, runHelp, type RunOptions, runUsage } from "./runOptions.js";
import { jsonLine, printableLines } from "../text/printable.js";

/** What `--json` tells of it. */
interface RunFailure {
  /** 1-based number of the code cell; null when no cell is to blame. */
  cell: number | null;
  line: number | null;
  name: string;
  message: string;
}

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
    const options = await readRunOptions(args);
    if (options === "help") {
      process.stdout.write(runHelp());
      return 0;
    }
    const notebook = await notebookToRun(options, progress);
    await tryPlace(options.out);
    const run = new NotebookRun(notebook, options, progress);
    await run.execute(kernelPath);
    await run.save();
    return run.report();
  } catch (error) {
    return reportUnrun(error as Error, args.includes("--json"));
  }
}

async function notebookToRun({ notebook: path, parameters }: RunOptions, progress: NotebookProgress): Promise<Notebook> {
  const notebook = await openNotebookFile(path);
  checkLanguage(notebook, path);
  if (parameters.size === 0) {
    return notebook;
  }
  const { declared, undeclared } = declaredParameters(notebook, parameters);
  undeclared.forEach((name) => progress.note(`Warning: ${undeclaredInWords(path, name, declared)}`));
  return withParameters(notebook, parameters);
}

function undeclaredInWords(path: string, name: string, declared: readonly string[] | undefined): string {
  if (declared === undefined) {
    return `${path} has no cell tagged ${parametersTag}; ${name} is declared before its first cell.`;
  }
  const [first] = declared;
  const meant = first === undefined ? "" : ` Did you mean ${nearestName(name, declared)}? It declares ${declared.join(", ")}.`;
  return `the cell of ${path} that is tagged ${parametersTag} does not declare ${name}, which is declared after it.${meant}`;
}

/** Errors of which the command line, or a file that it names, is the cause. */
const wrongUsage = new Set(["UsageError", "NotebookError", "ParameterError"]);

/** Nothing was executed: the command line or the notebook is not usable, or the kernel did not start. */
function reportUnrun(error: Error, json: boolean): number {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`tritloom run: ${printableLines(error.message)}\n${isUsage ? `\n${runUsage}` : ""}`);
  if (json) {
    const failure: RunFailure = { cell: null, line: null, name: error.name, message: error.message };
    printJson({ ok: false, cells: 0, error: failure, runs: [], roms: [], ...new NotebookReports().saving });
  }
  return wrongUsage.has(error.name) ? 2 : 1;
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
  /** Those that did not end it. */
  private readonly allowed: RunFailure[] = [];

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
      await saveExecuted(this.options.out, this.options.keepsOutputs ? this.notebook : withoutOutputs(this.notebook));
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
      this.tell(this.failure);
    }
    this.interruption?.stopListening();
    if (this.options.json) {
      const error = this.failure ? { error: this.failure } : {};
      const allowed = this.options.allowsErrors ? { allowedErrors: this.allowed } : {};
      printJson({ ok, cells: this.executed, ...error, ...allowed, runs, roms, ...saving });
    }
    return this.interruption?.exitCode ?? (ok ? 0 : 1);
  }

  private tell({ cell, line, name, message }: RunFailure): void {
    const place = line === null ? `cell ${cell}` : `cell ${cell}, line ${line}`;
    this.progress.note(`${place}: ${name}: ${message}`);
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
    if (this.isFine(cell, status)) {
      return true;
    }
    const failure = failureIn(number, timedOut ? this.timeoutError(cell) : (ended.error ?? interruptedError));
    if (this.options.allowsErrors && status !== "died" && !this.isAskedToEnd) {
      this.allowed.push(failure);
      this.tell(failure);
      return true;
    }
    this.failure = failure;
    return false;
  }

  private isFine({ metadata }: NotebookCell, status: ExecutionStatus): boolean {
    const mayFail = metadata.tags?.includes("raises-exception") === true;
    return !this.isAskedToEnd && (status === "ok" || (status === "error" && mayFail));
  }

  private get isAskedToEnd(): boolean {
    return this.interruption?.isAsked === true;
  }

  private timeoutError(cell: NotebookCell): CellError {
    const message = `The cell took more than ${this.options.timeoutSeconds} s.`;
    const error = { name: "Timeout", message, stack: "" };
    cell.outputs?.push(toErrorOutput(error));
    return error;
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

function failureIn(number: number, { name, message, cell = number, line = undefined }: CellError): RunFailure {
  return { cell, line: line ?? null, name, message };
}
