import type { Curve, RunSnapshot } from "../../webview/contract.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import type { RunEvent, RunEventOf, RunState } from "./contract.js";
import { decimatedIndices } from "./decimate.js";
import { measures } from "./measures.js";
import type { RunReading } from "./readRun.js";
import { parametersInWords } from "./specInWords.js";

/** Points of one curve in a snapshot. */
const maximumPoints = 2_000;
/** The time left is told from the pace of the last so many reports. */
const reportsForPace = 50;

type Timed<E> = E & { readonly seconds: number };

/** A run's events without those that a resume from an earlier checkpoint has overtaken. */
interface Course {
  started?: RunEventOf<"started">;
  /** Seconds of training up to each; breaks between two owners do not count. */
  readonly reports: Timed<RunEventOf<"step">>[];
  readonly validations: Timed<RunEventOf<"validation">>[];
  readonly weights: RunEventOf<"weights">[];
  /** Reports before the present owner's first. */
  earlierReports: number;
  step: number;
}

/**
 * What a view shows of a run, complete in itself.
 * @param colour index into the chart colours
 */
export function snapshotOf(reading: Pick<RunReading, "dir" | "spec" | "state" | "events" | "result">, colour: number): RunSnapshot {
  const { dir, spec, state, events } = reading;
  const course = courseOf(events);
  const { reports, validations, started } = course;
  const last = reports.at(-1);
  return {
    dir,
    name: spec.name,
    task: spec.task.kind,
    state,
    colour,
    metric: metricOf(reading, validations),
    step: course.step,
    steps: spec.steps,
    itemsPerSecond: last?.charactersPerSecond ?? null,
    secondsLeft: secondsLeft(spec, state, course),
    computeKernel: started?.computeKernel ?? "",
    parameters: parametersInWords(spec),
    train: curveOf(reports, spec),
    validation: curveOf(validations, spec),
    learningRate: seriesOf(reports, ({ learningRate }) => learningRate),
    gradientNorm: seriesOf(reports, ({ gradientNorm }) => gradientNorm),
    itemsPerSecondHistory: seriesOf(reports, ({ charactersPerSecond }) => charactersPerSecond),
    weights: weightsOf(course.weights),
    matrices: matricesOf(course.weights),
  };
}

function courseOf(events: readonly RunEvent[]): Course {
  const course: Course = { reports: [], validations: [], weights: [], earlierReports: 0, step: 0 };
  let seconds = 0;
  let since: number | undefined;
  for (const event of events) {
    seconds += event.type === "started" || since === undefined ? 0 : Math.max(0, event.time - since);
    since = event.time;
    course.step = event.step;
    switch (event.type) {
      case "started":
        resumeAt(course, event);
        break;
      case "step":
        course.reports.push({ ...event, seconds });
        break;
      case "validation":
        course.validations.push({ ...event, seconds });
        break;
      case "weights":
        course.weights.push(event);
        break;
    }
  }
  return course;
}

/** Steps after the checkpoint that a resume starts from are done again: their first reports no longer count. */
function resumeAt(course: Course, started: RunEventOf<"started">): void {
  course.started = started;
  for (const reports of [course.reports, course.validations, course.weights]) {
    while (reports.length > 0 && reports.at(-1)!.step > started.step) {
      reports.pop();
    }
  }
  course.earlierReports = course.reports.length;
}

/** The figure by which the run's task is judged: of the test part once that is known, else the best validation. */
function metricOf(
  { spec, result }: Pick<RunReading, "spec" | "result">,
  validations: readonly RunEventOf<"validation">[],
): RunSnapshot["metric"] {
  const { name, better, of } = measures[spec.task.kind];
  const ofTest = result?.figures?.deployableTest ?? null;
  if (ofTest !== null) {
    return { label: `test ${name}`, value: ofTest };
  }
  const [first, ...others] = validations.map(of).filter((figure) => figure !== undefined);
  return first === undefined ? null : { label: `validation ${name}`, value: others.reduce(better, first) };
}

/** From the present owner's pace; validations and checkpoints between the steps are in it. */
function secondsLeft(spec: ExperimentSpec, state: RunState, { reports, earlierReports, step }: Course): number | null {
  const last = reports.at(-1);
  const first = reports[Math.max(earlierReports, reports.length - reportsForPace)];
  if (state !== "running" || last === undefined || first === undefined || last.step <= first.step) {
    return null;
  }
  return ((last.seconds - first.seconds) / (last.step - first.step)) * Math.max(0, spec.steps - step);
}

/** Reports without the task's figure are left out. */
function curveOf(reports: readonly Timed<RunEventOf<"step"> | RunEventOf<"validation">>[], { task }: ExperimentSpec): Curve {
  const itemsPerStep = task.batchSize * ("sequenceLength" in task ? task.sequenceLength : 1);
  const figureOf = measures[task.kind].of;
  const points = reports.flatMap(({ step, seconds, loss, ...score }) => {
    const figure = figureOf(score);
    return figure === undefined ? [] : [{ step, seconds, loss, figure }];
  });
  const kept = pick(points, ({ loss }) => loss);
  return {
    step: kept.map(({ step }) => step),
    seconds: kept.map(({ seconds }) => seconds),
    items: kept.map(({ step }) => step * itemsPerStep),
    loss: kept.map(({ loss }) => loss),
    figure: kept.map(({ figure }) => figure),
  };
}

function seriesOf<T extends { step: number }>(reports: readonly T[], value: (report: T) => number): { step: number[]; value: number[] } {
  const kept = pick(reports, value);
  return { step: kept.map(({ step }) => step), value: kept.map(value) };
}

/** Of the first layer's recurrent matrix, the larger one of a character model. */
function weightsOf(events: readonly RunEventOf<"weights">[]): RunSnapshot["weights"] {
  const shares = events.flatMap(({ step, matrices }) =>
    matrices.filter(({ matrix }) => matrix === "layer 1 recurrent").map((share) => ({ ...share, step })),
  );
  const kept = pick(shares, ({ flips }) => flips);
  return {
    step: kept.map(({ step }) => step),
    minus: kept.map(({ minus }) => minus),
    zero: kept.map(({ zero }) => zero),
    plus: kept.map(({ plus }) => plus),
    flips: kept.map(({ flips }) => flips),
    saturation: kept.flatMap(({ saturation }) => saturation ?? []),
  };
}

function matricesOf(events: readonly RunEventOf<"weights">[]): RunSnapshot["matrices"] {
  return (events.at(-1)?.matrices ?? []).map(({ histogram, ...matrix }) => ({
    ...matrix,
    histogram: histogram ? { limit: histogram.limit, shares: [...histogram.shares] } : null,
  }));
}

function pick<T>(reports: readonly T[], value: (report: T) => number): T[] {
  return decimatedIndices(reports.map(value), maximumPoints).map((index) => reports[index]!);
}
