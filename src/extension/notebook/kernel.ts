import type { FromKernel, VariablesAnswer, VariablesQuestion } from "../../../kernel/contract.js";
import type { InterruptReason } from "../../runs/contract.js";
import type { ExecutionStatus, KernelExit } from "../../../kernel/client.js";

/** A running kernel process, as the notebook sees it; `KernelClient` is one. */
export interface Kernel {
  readonly pid: number;
  /** Runs a cell. When the process ends first, the cell gets an error message and the status is "died". */
  execute(
    code: string,
    place: { cell: number; executionCount: number },
    onMessage: (message: FromKernel) => void,
  ): Promise<ExecutionStatus>;
  /** Stops the running cell and keeps all variables. */
  interrupt(): void;
  /** What the variables are, once the cells that were sent before have run; undefined when the process ends before. */
  ask(question: VariablesQuestion): Promise<VariablesAnswer | undefined>;
  onExit(listener: (exit: KernelExit) => void): void;
  /** Ends the process, a training in it after its checkpoint; resolves when it is gone. @param why what the training's run notes */
  dispose(why: InterruptReason): Promise<void>;
}

export type StartKernel = () => Promise<Kernel>;
