import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cellHost, type Displayable, type DisplayHandle, displaySymbol, type MimeBundle } from "../display/host.js";
import { table } from "../display/html.js";
import { requireText } from "../experiment/options.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import { startTraining } from "../jobs/startTraining.js";
import { trainingBundle } from "../jobs/trainingDisplay.js";
import type { RunState } from "../runs/contract.js";
import type { Course } from "../runs/course.js";
import { measures } from "../runs/measures.js";
import { followCourse, readRun, RunError, type RunReading } from "../runs/readRun.js";
import { snapshotOf } from "../runs/runSnapshot.js";
import { resumeHint, stateInWords } from "../runs/runState.js";
import { summaryOf } from "../runs/runSummary.js";
import { stopTraining } from "../runs/stopTraining.js";
import { type ExportedRuns, exportFromCell, type ExportOptions } from "./exportedRuns.js";
import { openRun, type Run } from "./run.js";

const pollMilliseconds = 500;

/** A run that a process of its own trains, or has trained; made by `experiment.start()` and `tl.followRun(dir)`. */
export class StartedRun implements Displayable {
  constructor(
    readonly dir: string,
    readonly spec: ExperimentSpec,
  ) {}

  /** The state of the run, told by what its directory holds; it is read anew at each call. */
  async state(): Promise<RunState> {
    return (await readRun(this.dir)).state;
  }

  /**
   * Shows the live curve until the training ends, and returns how it ended. Stopping the cell ends the watching, not the training.
   */
  async watch(): Promise<RunState> {
    const follower = followCourse(this.dir);
    const signal = cellHost()?.interrupt;
    let handle: DisplayHandle | undefined;
    for (;;) {
      const reading = await follower.poll();
      const bundle = picture(reading);
      if (handle === undefined) {
        handle = cellHost()?.display(bundle);
      } else {
        handle.update(bundle);
      }
      if (reading.state !== "running" || signal?.aborted) {
        return reading.state;
      }
      await sleep(pollMilliseconds, undefined, signal && { signal }).catch(() => undefined);
    }
  }

  /**
   * Waits for the end of the training, with its live curve, and opens the run.
   * @throws RunError where it stopped before its last step, or the cell was stopped, which leaves the training as it is
   */
  async done(): Promise<Run> {
    const state = await this.watch();
    if (state === "running") {
      throw new RunError(`The run ${this.dir} still trains: wait on with await run.done(), or stop it with await run.stop().`);
    }
    if (state !== "finished") {
      throw new RunError(`The run ${this.dir} is ${stateInWords(await readRun(this.dir))}. To train on: ${resumeHint(this.dir)}`);
    }
    return openRun(this.dir);
  }

  /** Writes what there is of the run for another tool, as `run.export()` does; the training goes on. */
  async export(options: ExportOptions): Promise<ExportedRuns> {
    return exportFromCell("run.export", [this.dir], options);
  }

  /** Stops the training with a checkpoint, wherever it runs, and waits until it has stopped. */
  async stop(): Promise<RunState> {
    return (await stopTraining(this.dir)).state;
  }

  /**
   * Trains on from the last checkpoint, again in a process of its own.
   * @throws RunError for a run that is finished, or that a living process trains
   */
  async resume(): Promise<this> {
    const { state } = await readRun(this.dir);
    if (state === "finished" || state === "running") {
      throw new RunError(`The run ${this.dir} is ${state}: ${state === "running" ? "it trains already." : "start a new run to train longer."}`);
    }
    await startTraining(this.dir, this.spec);
    return this;
  }

  async [displaySymbol](): Promise<MimeBundle> {
    const reading = await readRun(this.dir);
    const { step, steps, metric } = summaryOf(reading, 0);
    const { text } = measures[this.spec.task.kind];
    return table(`Run: ${this.spec.name}`, [
      ["state", stateInWords(reading)],
      ["steps", `${step} of ${steps}`],
      ...(metric === null ? [] : [[metric.label, text(metric.value)] as const]),
      ["directory", this.dir],
      ["to watch it", "await run.watch()"],
    ]);
  }
}

function picture(reading: RunReading<Course>): MimeBundle {
  const { computeKernel, threads, backend } = reading.log.started ?? {};
  const where = computeKernel === undefined ? [] : [`${computeKernel}, ${threads} threads${backend === "none" ? "" : `; TensorFlow.js backend ${backend}`}`];
  return trainingBundle(snapshotOf(reading, 0), [...where, `trains in a process of its own: ${reading.dir}`]);
}

/**
 * A run by its directory, whoever trains it: to watch, await, stop or resume it.
 * @throws RunError when the directory holds no run
 */
export async function followRun(dir: string): Promise<StartedRun> {
  requireText("tl.followRun", dir, "the directory of a run");
  const absolute = path.resolve(dir);
  const { spec } = await readRun(absolute);
  return new StartedRun(absolute, spec);
}
