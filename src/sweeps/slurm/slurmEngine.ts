import { setTimeout as sleep } from "node:timers/promises";
import type { InterruptReason } from "../../runs/contract.js";
import { ownerLives } from "../../runs/owner.js";
import { printableLines } from "../../text/printable.js";
import type { SweepEngine, TrialEvent, TrialJob } from "../engine.js";
import { EventQueue } from "../eventQueue.js";
import { readResult, recordedKeys } from "../results.js";
import type { ClusterFiles } from "./clusterFiles.js";
import { passStopRequests } from "./copiedStops.js";
import type { Shell } from "./shell.js";
import { isHeldAfterFailure, isOver, type SlurmCommands, type SlurmTask, tasksInWords } from "./slurmCommands.js";
import { claimFile, jobFile, type SlurmFolder, slurmFiles, stoppedFile } from "./slurmFolder.js";
import { SlurmError, submitTasks } from "./submitTasks.js";
import { endInWords, meaningOf } from "./taskEnds.js";

export interface SlurmCluster {
  readonly shell: Shell;
  readonly commands: SlurmCommands;
  readonly files: ClusterFiles;
  /** The sweep's directory here. */
  readonly folder: SlurmFolder;
}

/** Milliseconds. */
export interface SlurmPace {
  /** The pause between two looks for results. */
  readonly look: number;
  /** The pause between two questions to Slurm: at first, and when nothing has happened for long. */
  readonly ask: number;
  readonly mostAsk: number;
  /** Time for checkpoints before tasks are cancelled. */
  readonly stop: number;
}

/** Operators of clusters ask that nobody calls squeue every second; a run of which no heartbeat comes for 30 seconds would count as crashed. */
export const usualPace: SlurmPace = { look: 1000, ask: 5000, mostAsk: 20_000, stop: 60_000 };

/** So many jobs at once, so that tasks go on with a grid when nobody drives the sweep. */
const slots = 1000;
/** How often a job is tried, and how often tasks may fail one after the other that trained nothing. */
const mostAttempts = 5;
/** Slurm kills what does not end by itself after its KillWait, 30 seconds by default. */
const killMilliseconds = 40_000;

interface OpenJob {
  readonly job: TrialJob;
  attempts: number;
  /** The task that claimed it. */
  task: string | undefined;
  /** The time, by `performance.now()`, at which a claim is taken away whose task is lost. */
  releaseAt: number | undefined;
}

/**
 * Trains trials in tasks of a Slurm cluster. A task is a worker, which takes one job after the other from the sweep's directory: so no more
 * train at once than was asked for, however many arrays there are; a short trial costs no wait in the cluster's queue; and who drives the
 * sweep later finds the tasks that wait or run by their name, instead of submitting them again.
 *
 * Results in the directory are the truth and Slurm's states a hint, since a controller may forget a task that runs, or start it twice. At each
 * look the engine compares how many tasks there should be with how many there are.
 */
export class SlurmEngine implements SweepEngine {
  readonly name = "slurm";
  readonly slots = slots;
  /** Undefined before Slurm was asked. */
  status: string | undefined;
  private readonly queue = new EventQueue<TrialEvent>();
  private readonly open = new Map<string, OpenJob>();
  private readonly unwritten: TrialJob[] = [];
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private isReached = false;
  /** Tasks that were not over at the last look, and all that are known to be over; undefined before the first one. */
  private live: ReadonlySet<string> = new Set();
  private over: Set<string> | undefined;
  /** Tasks that a person cancelled: so many workers fewer. */
  private cancelled = 0;
  private idleFailures = 0;
  private failures = 0;
  private askPause: number;
  private askAt = 0;
  private submitAt = 0;

  constructor(
    private readonly cluster: SlurmCluster,
    readonly trainsAtOnce: number,
    private readonly pace: SlurmPace = usualPace,
  ) {
    this.askPause = pace.ask;
  }

  submit(job: TrialJob): void {
    this.open.set(job.key, { job, attempts: 0, task: undefined, releaseAt: undefined });
    this.unwritten.push(job);
    this.loop ??= this.run().catch((error: Error) => this.queue.fail(error));
  }

