import type { SlurmCommands } from "./slurmCommands.js";

/** Nothing can be trained; the message says why and what to do. */
export class SlurmError extends Error {
  override readonly name = "SlurmError";
}

/**
 * Submits tasks, as many as the cluster takes: a user may have only so many at a time.
 * @param hasOthers whether tasks of the sweep wait or run already
 * @returns how many were submitted
 * @throws SlurmError for what Slurm will never accept, ClusterError for what it may accept later
 */
export async function submitTasks(commands: SlurmCommands, wanted: number, hasOthers: boolean): Promise<number> {
  let [missing, size] = [wanted, wanted];
  while (missing > 0) {
    try {
      missing -= await commands.submit(size);
      size = Math.min(size, missing);
    } catch (error) {
      const { message } = error as Error;
      const refusal = refusalOf(message);
      if (refusal === "later") {
        throw error;
      }
      if (refusal === "fewer" && size > 1) {
        size = Math.floor(size / 2);
      } else if (refusal === "fewer" && (hasOthers || missing < wanted)) {
        break;
      } else {
        throw new SlurmError(`Slurm refuses the tasks of the sweep: ${message}`, { cause: error });
      }
    }
  }
  return wanted - missing;
}

/** Why sbatch refused. "later": the controller has no time or is away. "fewer": the user has as many tasks as allowed. "never": what was asked for. */
function refusalOf(message: string): "later" | "fewer" | "never" {
  if (/unable to contact|timed? ?out|temporarily|try(ing)? again|connection|communication|not respond|zero bytes/i.test(message)) {
    return "later";
  }
  return /submit ?limit|maxsubmit|submitjob|array spec/i.test(message) ? "fewer" : "never";
}
