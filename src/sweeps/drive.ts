import type { InterruptReason } from "../runs/contract.js";
import { interruptReasonOf, TrainingInterruption } from "../runs/interruption.js";
import type { Trial } from "./contract.js";
import type { SweepEngine, TrialEvent, TrialJob } from "./engine.js";
import { nextPoint } from "./nextPoint.js";
import type { CheckedSpace, Point } from "./space.js";
import { labelsAt } from "./space.js";
import { dataFileOf, type SweepWriter, trialDir } from "./sweepDirectory.js";

/** What the trial function makes of a point: a trial for each seed, or the reason why there is none. */
export type MadeTrials = { readonly trials: readonly Trial[] } | { readonly fault: string };

export interface Driver {
  readonly engine: SweepEngine;
  /** The space and the trial function; absent where the cell is not at hand that has them, and the candidates so far are trained. */
  readonly cell?: { readonly space: CheckedSpace; make(point: Point, number: number): Promise<MadeTrials> };
  readonly signal: AbortSignal;
  /** Called whenever something has changed. @param running keys of the jobs that are being trained */
  onChange(running: ReadonlySet<string>): void;
}

/**
 * Chooses the candidates that need no results: all of a grid or a random search. What is wrong with one of them is known before
 * anything is trained.
 */
export async function chooseAhead(sweep: SweepWriter, { space, make }: NonNullable<Driver["cell"]>): Promise<void> {
  while (sweep.spec.search.kind !== "tpe" || sweep.ledger.history().length === 0) {
    if (!(await choose(sweep, space, make))) {
      break;
    }
  }
  // Once for all: of thousands of candidates each would wait for the disk, and none is trained before.
  await sweep.sync();
}

/** @returns whether there was a point left; the candidate is on the disk after the next `append` or `sync` */
async function choose(sweep: SweepWriter, space: CheckedSpace, make: NonNullable<Driver["cell"]>["make"]): Promise<boolean> {
  const { ledger, spec } = sweep;
  const number = ledger.candidates.length;
  const point = nextPoint({ space, search: spec.search, seed: spec.seed }, ledger.chosen, spec.search.kind === "tpe" ? ledger.history() : []);
  if (point === undefined) {
    return false;
  }
  const made = await make(point, number);
  await sweep.write({
    type: "candidate",
    number,
    point,
    parameters: labelsAt(space, point),
    ...("fault" in made ? { trials: [], fault: made.fault } : { trials: [...made.trials] }),
  });
  return true;
}

/**
 * Trains the trials of a sweep until all is done or the signal aborts; then every training has a checkpoint, and the sweep can go on in any
 * process.
 * @returns "finished", or "stopped" where something is left to do
 */
export async function driveSweep(sweep: SweepWriter, driver: Driver): Promise<"finished" | "stopped"> {
  const drive = new Drive(sweep, driver);
  const { name, slots, trainsAtOnce = slots } = driver.engine;
  await sweep.append({ type: "started", engine: name, slots: trainsAtOnce });
  const why = await drive.run().catch(async (error: unknown) => {
    await sweep.append({ type: "ended", why: "stopped" });
    throw error;
  });
  await sweep.append({ type: "ended", why });
  return why;
}

class Drive {
  /** What the engine has. */
  private readonly submitted = new Map<string, TrialJob>();
  /** What of it is being trained. */
  private readonly running = new Set<string>();

  constructor(
    private readonly sweep: SweepWriter,
    private readonly driver: Driver,
  ) {}

  async run(): Promise<"finished" | "stopped"> {
    const { engine, signal } = this.driver;
    const stopAsked = new AbortController();
    const stopWatching = this.sweep.watchStop(() => stopAsked.abort(new TrainingInterruption("stopped")));
    const stop = AbortSignal.any([signal, stopAsked.signal]);
    let stopping: Promise<void> | undefined;
    const end = (why: InterruptReason): void => void (stopping ??= engine.stop(why));
    const onAbort = (): void => end(interruptReasonOf(stop));
    stop.addEventListener("abort", onAbort, { once: true });
    const events = engine.events();
    try {
      if (stop.aborted || (await this.fill()) === "over") {
        end("stopped");
      }
      for await (const event of events) {
        await this.take(event);
        if (!stop.aborted && (await this.fill()) === "over") {
          end("stopped");
        }
      }
    } finally {
      end("stopped");
      await stopping;
      stop.removeEventListener("abort", onAbort);
      stopWatching();
    }
    return this.isFinished() ? "finished" : "stopped";
  }

  /** Whether there is nothing left that this or another process could do. */
  private isFinished(): boolean {
    const { ledger } = this.sweep;
    const isComplete = ledger.next(new Set(), true).type === "over" && ledger.abandoned.size === 0;
    return isComplete;
  }

  /** Gives the engine as much as it takes. */
  private async fill(): Promise<"over" | "waiting"> {
    const { engine, cell } = this.driver;
    const { ledger } = this.sweep;
    while (this.submitted.size < engine.slots) {
      const next = ledger.next(new Set(this.submitted.keys()), cell !== undefined);
      switch (next.type) {
        case "over":
          return "over";
        case "wait":
          return "waiting";
        case "choose":
          await choose(this.sweep, cell!.space, cell!.make);
          await this.sweep.sync();
          break;
        case "promote":
          await this.sweep.append({ type: "promoted", number: next.candidate, rung: next.rung });
          break;
        case "train": {
          const { trial, steps, key } = next;
          const { dir } = this.sweep;
          const job = { key, trial: trial.id, spec: trial.spec, steps, sweep: dir, dir: trialDir(dir, ledger, trial), dataFile: dataFileOf(dir, trial.spec) };
          this.submitted.set(key, job);
          engine.submit(job);
        }
      }
    }
    return "waiting";
  }

  /** An engine may tell anything again, and of jobs of an earlier driver. */
  private async take(event: TrialEvent): Promise<void> {
    if (event.type === "notice") {
      return this.sweep.append(event);
    }
    const job = this.submitted.get(event.key);
    if (job === undefined) {
      return;
    }
    this.running.delete(event.key);
    switch (event.type) {
      case "began":
        this.running.add(event.key);
        break;
      case "ended":
        this.submitted.delete(event.key);
        this.sweep.ledger.addResult(event.result);
        break;
      case "retried":
        await this.sweep.append({ type: "retried", trial: job.trial, attempt: event.attempt, reason: event.reason });
        break;
      case "stopped":
        await this.giveUp(job, "stopped", `${job.spec.name}: stopped by a person; whoever goes on with the sweep trains it further`);
        break;
      case "abandoned":
        await this.giveUp(job, "failed", event.reason);
    }
    this.driver.onChange(new Set(this.running));
  }

  private async giveUp({ key, trial, steps }: TrialJob, why: "failed" | "stopped", reason: string): Promise<void> {
    this.submitted.delete(key);
    await this.sweep.append({ type: "abandoned", trial, steps, why, reason });
  }
}
