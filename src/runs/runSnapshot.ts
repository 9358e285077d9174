import type { Curve, RunSnapshot } from "../../webview/contract.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import { Course, type CurvePoint, type SeriesPoint, type WeightPoint } from "./course.js";
import { bestValidation, figureMethods } from "./figureMethods.js";
import type { GrowingCurve } from "./growingCurve.js";
import { measures } from "./measures.js";
import type { Outline } from "./outline.js";
import type { RunReading } from "./readRun.js";
import { endingToTell } from "./runState.js";
import { parametersInWords } from "./specInWords.js";

type Shown = Pick<RunReading, "dir" | "spec" | "state" | "result"> & Partial<Pick<RunReading, "ending">>;

/** All of a snapshot but its curves. */
type Row = Omit<RunSnapshot, CurveName>;
type Curves = Pick<RunSnapshot, CurveName>;
type CurveName = "train" | "validation" | "learningRate" | "gradientNorm" | "itemsPerSecondHistory" | "weights" | "matrices";

/**
 * What a view shows of a run, complete in itself.
 * @param colour index into the chart colours
 */
export function snapshotOf(run: Shown & { readonly log: Course }, colour: number): RunSnapshot {
  const { spec, state, log } = run;
  const secondsLeft = state === "running" ? log.secondsFor(spec.steps - log.step) : null;
  return { ...rowOf(run, colour), secondsLeft, ...curvesOf(log, spec) };
}

/** The same of a run whose curves nobody looks at: they are empty, and the time left is not known. */
export function snapshotWithoutCurves(run: Shown & { readonly log: Outline }, colour: number): RunSnapshot {
  return { ...rowOf(run, colour), ...curvesOf(new Course(run.spec), run.spec) };
}

function rowOf(run: Shown & { readonly log: Outline }, colour: number): Row {
  const { dir, spec, state, log, result } = run;
  return {
    dir,
    name: spec.name,
    task: spec.task.kind,
    state,
    ending: endingToTell(run.ending ?? null),
    colour,
    ...metricOf(run),
    step: Math.max(log.step, result?.steps ?? 0),
    steps: spec.steps,
    itemsPerSecond: log.lastReport?.charactersPerSecond ?? null,
    secondsLeft: null,
    computeKernel: log.started?.computeKernel ?? "",
    parameters: parametersInWords(spec),
  };
}

/** The figure by which the run's task is judged: of the test part once that is known, else the best validation. */
function metricOf(run: Shown & { readonly log: Outline }): Pick<RunSnapshot, "metric" | "metricMethod"> {
  const { spec, log, result } = run;
  const { name } = measures[spec.task.kind];
  const ofTest = result?.figures?.deployableTest ?? null;
  if (ofTest !== null) {
    const { deployableTest } = figureMethods(run);
    return { metric: { label: `test ${name}`, value: ofTest }, metricMethod: deployableTest && methodInWords(deployableTest) };
  }
  const best = bestValidation(spec, log);
  return best === null
    ? { metric: null, metricMethod: null }
    : { metric: { label: `validation ${name}`, value: best.value }, metricMethod: methodInWords(best.how) };
}

function curvesOf(course: Course, spec: ExperimentSpec): Curves {
  return {
    train: curveOf(course.train, spec),
    validation: curveOf(course.validation, spec),
    learningRate: seriesOf(course.learningRate),
    gradientNorm: seriesOf(course.gradientNorm),
    itemsPerSecondHistory: seriesOf(course.itemsPerSecond),
    weights: weightsOf(course.weights),
    matrices: course.matrices.map(({ histogram, ...matrix }) => ({
      ...matrix,
      histogram: histogram ? { limit: histogram.limit, shares: [...histogram.shares] } : null,
    })),
  };
}

function curveOf(curve: GrowingCurve<CurvePoint>, { task }: ExperimentSpec): Curve {
  const itemsPerStep = task.batchSize * ("sequenceLength" in task ? task.sequenceLength : 1);
  const points = curve.points();
  return {
    step: points.map(({ step }) => step),
    seconds: points.map(({ seconds }) => seconds),
    items: points.map(({ step }) => step * itemsPerStep),
    loss: points.map(({ loss }) => loss),
    figure: points.map(({ figure }) => figure),
  };
}

function seriesOf(curve: GrowingCurve<SeriesPoint>): { step: number[]; value: number[] } {
  const points = curve.points();
  return { step: points.map(({ step }) => step), value: points.map(({ value }) => value) };
}

function weightsOf(curve: GrowingCurve<WeightPoint>): RunSnapshot["weights"] {
  const points = curve.points();
  return {
    step: points.map(({ step }) => step),
    minus: points.map(({ minus }) => minus),
    zero: points.map(({ zero }) => zero),
    plus: points.map(({ plus }) => plus),
    flips: points.map(({ flips }) => flips),
    saturation: points.flatMap(({ saturation }) => saturation ?? []),
  };
}
