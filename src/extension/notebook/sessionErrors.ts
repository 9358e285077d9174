import type { CellError } from "../../../kernel/contract.js";

/** The user ended the kernel. */
export const killed: CellError = { name: "KernelStopped", message: "The kernel was stopped; all variables are lost.", stack: "" };

/** Somebody else ended it. */
export const keeperGone: CellError = {
  name: "KernelDied",
  message: "The process that keeps the kernel was ended, and the kernel with it; a training wrote its checkpoint. Variables are lost; run the notebook again from the top.",
  stack: "",
};

/** Why there is no kernel. */
export function startError(error: unknown): CellError {
  return { name: "KernelNotStarted", message: error instanceof Error ? error.message : String(error), stack: "" };
}
