import * as vscode from "vscode";
import type { ExecutionStatus, KernelExit } from "../../../kernel/client.js";
import type { CellError, FromKernel } from "../../../kernel/contract.js";
import { skippedText } from "../../../kernel/skippedCell.js";
import type { InterruptReason } from "../../runs/contract.js";
import { steadyClock } from "../../runs/steadyClock.js";
import type { ChipOfRun } from "../chipOfRun.js";
import { CellOutputs, type Displays } from "./cellOutputs.js";
import { CellQueue } from "./cellQueue.js";
import { EndedCell } from "./endedCell.js";
import type { Kernel, StartKernel } from "./kernel.js";
import { isSkipped, mayFail } from "./notebookMetadata.js";
import { streamItem } from "./outputItems.js";

/** What happens in a session that others care about. */
export interface SessionEvents {
  /** The process ended although nobody asked for it. */
  onDeath(exit: KernelExit): void;
  /** A cell began, ended or evaluated the run of this directory. */
  onRun(dir: string): void;
  /** A cell asked for the schedule of this chip. */
  onChip(chip: ChipOfRun): void;
  /** A kernel came or went. */
  onChange(): void;
}

const killed: CellError = { name: "KernelStopped", message: "The kernel was stopped; all variables are lost.", stack: "" };
const stopped: CellError = { name: "Interrupted", message: "The cell was stopped before it began.", stack: "" };

function startError(error: unknown): CellError {
  return { name: "KernelNotStarted", message: error instanceof Error ? error.message : String(error), stack: "" };
}

/** One notebook with its kernel process, the queue of its cells and its execution counter. */
export class NotebookSession {
  private readonly queue = new CellQueue();
  private readonly displays: Displays = new Map();
  /** Cells that have run in the present kernel, which may still print there. */
  private readonly ended = new Map<vscode.NotebookCell, CellOutputs>();
  private executionCount = 0;
  private starting: Promise<Kernel> | undefined;
  private live: Kernel | undefined;
  /** Counts the kernels let go, so that one that was still starting then is not kept. */
  private generation = 0;
  /** Stop was pressed since the running cell began, perhaps before the kernel got it. */
  private stopRequested = false;
  /** Ends the running cell from outside; set while one runs. */
  private abandonCell: ((error: CellError) => void) | undefined;

  constructor(
    readonly notebook: vscode.NotebookDocument,
    private readonly controller: vscode.NotebookController,
    private readonly startKernel: StartKernel,
    private readonly events: SessionEvents,
  ) {}

  /** The process that owns the runs this notebook trains; undefined while no kernel lives. */
  get pid(): number | undefined {
    return this.live?.pid;
  }

  /** Execution number of the cell that runs; undefined while none does. */
  get runningCell(): number | undefined {
    return this.queue.isBusy ? this.executionCount : undefined;
  }

  /** Runs cells after those that already wait. */
  run(cells: readonly vscode.NotebookCell[]): Promise<void> {
    return this.queue.add(
      cells.map((cell) => {
        const execution = this.controller.createNotebookCellExecution(cell);
        return {
          mayFail: mayFail(cell.metadata),
          run: () => (isSkipped(cell.metadata) ? this.skipCell(cell, execution) : this.runCell(cell, execution)),
          cancel: () => execution.end(undefined),
        };
      }),
    );
  }

  /** Stops the running cell and forgets those that wait; variables stay. */
  interrupt(): void {
    this.queue.cancelWaiting();
    this.stopRequested = true;
    if (this.live) {
      this.live.interrupt();
    } else {
      this.stop();
    }
  }

  /** Ends the process and whatever runs in it. @param why what a run notes that it trains */
  stop(why: InterruptReason = "kernel-stopped"): void {
    this.queue.cancelWaiting();
    void this.release()?.dispose(why);
    this.abandonCell?.(killed);
    this.events.onChange();
  }

  /** Ends the process and starts a fresh one; cells count from 1 again. */
  async restart(): Promise<void> {
    this.stop();
    this.executionCount = 0;
    await this.kernel();
  }

  dispose(why?: InterruptReason): void {
    this.stop(why);
  }

