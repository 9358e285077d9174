import type { Course } from "./course.js";
import { curvesOf } from "./runCurves.js";
import { type KnownRun, rowOf } from "./runSummary.js";
import type { RunSnapshot } from "./runViews.js";

/**
 * A run and its curves, complete in itself.
 * @param colour index into the chart colours
 * @param most points of one curve; by default all that the course keeps
 */
export function snapshotOf(run: KnownRun<Course>, colour: number, most?: number): RunSnapshot {
  return { ...rowOf(run, colour), ...curvesOf(run.log, most) };
}