  events(): AsyncIterable<TrialEvent> {
    return this.queue;
  }

  async stop(why: InterruptReason): Promise<void> {
    this.stopping.abort();
    await this.loop;
    if (this.isReached) {
      // Tasks that cannot be told now are told by the file of the request, or see that they have nothing to do.
      await this.endTasks(why).catch(() => undefined);
    }
    await this.cluster.shell.close();
    this.queue.end();
  }

  /** @throws Error where no trial can be trained: the cluster is not there, or refuses what is asked for */
  private async run(): Promise<void> {
    const { commands, folder, files } = this.cluster;
    await commands.check();
    await folder.make();
    await files.push([]);
    await files.remove([slurmFiles.stop]);
    this.isReached = true;
    while (!this.stopping.signal.aborted) {
      await this.lookOrWait();
      await sleep(this.pace.look, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** What fails now may go well later: a controller is restarted, a network comes back. The first failure of a series is told. */
  private async lookOrWait(): Promise<void> {
    try {
      await this.look();
      this.failures = 0;
    } catch (error) {
      if (error instanceof SlurmError) {
        throw error;
      }
      this.failures += 1;
      const [first] = this.open.keys();
      if (this.failures === 1 && first !== undefined) {
        this.queue.push({ type: "retried", key: first, attempt: 1, reason: (error as Error).message });
      }
      this.askAt = performance.now() + this.pauseAfter(this.failures);
    }
  }

  private async look(): Promise<void> {
    await this.writeJobs();
    await this.passStops();
    const isTimeToAsk = performance.now() >= this.askAt;
    if (isTimeToAsk || this.cluster.files.isShared) {
      await this.takeNews();
    }
    if (isTimeToAsk && this.open.size > 0) {
      this.askAt = performance.now() + this.askPause;
      this.askPause = Math.min(this.pace.mostAsk, this.askPause * 1.5);
      await this.compare();
    }
  }

  private async writeJobs(): Promise<void> {
    const { folder, files } = this.cluster;
    const jobs = [...this.unwritten];
    if (jobs.length === 0) {
      return;
    }
    for (const job of jobs) {
      await folder.addJob(job);
    }
    await files.remove(jobs.map(({ key }) => stoppedFile(key)));
    const data = jobs.flatMap(({ dataFile }) => (dataFile === null ? [] : [folder.inside(dataFile)]));
    await files.push([...new Set(data), ...jobs.map(({ key }) => jobFile(key))]);
    this.unwritten.splice(0, jobs.length);
    this.hasChanged();
  }

  private async passStops(): Promise<void> {
    const trained = [...this.open.values()].flatMap(({ task, job }) => (task === undefined ? [] : [job.dir]));
    if (await passStopRequests(this.cluster, trained)) {
      this.hasChanged();
    }
  }

  private async takeNews(): Promise<void> {
    await this.cluster.files.pull();
    await this.takeResults();
    await this.takeStops();
    await this.takeClaims();
  }

  private async takeResults(): Promise<void> {
    const { folder, files } = this.cluster;
    const done: string[] = [];
    for (const key of await recordedKeys(folder.sweep)) {
      const result = this.open.has(key) ? await readResult(folder.sweep, key) : undefined;
      if (result !== undefined) {
        this.open.delete(key);
        done.push(jobFile(key), claimFile(key));
        this.queue.push({ type: "ended", key, result });
        this.idleFailures = 0;
        this.hasChanged();
      }
    }
    await files.remove(done);
  }

  private async takeStops(): Promise<void> {
    const stopped = (await this.cluster.folder.stoppedKeys()).filter((key) => this.open.delete(key));
    stopped.forEach((key) => this.queue.push({ type: "stopped", key }));
    await this.cluster.files.remove(stopped.flatMap((key) => [jobFile(key), claimFile(key), stoppedFile(key)]));
  }

  private async takeClaims(): Promise<void> {
    const { folder } = this.cluster;
    for (const key of await folder.claimedKeys()) {
      const open = this.open.get(key);
      if (open !== undefined && open.task === undefined) {
        open.task = await folder.claimant(key);
        this.queue.push({ type: "began", key });
        this.idleFailures = 0;
        this.hasChanged();
      }
    }
  }

  /** Slurm is asked again soon: where tasks are missing, at once. */
  private hasChanged(): void {
    this.askPause = this.pace.ask;
    this.askAt = Math.min(this.askAt, this.live.size === 0 ? 0 : performance.now() + this.pace.ask);
  }

  private async compare(): Promise<void> {
    const { commands } = this.cluster;
    const tasks = await this.currentTasks();
    this.status = tasksInWords(tasks.values());
    this.live = new Set([...tasks.values()].filter((task) => !isOver(task)).map(({ id }) => id));
    const ended = [...tasks.values()].filter((task) => isOver(task) && this.over?.has(task.id) === false);
    const isFirst = this.over === undefined;
    this.over = new Set([...tasks.values()].filter(isOver).map(({ id }) => id));
    await this.recoverJobs(tasks, isFirst);
    await this.noteEnds(ended);
    await this.freeHeld(tasks);
    const workers = this.trainsAtOnce - this.cancelled;
    const missing = Math.min(workers, this.open.size) - this.live.size;
    if (missing > 0 && performance.now() >= this.submitAt && (await submitTasks(commands, missing, this.live.size > 0)) > 0) {
      this.hasChanged();
    }
  }

  /** All tasks that count: those that Slurm tells of, and those of claims and of the last look that it has forgotten. */
  private async currentTasks(): Promise<Map<string, SlurmTask>> {
    const { commands } = this.cluster;
    const tasks = await commands.tasks();
    const claimants = [...this.open.values()].flatMap(({ task }) => task ?? []);
    const missing = [...new Set([...this.live, ...claimants])].filter((id) => id !== "" && !tasks.has(id));
    const remembered = await commands.forgotten(missing);
    missing.forEach((id) => tasks.set(id, remembered.get(id) ?? unknownTask(id)));
    return tasks;
  }

  /** Jobs whose tasks are lost are free again, after a pause. */
  private async recoverJobs(tasks: ReadonlyMap<string, SlurmTask>, isFirst: boolean): Promise<void> {
    const taskOf = ({ task = "" }: OpenJob): SlurmTask => tasks.get(task) ?? unknownTask(task);
    const claimed = [...this.open.values()].filter((open) => open.task !== undefined);
    if (claimed.some((open) => isOver(taskOf(open)))) {
      // It may have ended since with a result.
      await this.takeNews();
    }
    for (const open of claimed.filter(({ job }) => this.open.has(job.key))) {
      if (open.releaseAt !== undefined) {
        await this.releaseInTime(open);
      } else if (isOver(taskOf(open)) && !(await ownerLives(open.job.dir))) {
        await (isFirst ? this.release(open) : this.lose(open, taskOf(open)));
      }
    }
  }

  private async lose(open: OpenJob, task: SlurmTask): Promise<void> {
    const { kind } = meaningOf(task);
    const reason = await this.wordsOn(task);
    open.attempts += kind === "goes on" ? 0 : 1;
    if (kind === "ends") {
      return this.abandon([open], reason);
    }
    if (open.attempts >= mostAttempts) {
      return this.abandon([open], `${reason} (tried ${open.attempts} times)`);
    }
    this.queue.push({ type: "retried", key: open.job.key, attempt: Math.max(1, open.attempts), reason });
    open.releaseAt = performance.now() + (open.attempts === 0 ? 0 : this.pauseAfter(open.attempts - 1));
    return this.releaseInTime(open);
  }

  private async releaseInTime(open: OpenJob): Promise<void> {
    if (performance.now() >= open.releaseAt!) {
      await this.release(open);
    } else {
      this.askAt = Math.min(this.askAt, open.releaseAt!);
    }
  }

  private async release(open: OpenJob): Promise<void> {
    await this.cluster.files.remove([claimFile(open.job.key)]);
    open.task = undefined;
    open.releaseAt = undefined;
  }

  private async abandon(jobs: readonly OpenJob[], reason: string): Promise<void> {
    for (const { job } of jobs) {
      this.open.delete(job.key);
      this.queue.push({ type: "abandoned", key: job.key, reason });
    }
    await this.cluster.files.remove(jobs.flatMap(({ job: { key } }) => [jobFile(key), claimFile(key)]));
  }

  /** Counts, of the tasks that ended since the last look, those that a person cancelled, and those that failed before they took a job. */
  private async noteEnds(ended: readonly SlurmTask[]): Promise<void> {
    const cancelled = ended.filter(({ state }) => state === "CANCELLED").length;
    this.cancelled += cancelled;
    if (this.cancelled >= this.trainsAtOnce || (cancelled > 0 && this.live.size === 0)) {
      await this.abandon([...this.open.values()], "All Slurm tasks of the sweep were cancelled");
    }
    const claimants = new Set([...this.open.values()].map(({ task }) => task));
    const idle = ended.find((task) => meaningOf(task).kind !== "goes on" && task.state !== "CANCELLED" && !claimants.has(task.id));
    if (idle !== undefined) {
      await this.noteIdleFailure(await this.wordsOn(idle));
    }
  }

  /** @throws SlurmError where tasks always fail before they train anything: the fault is in what they are started with */
  private async noteIdleFailure(reason: string): Promise<void> {
    const first = [...this.open.values()].find(({ task }) => task === undefined);
    if (first === undefined) {
      return;
    }
    this.idleFailures += 1;
    if (this.idleFailures >= mostAttempts) {
      throw new SlurmError(`The Slurm tasks of the sweep end before they train anything. ${reason}`);
    }
    this.queue.push({ type: "retried", key: first.job.key, attempt: this.idleFailures, reason });
    this.submitAt = performance.now() + this.pauseAfter(this.idleFailures);
    this.askAt = Math.min(this.askAt, this.submitAt);
  }

  /** A task that Slurm could not launch waits for somebody who lets it run again. */
  private async freeHeld(tasks: ReadonlyMap<string, SlurmTask>): Promise<void> {
    const held = [...tasks.values()].filter(isHeldAfterFailure);
    if (held.length > 0) {
      await this.cluster.commands.release(held.map(({ id }) => id));
      await this.noteIdleFailure(`Slurm could not launch the task ${held[0]!.id}: ${held[0]!.reason}`);
    }
  }

  /** Stops the tasks with checkpoints; those that do not stop are cancelled. */
  private async endTasks(why: InterruptReason): Promise<void> {
    const { commands, folder, files } = this.cluster;
    await folder.requestStop(why);
    await files.push([slurmFiles.stop]);
    await commands.cancel("pending").catch(() => undefined);
    if (!(await this.haveEnded(this.pace.stop))) {
      await commands.cancel("all");
      await this.haveEnded(killMilliseconds);
    }
    await files.remove([...this.open.keys()].map(claimFile));
  }

  /** Waits for the end of the trainings. @returns false when they take longer */
  private async haveEnded(milliseconds: number): Promise<boolean> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      await this.takeNews();
      if (this.open.size === 0 || !(await this.isTraining())) {
        return true;
      }
      if (performance.now() >= deadline) {
        return false;
      }
      await sleep(this.pace.look);
    }
  }

  private async isTraining(): Promise<boolean> {
    const claimed = [...this.open.values()].filter(({ task }) => task !== undefined);
    const owned = await Promise.all(claimed.map(({ job }) => ownerLives(job.dir)));
    if (owned.includes(true)) {
      return true;
    }
    const tasks = await this.cluster.commands.tasks().catch(() => new Map<string, SlurmTask>());
    return [...tasks.values()].some((task) => !isOver(task) && task.state !== "PENDING" && task.state !== "COMPLETING");
  }

  private async wordsOn(task: SlurmTask): Promise<string> {
    return endInWords(task, printableLines(await this.cluster.folder.lastWords(task.id)));
  }

  private pauseAfter(failures: number): number {
    return Math.min(this.pace.mostAsk, this.pace.ask * 2 ** failures);
  }
}

function unknownTask(id: string): SlurmTask {
  return { id, state: "UNKNOWN", reason: "" };
}
