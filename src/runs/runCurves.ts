import type { Course, CurvePoint, SeriesPoint, WeightPoint } from "./course.js";
import { noCurves } from "./curvesIncrement.js";
import type { GrowingCurve } from "./growingCurve.js";
import type { JudgedSpec } from "./outline.js";
import type { Curve, RunCurves } from "./runViews.js";

/** Points of one curve in a cell's output: as many as its picture draws, and a saved notebook stays small. */
export const cellPoints = 500;

/**
 * The curves of a run so far, in columns.
 * @param most points of one curve; by default all that the course keeps
 */
export function curvesOf(course: Course, most?: number): RunCurves {
  return {
    train: curveOf(course.train, course.spec, most),
    validation: curveOf(course.validation, course.spec, most),
    learningRate: seriesOf(course.learningRate, most),
    gradientNorm: seriesOf(course.gradientNorm, most),
    itemsPerSecondHistory: seriesOf(course.itemsPerSecond, most),
    weights: weightsOf(course.weights, most),
    matrices: course.matrices.map(({ histogram, ...matrix }) => ({
      ...matrix,
      histogram: histogram ? { limit: histogram.limit, shares: [...histogram.shares] } : null,
    })),
  };
}

/** Takes the curves of the figure by which the task is judged: all that a comparison of many runs draws. */
export function figureCurvesOf({ train, validation, spec }: Course, most?: number): RunCurves {
  return { ...noCurves, train: curveOf(train, spec, most), validation: curveOf(validation, spec, most) };
}

function curveOf(curve: GrowingCurve<CurvePoint>, { task }: JudgedSpec, most?: number): Curve {
  const itemsPerStep = task.batchSize * (task.sequenceLength ?? 1);
  const points = curve.points(most);
  return {
    step: points.map(({ step }) => step),
    seconds: points.map(({ seconds }) => seconds),
    items: points.map(({ step }) => step * itemsPerStep),
    loss: points.map(({ loss }) => (Number.isNaN(loss) ? null : loss)),
    figure: points.map(({ figure }) => figure),
  };
}

function seriesOf(curve: GrowingCurve<SeriesPoint>, most?: number): { step: number[]; value: number[] } {
  const points = curve.points(most);
  return { step: points.map(({ step }) => step), value: points.map(({ value }) => value) };
}

function weightsOf(curve: GrowingCurve<WeightPoint>, most?: number): RunCurves["weights"] {
  const points = curve.points(most);
  return {
    step: points.map(({ step }) => step),
    minus: points.map(({ minus }) => minus),
    zero: points.map(({ zero }) => zero),
    plus: points.map(({ plus }) => plus),
    flips: points.map(({ flips }) => flips),
    saturation: points.flatMap(({ saturation }) => saturation ?? []),
  };
}
