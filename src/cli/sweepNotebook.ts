import path from "node:path";
import { fileURLToPath } from "node:url";
import { KernelClient } from "../../kernel/client.js";
import type { CellError, FromKernel } from "../../kernel/contract.js";
import { skipTag } from "../../kernel/skippedCell.js";
import { cellSource, checkLanguage, codeCells, type NotebookCell } from "../notebooks/notebookFile.js";
import { openNotebookFile } from "../notebooks/openNotebookFile.js";
import type { SweepSummary } from "../sweeps/summary.js";
import { printableLines } from "../text/printable.js";
import { type Report, UsageError } from "./command.js";
import { EndedBySignalError, Interruption } from "./interruption.js";
import { SweepProgress } from "./sweepProgress.js";
import { isIncomplete, summaryNow, sweepJson, sweepText } from "./sweepReport.js";

/** Time for the workers to write their checkpoints after the program was asked to end. */
const endMilliseconds = 30_000;

/**
 * Executes the cells of a notebook in a fresh kernel for the sweeps that they run; the notebook itself is not written.
 * @throws UsageError for a file that is no notebook, or one whose cells run no sweep; Error where a cell fails
 */
export async function runSweeps(file: string): Promise<Report> {
  const notebookPath = path.resolve(file);
  const notebook = await openNotebookFile(notebookPath);
  checkLanguage(notebook, notebookPath);
  const kernelPath = fileURLToPath(new URL("./kernel.js", import.meta.url));
  const kernel = await KernelClient.start({ cwd: path.dirname(notebookPath), kernelPath, notebookPath, hostGone: "runner-killed" });
  const sweeps = new SweepsOfNotebook();
  const interruption = new Interruption((why, isFirst) => {
    if (isFirst) {
      kernel.interrupt(why);
      setTimeout(() => void kernel.dispose(why), endMilliseconds).unref();
    } else {
      void kernel.dispose(why);
    }
  });
  try {
    for (const [index, cell] of codeCells(notebook).entries()) {
      if (interruption.isAsked) {
        break;
      }
      await executeCell(kernel, cell, index + 1, sweeps);
    }
  } finally {
    interruption.stopListening();
    sweeps.end();
    await kernel.dispose();
  }
  const summaries = await Promise.all(sweeps.dirs.map((dir) => summaryNow(dir)));
  if (interruption.ending !== undefined) {
    throw new EndedBySignalError(`The sweeps of ${notebookPath} were stopped: go on with tritloom sweep resume DIR.`, interruption.ending);
  }
  if (summaries.length === 0) {
    throw new UsageError(`No cell of ${notebookPath} runs a sweep: call await tl.sweep({ ... }) in one.`);
  }
  return reportOf(summaries);
}

function reportOf(summaries: readonly SweepSummary[]): Report {
  return { text: summaries.map(sweepText).join("\n\n"), json: { sweeps: summaries.map(sweepJson) }, isFailure: summaries.some(isIncomplete) };
}

/** @throws Error where the cell fails and may not */
async function executeCell(kernel: KernelClient, cell: NotebookCell, number: number, sweeps: SweepsOfNotebook): Promise<void> {
  const code = cellSource(cell);
  const tags = cell.metadata.tags ?? [];
  if (code.trim() === "" || tags.includes(skipTag)) {
    return;
  }
  let error: CellError = { name: "KernelDied", message: "The kernel has died.", stack: "" };
  const status = await kernel.execute(code, { cell: number, executionCount: number }, (message) => {
    sweeps.add(message);
    error = message.type === "error" ? message.error : error;
  });
  if (status === "died" || (status === "error" && !tags.includes("raises-exception"))) {
    const { name, message, line } = error;
    throw new Error(`cell ${number}${line === undefined ? "" : `, line ${line}`}: ${name}: ${message}`);
  }
}

/** The sweeps that cells report, each with its line of progress while it runs. */
class SweepsOfNotebook {
  readonly dirs: string[] = [];
  private progress: SweepProgress | undefined;

  add(message: FromKernel): void {
    if (message.type === "stream") {
      process.stderr.write(printableLines(message.text));
    }
    if (message.type !== "report" || message.report.kind !== "sweep") {
      return;
    }
    const { dir, state } = message.report;
    this.end();
    if (!this.dirs.includes(dir)) {
      this.dirs.push(dir);
    }
    if (state === "running") {
      this.progress = new SweepProgress(dir);
    }
  }

  end(): void {
    this.progress?.end();
    this.progress = undefined;
  }
}
