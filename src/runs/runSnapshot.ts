import type { Course } from "./course.js";
import { curvesOf } from "./runCurves.js";
import { type KnownRun, rowOf } from "./runSummary.js";
import type { RunSnapshot } from "./runViews.js";

/**
 * A run and its curves, complete in itself.
 * @param colour index into the chart colours
 */
export function snapshotOf(run: KnownRun<Course>, colour: number): RunSnapshot {
  return { ...rowOf(run, colour), ...curvesOf(run.log) };
}
