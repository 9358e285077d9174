import type { DebuggerNews, FromKernel } from "../../../kernel/contract.js";
import type { InterruptReason } from "../../runs/contract.js";
import type { CellPlace, ExecutionStatus, KernelExit } from "../../../kernel/client.js";

/** A running kernel process, as the notebook sees it; `KernelClient` is one. */
export interface Kernel {
  readonly pid: number;
  /** Runs a cell. When the process ends first, the cell gets an error message and the status is "died". */
  execute(
    code: string,
    place: CellPlace,
    onMessage: (message: FromKernel) => void,
  ): Promise<ExecutionStatus>;
  /** Stops the running cell and keeps all variables. */
  interrupt(): void;
  /** Answers the message "inspector" of an execution, or tells that its debugger has gone. */
  tellDebugger(news: DebuggerNews): void;
  onExit(listener: (exit: KernelExit) => void): void;
  /** Ends the process, a training in it after its checkpoint; resolves when it is gone. @param why what the training's run notes */
  dispose(why: InterruptReason): Promise<void>;
}

export type StartKernel = () => Promise<Kernel>;
