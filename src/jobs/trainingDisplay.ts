import type { ExperimentSpec } from "../experiment/spec.js";
import type { RunEvent, RunState } from "../runs/contract.js";
import type { Course } from "../runs/course.js";
import { curveSvg } from "../runs/curveSvg.js";
import { measures, named } from "../runs/measures.js";
import { resumeHint } from "../runs/runState.js";
import { snapshotOf } from "../runs/runSnapshot.js";
import type { RunSnapshot } from "../runs/runViews.js";
import type { TrainingOutputData } from "../../webview/contract.js";
import { trainingMime } from "../../webview/protocol.js";
import type { TrainingEnvironment } from "./environment.js";
import { cellHost, type DisplayHandle, type MimeBundle } from "../display/host.js";
import type { LoopObserver } from "./trainingLoop.js";
import { escapeHtml } from "../text/markup.js";

/** Milliseconds between two pictures: an editor redraws each, and a slow one falls behind at more. */
const redrawMilliseconds = 500;

/** One line of progress: step, loss, the task's figure, speed, time left. */
export function progressLine(run: RunSnapshot): string {
  const measure = measures[run.task];
  const [loss, figure] = [run.train.loss.at(-1), run.train.figure.at(-1)];
  const figures = typeof loss !== "number" || figure === undefined ? [] : [`loss ${loss.toFixed(3)}`, named(measure, figure)];
  const speed = run.itemsPerSecond === null ? [] : [`${Math.round(run.itemsPerSecond)} ${measure.items}/s`];
  const left = run.secondsLeft === null ? [] : [`${Math.ceil(run.secondsLeft)} s left`];
  return [`${writtenState(run)} ${run.step}/${run.steps}`, ...figures, ...speed, ...left].join("  ");
}

/** The state as a notebook keeps it: one that is opened later must not say that a training runs. */
function writtenState({ state }: RunSnapshot): string {
  return state === "running" ? "was training when this was saved," : state;
}

/** The live output of a training cell: progress bar and curve, replaced as a whole at each redraw. */
export class TrainingDisplay implements LoopObserver {
  private handle: DisplayHandle | undefined;
  private drawnAt = -Infinity;

  /** @param course of the run so far; it takes the events to come */
  constructor(
    private readonly dir: string,
    private readonly spec: ExperimentSpec,
    private readonly environment: TrainingEnvironment,
    private readonly course: Course,
  ) {
    this.report("running");
  }

  onEvent(event: RunEvent): void {
    this.course.add(event);
    if (performance.now() - this.drawnAt >= redrawMilliseconds) {
      this.draw("running");
    }
  }

  /** The last picture, which stays in the saved notebook. */
  end(state: Exclude<RunState, "running">): void {
    this.draw(state);
    this.report(state);
  }

  private report(state: RunState): void {
    cellHost()?.report({ kind: "run", dir: this.dir, state, measure: measures[this.spec.task.kind].name, test: null, testBpc: null });
  }

  private draw(state: RunState): void {
    const host = cellHost();
    if (host === undefined) {
      return;
    }
    this.drawnAt = performance.now();
    const bundle = this.bundle(state);
    if (this.handle) {
      this.handle.update(bundle);
    } else {
      this.handle = host.display(bundle);
    }
  }

  private bundle(state: RunState): MimeBundle {
    const snapshot = snapshotOf({ dir: this.dir, spec: this.spec, state, log: this.course }, 0);
    const { kernel, backend, notes } = this.environment;
    return trainingBundle(snapshot, [`${kernel.name}, ${kernel.threads} threads; TensorFlow.js backend ${backend.name}`, ...notes]);
  }
}

/**
 * A training as a cell shows it: progress and curve.
 * @param where lines about what computes it
 */
export function trainingBundle(snapshot: RunSnapshot, where: readonly string[]): MimeBundle {
  const { dir, state } = snapshot;
  const hint = state === "interrupted" || state === "crashed" ? [`To train on: ${resumeHint(dir)}`] : [];
  const text = [progressLine(snapshot), ...where, ...hint].join("\n");
  const svg = curveSvg({ ...snapshot, state: writtenState(snapshot) }, "neutral");
  const output: TrainingOutputData = { ...snapshot, state: state === "running" ? "unsettled" : state };
  return {
    [trainingMime]: JSON.stringify(output),
    "image/svg+xml": svg,
    "text/html": `<div>${svg}<pre>${escapeHtml(text)}</pre></div>`,
    "text/plain": text,
  };
}