  private async runCell(cell: vscode.NotebookCell, execution: vscode.NotebookCellExecution): Promise<ExecutionStatus> {
    this.forgetOutputs(cell);
    const { generation } = this;
    this.executionCount += 1;
    this.stopRequested = false;
    const executionOrder = this.executionCount;
    const clock = steadyClock();
    const startTime = clock();
    execution.executionOrder = executionOrder;
    execution.start(startTime);
    await execution.clearOutput();
    const outputs = new CellOutputs(execution, this.displays);
    const status = await this.executeOrFail(cell, outputs);
    await outputs.end();
    const [success, endTime] = [status === "ok", clock()];
    execution.end(success, endTime);
    outputs.continueIn(new EndedCell(this.controller, cell, { executionOrder, success, startTime, endTime }));
    this.ended.set(cell, outputs);
    if (generation !== this.generation) {
      this.forgetOutputs(cell);
    }
    return status;
  }

  /** Says so in the cell; its number and its mark stay empty. */
  private async skipCell(cell: vscode.NotebookCell, execution: vscode.NotebookCellExecution): Promise<ExecutionStatus> {
    this.forgetOutputs(cell);
    execution.start();
    await execution.clearOutput();
    const output = new vscode.NotebookCellOutput([streamItem("stdout", skippedText)], { outputType: "stream" });
    await execution.appendOutput(output);
    execution.end(undefined);
    return "ok";
  }

  private forgetOutputs(cell: vscode.NotebookCell): void {
    this.ended.get(cell)?.dispose();
    this.ended.delete(cell);
  }

  private async executeOrFail(cell: vscode.NotebookCell, outputs: CellOutputs): Promise<ExecutionStatus> {
    const abandoned = new Promise<CellError>((resolve) => {
      this.abandonCell = resolve;
    });
    const finished = this.execute(cell, outputs);
    const outcome = await Promise.race([finished.catch(startError), abandoned]);
    this.abandonCell = undefined;
    if (typeof outcome === "string") {
      return outcome;
    }
    outputs.add({ type: "error", error: outcome });
    return "error";
  }

  private async execute(cell: vscode.NotebookCell, outputs: CellOutputs): Promise<ExecutionStatus> {
    const kernel = await this.kernel();
    if (this.stopRequested) {
      outputs.add({ type: "error", error: stopped });
      return "interrupted";
    }
    const place = { cell: codeCellNumber(cell), executionCount: this.executionCount };
    return kernel.execute(cell.document.getText(), place, (message) => this.receive(message, outputs));
  }

  private receive(message: FromKernel, outputs: CellOutputs): void {
    if (message.type === "report") {
      this.receiveReport(message.report);
    } else if (message.type !== "ready" && message.type !== "answer" && message.type !== "input" && message.type !== "done") {
      outputs.add(message);
    }
  }

  private receiveReport(report: Extract<FromKernel, { type: "report" }>["report"]): void {
    if (report.kind === "run") {
      this.events.onRun(report.dir);
    } else if (report.kind === "chip") {
      this.events.onChip({ dir: report.dir, options: report.options });
    }
  }

  private kernel(): Promise<Kernel> {
    this.starting ??= this.start();
    return this.starting;
  }

  private async start(): Promise<Kernel> {
    const { generation } = this;
    try {
      const kernel = await this.startKernel();
      if (generation !== this.generation) {
        await kernel.dispose("kernel-stopped");
        throw new Error("The kernel was stopped before it had started.");
      }
      this.adopt(kernel);
      return kernel;
    } catch (error) {
      if (generation === this.generation) {
        this.starting = undefined;
      }
      throw error;
    }
  }

  private adopt(kernel: Kernel): void {
    this.live = kernel;
    kernel.onExit((exit) => {
      if (this.live === kernel) {
        this.die(exit);
      }
    });
    this.events.onChange();
  }

  private die(exit: KernelExit): void {
    this.release();
    this.queue.cancelWaiting();
    this.events.onDeath(exit);
    this.events.onChange();
  }

  /** Forgets the kernel, so that the next cell starts another. */
  private release(): Kernel | undefined {
    const kernel = this.live;
    this.generation += 1;
    this.live = undefined;
    this.starting = undefined;
    [...this.ended.keys()].forEach((cell) => this.forgetOutputs(cell));
    return kernel;
  }
}

/** 1-based place among the code cells of the notebook, as error messages count. */
function codeCellNumber(cell: vscode.NotebookCell): number {
  const before = cell.notebook.getCells().slice(0, cell.index + 1);
  return before.filter((other) => other.kind === cell.kind).length;
}
