import type { InterruptReason, RunEvent, RunResult, RunState } from "./contract.js";

/** How a training ended before its last step. */
export type RunEnding =
  | { readonly kind: InterruptReason }
  /** The owner is gone without a word: killed, or the machine stopped. */
  | { readonly kind: "killed" }
  | { readonly kind: "error"; readonly message: string };

export interface StateOfRun {
  readonly state: RunState;
  /** Null for a run that trains or is finished. */
  readonly ending: RunEnding | null;
}

/**
 * A run's state from the evidence in its directory.
 * @param lives whether its owner does
 * @param last the last event of its log
 */
export function runStateOf(result: RunResult | undefined, lives: boolean, last: RunEvent | undefined): StateOfRun {
  if (result !== undefined) {
    return { state: "finished", ending: null };
  }
  if (lives) {
    return { state: "running", ending: null };
  }
  switch (last?.type) {
    case "interrupted":
      return { state: "interrupted", ending: { kind: last.reason ?? "stopped" } };
    case "failed":
      return { state: "crashed", ending: { kind: "error", message: last.message } };
    default:
      return { state: "crashed", ending: { kind: "killed" } };
  }
}

const words: Readonly<Record<Exclude<RunEnding["kind"], "error">, string>> = {
  stopped: "stopped",
  "window-closed": "window closed",
  "kernel-stopped": "kernel stopped",
  "runner-killed": "tritloom run was killed",
  terminated: "terminated",
  "terminal-closed": "terminal closed",
  paused: "ended early by its sweep",
  "sweep-killed": "its sweep was killed",
  killed: "killed",
};

/** "window closed", "killed", "error: Training diverged at step 12: …" */
export function endingInWords(ending: RunEnding): string {
  return ending.kind === "error" ? `error: ${ending.message}` : words[ending.kind];
}

/** The same for a person who looks at the run; null where its state says all. */
export function endingToTell(ending: RunEnding | null): string | null {
  return ending === null || ending.kind === "stopped" ? null : endingInWords(ending);
}

/** "running", "interrupted (window closed)", "crashed (killed)" */
export function stateInWords({ state, ending }: StateOfRun): string {
  const told = endingToTell(ending);
  return told === null ? state : `${state} (${told})`;
}

/** How a person trains a run on that has a checkpoint. */
export function resumeHint(dir: string): string {
  return `the command Resume Run, \`await run.resume()\` in a cell, or \`tritloom resume ${dir}\`.`;
}
