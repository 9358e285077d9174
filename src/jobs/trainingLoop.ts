import type { ExperimentSpec } from "../experiment/spec.js";
import type { StepReport, Trainer } from "../rnn/training/trainer.js";
import type { RunEvent } from "../runs/contract.js";
import type { RunWriter } from "../runs/runWriter.js";
import { CheckpointClock } from "./checkpointClock.js";
import { steadyClock } from "../runs/steadyClock.js";
import type { TrainingEnvironment } from "./environment.js";
import type { StepCallback } from "./stepCallback.js";

/** Seconds between two step reports: often enough for a live curve, seldom enough for a small file. */
const secondsBetweenReports = 0.1;

export interface LoopObserver {
  /** Called for each event once it is handed to the run's file. */
  onEvent(event: RunEvent): void;
}

/** Sums up the steps since the last report. */
class StepSum {
  private losses = 0;
  private steps = 0;
  private predictions = 0;
  private correct = 0;
  private since = performance.now();

  add({ loss, predictions, correct }: StepReport): void {
    this.losses += loss;
    this.steps += 1;
    this.predictions += predictions;
    this.correct += correct;
  }

  get isDue(): boolean {
    return this.seconds >= secondsBetweenReports;
  }

  private get seconds(): number {
    return (performance.now() - this.since) / 1000;
  }

  take(): { loss: number; bpc: number; accuracy: number; charactersPerSecond: number } {
    const loss = this.losses / this.steps;
    const accuracy = this.correct / this.predictions;
    const charactersPerSecond = this.predictions / Math.max(this.seconds, 1e-9);
    this.losses = this.steps = this.predictions = this.correct = 0;
    this.since = performance.now();
    return { loss, bpc: loss / Math.LN2, accuracy, charactersPerSecond };
  }

  /** Leaves out time that was not spent on steps. */
  restartClock(): void {
    this.since = performance.now();
  }
}

function validatesAfter(step: number, { steps, validateEvery }: ExperimentSpec): boolean {
  return step === steps || step % validateEvery === 0;
}

/** Lets messages (an interrupt, a display request) in between two steps. */
function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export interface Loop {
  readonly spec: ExperimentSpec;
  readonly trainer: Trainer;
  readonly writer: RunWriter;
  readonly environment: TrainingEnvironment;
  readonly signal: AbortSignal;
  readonly observer: LoopObserver;
  /** A step with a validation at which the training is interrupted; default: none. */
  readonly pauseAt?: number | undefined;
  readonly onStep?: StepCallback | undefined;
}

/**
 * Trains until all steps are done, a callback stops it or `signal` aborts; writes events and validations as it goes, and a checkpoint with each
 * validation and whenever a minute's work would be lost without one.
 * @returns "finished" or "interrupted"; after an interrupt the checkpoint holds the last step
 * @throws TrainingDivergedError, and what a schedule or a callback of a cell throws, the checkpoint then being of the last step; the run
 * then reads as crashed, with the reason in its events
 */
export async function trainingLoop({ spec, trainer, writer, environment, signal, observer, pauseAt = Infinity, onStep }: Loop): Promise<"finished" | "interrupted"> {
  const emit = (event: RunEvent) => {
    writer.append(event);
    observer.onEvent(event);
  };
  const milliseconds = steadyClock();
  const now = () => milliseconds() / 1000;
  emit({
    type: "started",
    time: now(),
    step: trainer.stepsDone,
    steps: spec.steps,
    computeKernel: environment.kernel.name,
    backend: environment.backend.name,
    threads: environment.kernel.threads,
  });
  const report = new StepSum();
  const clock = new CheckpointClock();
  const checkpoint = async (): Promise<void> => {
    await writer.checkpoint(trainer.checkpoint(), trainer.stepsDone);
    clock.written();
    report.restartClock();
  };
  /** Calls a function of a cell: what it throws ends the training, and nothing that was trained is lost. */
  const ofCell = async <T>(call: () => T | Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      await checkpoint();
      throw error;
    }
  };
  const isStopped = (): boolean => onStep?.stopReason !== undefined;
  const isDone = (): boolean => trainer.isFinished || isStopped();
  const tell = ({ step, learningRate, gradientNorm }: StepReport, validates: boolean): void => {
    if (report.isDue || validates || step === 1) {
      emit({ type: "step", time: now(), step, learningRate, gradientNorm, ...report.take() });
    }
    if (validates) {
      emit({ type: "validation", time: now(), step, ...trainer.validate() });
      emit({ type: "weights", time: now(), step, matrices: trainer.weightReport() });
    }
  };
  while (!isDone() && !signal.aborted && trainer.stepsDone < pauseAt) {
    const done = trainer.step(await ofCell(() => trainer.learningRate()));
    report.add(done);
    await ofCell(() => onStep?.after(done));
    const validates = validatesAfter(done.step, spec) || isStopped();
    tell(done, validates);
    if (clock.isDue() || validates) {
      await checkpoint();
    }
    await yieldToEvents();
  }
  if (isDone()) {
    return "finished";
  }
  await checkpoint();
  return "interrupted";
}
