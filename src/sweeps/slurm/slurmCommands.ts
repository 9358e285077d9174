import { createHash } from "node:crypto";
import { printableLine } from "../../text/printable.js";
import { quoted, type Shell } from "./shell.js";
import { slurmFiles } from "./slurmFolder.js";
import { type SlurmSpec, warningSeconds } from "./slurmSpec.js";

/** A task of an array, as Slurm tells of it; with its id as the task itself knows it, "4711_0". */
export interface SlurmTask {
  readonly id: string;
  /** "PENDING", "RUNNING", "NODE_FAIL"; of what Slurm no longer knows "UNKNOWN". */
  readonly state: string;
  /** Why it waits. */
  readonly reason: string;
}

/** States in which a task will do no more; see "JOB STATE CODES" in squeue(1). */
const overStates = new Set(["BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT", "UNKNOWN"]);

export function isOver({ state }: SlurmTask): boolean {
  return overStates.has(state);
}

/** "4 tasks run, 6 wait (Priority)" */
export function tasksInWords(tasks: Iterable<SlurmTask>): string {
  const current = [...tasks].filter((task) => !isOver(task));
  const waiting = current.filter(({ state }) => state === "PENDING");
  const reasons = [...new Set(waiting.map(({ reason }) => reason).filter((reason) => reason !== "" && reason !== "None"))];
  const runs = current.length - waiting.length;
  const parts = [`${runs} ${runs === 1 ? "task runs" : "tasks run"}`, ...(waiting.length > 0 ? [`${waiting.length} wait${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}`] : [])];
  return parts.join(", ");
}

/** Slurm holds a task that it could not launch until somebody releases it. */
export function isHeldAfterFailure({ state, reason }: SlurmTask): boolean {
  return state === "SPECIAL_EXIT" || (!overStates.has(state) && /launch failed/i.test(reason));
}

/** The default of slurm.conf(5), for an installation that does not say it. */
const usualArraySize = 1001;

/** The commands of Slurm for the tasks of one sweep. */
export class SlurmCommands {
  /** The name by which its tasks are found again. */
  readonly jobName: string;
  private arraySize: number | undefined;
  private hasAccounting = true;

  /**
   * @param dir the sweep's directory on the cluster
   * @param command how Tritloom is called there
   */
  constructor(
    private readonly shell: Shell,
    private readonly spec: SlurmSpec,
    private readonly dir: string,
    private readonly command: readonly string[],
  ) {
    this.jobName = `tritloom-${createHash("sha256").update(dir).digest("hex").slice(0, 12)}`;
  }

  /** Whether the commands are there and the cluster answers. @throws ClusterError */
  async check(): Promise<void> {
    const script =
      'for c in sbatch squeue scancel scontrol; do command -v $c >/dev/null || { echo "there is no $c on PATH" >&2; exit 1; }; done; ' +
      "scontrol show config";
    const config = (await this.shell.run(script)).toString();
    const found = /^MaxArraySize\s*=\s*(\d+)/m.exec(config);
    this.arraySize = found ? Number(found[1]) : usualArraySize;
  }

  /**
   * Submits workers: as many tasks as asked for, or fewer where arrays of the cluster are smaller.
   * @returns how many
   * @throws ClusterError with what sbatch says
   */
  async submit(tasks: number): Promise<number> {
    const size = Math.max(1, Math.min(tasks, this.arraySize ?? usualArraySize));
    // A cluster may have no arrays: the largest size is then 0.
    const array = this.arraySize === 0 ? [`--output=${slurmFiles.logs}/%j.log`] : [`--array=0-${size - 1}`, `--output=${slurmFiles.logs}/%A_%a.log`];
    await this.shell.run(`sbatch ${[...array, ...submission(this.spec, this.jobName, this.dir)].map(quoted).join(" ")}`, batchScript(this.spec, this.command, this.dir));
    return size;
  }

  /** The tasks of the sweep, also those that ended a short while ago, in one call. @throws ClusterError */
  async tasks(): Promise<Map<string, SlurmTask>> {
    const text = await this.shell.run(`squeue --noheader --array --states=all --user="$(id -un)" --name=${quoted(this.jobName)} --format='%i|%T|%r'`);
    return new Map(parsedTasks(text.toString()).map((task) => [task.id, task]));
  }

  /** What the accounting knows of tasks that squeue has forgotten; nothing where there is none. */
  async forgotten(ids: readonly string[]): Promise<Map<string, SlurmTask>> {
    if (!this.hasAccounting || ids.length === 0) {
      return new Map();
    }
    try {
      const text = await this.shell.run(`sacct --noheader --parsable2 --allocations --format=JobID,State --jobs=${quoted(ids.join(","))}`);
      return new Map(parsedTasks(text.toString()).map((task) => [task.id, task]));
    } catch {
      this.hasAccounting = false;
      return new Map();
    }
  }

  /** Lets tasks run that Slurm holds. */
  async release(ids: readonly string[]): Promise<void> {
    await this.shell.run(`scontrol release ${ids.map(quoted).join(" ")}`);
  }

  /** @param which the tasks that wait, or all */
  async cancel(which: "pending" | "all"): Promise<void> {
    await this.shell.run(`scancel --user="$(id -un)" --name=${quoted(this.jobName)}${which === "pending" ? " --state=PENDING" : ""}`);
  }
}

/** Lines "ID|STATE|REASON"; a state may go on, "CANCELLED by 1000". What is none of these is passed over. */
function parsedTasks(text: string): SlurmTask[] {
  return text.split("\n").flatMap((line) => {
    const [, id, state, reason] = /^(\d+(?:_\d+)?)\|([A-Z_]+)[^|]*(?:\|(.*))?$/.exec(line.trim()) ?? [];
    return id === undefined ? [] : [{ id, state: state!, reason: printableLine(reason ?? "") }];
  });
}

/** The options of sbatch but the array. Paths of the output begin in the sweep's directory, since sbatch would take a % in them for its own. */
function submission({ partition, time, account, qos, cpus, mem, gres, constraint, extra = [] }: SlurmSpec, jobName: string, dir: string): string[] {
  const given = Object.entries({ partition, time, account, qos, mem, gres, constraint }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return [
    "--parsable",
    `--job-name=${jobName}`,
    "--ntasks=1",
    `--cpus-per-task=${cpus}`,
    "--requeue",
    `--signal=B:USR1@${warningSeconds}`,
    `--chdir=${dir}`,
    "--open-mode=append",
    ...given,
    ...extra,
  ];
}

/** The task is the program itself, so that the warning comes to it. */
function batchScript({ cpus }: SlurmSpec, command: readonly string[], dir: string): string {
  return `#!/bin/sh\nexport TRITLOOM_THREADS=${cpus}\nexec ${[...command, "sweep", "work", dir].map(quoted).join(" ")}\n`;
}
