import type { ExperimentSpec } from "../experiment/spec.js";
import { deployedModelToTensors } from "../rnn/shipping/deployedModelFile.js";
import type { Trainer } from "../rnn/training/trainer.js";
import type { Course } from "../runs/course.js";
import { shippedValidation, validationMethod } from "../runs/figureMethods.js";
import { interruptReasonOf, TrainingInterruption } from "../runs/interruption.js";
import { measures } from "../runs/measures.js";
import type { RunWriter } from "../runs/runWriter.js";
import { watchStopRequests } from "../runs/stopRequest.js";
import { TrainingDisplay } from "./trainingDisplay.js";
import type { TrainingEnvironment } from "./environment.js";
import { cellHost } from "../display/host.js";
import { type OnStep, StepCallback } from "./stepCallback.js";
import { ProcessEnd } from "./processEnd.js";
import { trainingLoop } from "./trainingLoop.js";

export interface Training {
  readonly spec: ExperimentSpec;
  readonly trainer: Trainer;
  readonly writer: RunWriter;
  readonly environment: TrainingEnvironment;
  /** The course of the run so far, before this process took it over; it follows the training. */
  readonly course: Course;
  /** Called after each step. */
  readonly onStep?: OnStep | undefined;
  /** A step with a validation at which the training pauses, its checkpoint written. */
  readonly pauseAt?: number | undefined;
  /** What else stops the training with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Chooses the weights that ship and writes the run's result, its last file.
 * @param stopReason why the training ended before its last step
 */
export async function finishRun({ spec, trainer, writer, environment, course }: Training, stopReason: string | undefined): Promise<void> {
  const { model, candidates } = trainer.deploy();
  await writer.model(deployedModelToTensors(model));
  const validation = shippedValidation(spec, course);
  if (validation === undefined) {
    throw new Error("A finished training has no validation: the run's events are incomplete");
  }
  const measure = measures[spec.task.kind];
  await writer.finish({
    version: 1,
    steps: trainer.stepsDone,
    trainingSeconds: course.seconds,
    computeKernel: environment.kernel.name,
    backend: environment.backend.name,
    figures: {
      measure: measure.name,
      validation: measure.of(validation) ?? null,
      deployableTest: null,
      authorStyleTest: null,
      how: { validation: validationMethod(spec, validation), deployableTest: null, authorStyleTest: null },
    },
    validationBpc: spec.task.kind === "character-model" ? validation.bpc : null,
    deployableTestBpc: null,
    authorStyleTestBpc: null,
    deployableTestAccuracy: null,
    authorStyleTestAccuracy: null,
    choice: model.choice,
    candidates: [...candidates],
    ...(stopReason !== undefined && { stopReason }),
  });
}

/** Trains into a run directory with a live display, and leaves it finished, interrupted or, on an error, failed. */
export async function trainIntoRun(training: Training): Promise<void> {
  const { spec, trainer, writer, environment } = training;
  const stop = new AbortController();
  const end = endOfProcess();
  const signal = AbortSignal.any([end.signal, stop.signal, ...(training.signal ? [training.signal] : [])]);
  const stopWatching = watchStopRequests(writer.dir, () => stop.abort(new TrainingInterruption("stopped")));
  const display = new TrainingDisplay(writer.dir, spec, environment, training.course);
  try {
    const onStep = training.onStep && new StepCallback(training.onStep, trainer);
    const outcome = await trainingLoop({ spec, trainer, writer, environment, signal, observer: display, pauseAt: training.pauseAt, onStep });
    if (outcome === "finished") {
      await finishRun(training, onStep?.stopReason);
    } else {
      await writer.interrupted(trainer.stepsDone, signal.aborted ? interruptReasonOf(signal) : "paused");
    }
    display.end(outcome);
  } catch (error) {
    await writer.failed(trainer.stepsDone, error instanceof Error ? error.message : String(error));
    display.end("crashed");
    throw error;
  } finally {
    stopWatching();
    await writer.close();
    end.release();
  }
}

/** What stops the training before its process ends, and lets the process end after it. */
export function endOfProcess(): Pick<ProcessEnd, "signal" | "release"> {
  const host = cellHost();
  return host === undefined ? new ProcessEnd() : { signal: host.interrupt, release: host.holdOpen?.() ?? (() => {}) };
}
