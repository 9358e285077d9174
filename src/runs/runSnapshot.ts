import type { Curve, RunSnapshot } from "../../webview/contract.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import type { RunEventOf } from "./contract.js";
import { courseOf, itemsPerSecond, secondsFor } from "./course.js";
import { decimatedIndices } from "./decimate.js";
import { bestValidation, figureMethods } from "./figureMethods.js";
import { measures } from "./measures.js";
import type { RunReading } from "./readRun.js";
import { endingToTell } from "./runState.js";
import { parametersInWords } from "./specInWords.js";

/** Points of one curve in a snapshot. */
const maximumPoints = 2_000;

type Timed<E> = E & { readonly seconds: number };

/**
 * What a view shows of a run, complete in itself.
 * @param colour index into the chart colours
 */
export function snapshotOf(reading: Pick<RunReading, "dir" | "spec" | "state" | "events" | "result"> & Partial<Pick<RunReading, "ending">>, colour: number): RunSnapshot {
  const { dir, spec, state, events } = reading;
  const course = courseOf(events);
  const { reports, validations, started } = course;
  return {
    dir,
    name: spec.name,
    task: spec.task.kind,
    state,
    ending: endingToTell(reading.ending ?? null),
    colour,
    ...metricOf(reading, validations),
    step: course.step,
    steps: spec.steps,
    itemsPerSecond: itemsPerSecond(course),
    secondsLeft: state === "running" ? secondsFor(spec.steps - course.step, course) : null,
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

/** The figure by which the run's task is judged: of the test part once that is known, else the best validation. */
function metricOf(
  { spec, result }: Pick<RunReading, "spec" | "result">,
  validations: readonly RunEventOf<"validation">[],
): Pick<RunSnapshot, "metric" | "metricMethod"> {
  const { name } = measures[spec.task.kind];
  const ofTest = result?.figures?.deployableTest ?? null;
  if (ofTest !== null) {
    const { deployableTest } = figureMethods({ spec, events: validations, result });
    return { metric: { label: `test ${name}`, value: ofTest }, metricMethod: deployableTest && methodInWords(deployableTest) };
  }
  const best = bestValidation(spec, validations);
  return best === null
    ? { metric: null, metricMethod: null }
    : { metric: { label: `validation ${name}`, value: best.value }, metricMethod: methodInWords(best.how) };
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
