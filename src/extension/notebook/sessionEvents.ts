import type { FromKernel } from "../../../kernel/contract.js";
import type { CellRequest, Exit } from "../../../kernel/keeper/contract.js";
import type { ChipOfRun } from "../chipOfRun.js";

/** An execution whose cell is no longer in the notebook. */
export interface LostExecution {
  readonly request: CellRequest;
  /** What it has shown, and what more it says. */
  readonly messages: FromKernel[];
}

/** What happens in a session that others care about. */
export interface SessionEvents {
  /** The process ended although nobody asked for it; undefined when nobody knows how. */
  onDeath(exit: Exit | undefined): void;
  /** Another window, or what is told of it, has taken the kernel over. */
  onTaken(by: string): void;
  /** The kernel cannot be had as it is, for example since another window has it. @returns whether to take it over */
  onRefused(error: unknown): Promise<boolean>;
  /** The outputs of a cell that is gone. */
  onLost(lost: LostExecution): void;
  /** A cell began, ended or evaluated the run of this directory. */
  onRun(dir: string): void;
  /** A cell asked for the schedule of this chip. */
  onChip(chip: ChipOfRun): void;
  /** A cell began or ended, and with it the variables may have changed. */
  onCell(): void;
  /** A kernel came or went. */
  onChange(): void;
}
