import type { SlurmTask } from "./slurmCommands.js";

/** What the end of a task means for the job that it was at. */
export interface Meaning {
  /** "goes on": nothing failed. "again": it is tried again, for a limited number of times. "ends": trying again would do no good. */
  readonly kind: "goes on" | "again" | "ends";
  /** What happened, and the remedy where a person has one. */
  readonly words: string;
}

const meanings: Readonly<Record<string, Meaning>> = {
  COMPLETED: { kind: "goes on", words: "stopped with a checkpoint before its time limit" },
  PREEMPTED: { kind: "goes on", words: "was preempted" },
  CANCELLED: { kind: "ends", words: "was cancelled" },
  OUT_OF_MEMORY: { kind: "ends", words: "needed more memory than it had: give a larger mem in tl.slurm()" },
  TIMEOUT: { kind: "again", words: "came to its time limit before its checkpoint was written: give more time in tl.slurm()" },
  NODE_FAIL: { kind: "again", words: "lost its node" },
  BOOT_FAIL: { kind: "again", words: "got a node that does not start" },
  UNKNOWN: { kind: "again", words: "is gone, and Slurm no longer knows of it" },
};

export function meaningOf({ state }: SlurmTask): Meaning {
  return meanings[state] ?? { kind: "again", words: `ended as ${state}` };
}

/** "The Slurm task 4711_2 lost its node: last words" */
export function endInWords(task: SlurmTask, lastWords: string): string {
  const said = task.state === "FAILED" || task.state === "UNKNOWN" ? lastWords : "";
  return `The Slurm task ${task.id === "" ? "of the trial" : task.id} ${meaningOf(task).words}${said === "" ? "" : `: ${said}`}`;
}
