import type { RunSnapshot } from "../../../webview/contract.js";
import { decimatedIndices } from "../../runs/decimate.js";
import type { ListedRun } from "../runs/runList.js";

/** Points of one curve in a message, of all runs together: what a chart can show, however many runs are overlaid. */
const mostPointsOfAll = 60_000;
const fewestPoints = 100;

/** The runs whose curves a view can show: the chosen ones, those that train, and the newest. */
export function shownDirs(runs: readonly ListedRun[], selected: readonly string[]): string[] {
  const chosen = new Set(selected);
  return runs.filter(({ dir, snapshot }, index) => index === 0 || chosen.has(dir) || snapshot.state === "running").map(({ dir }) => dir);
}

/** Every run for a view, with the curves of those that it can show, which have fewer points the more they are. */
export function snapshotsFor(runs: readonly ListedRun[], shown: readonly string[]): RunSnapshot[] {
  const withCurves = new Set(shown);
  const points = Math.max(fewestPoints, Math.floor(mostPointsOfAll / Math.max(1, withCurves.size)));
  return runs.map(({ dir, snapshot }) => withPoints(snapshot, withCurves.has(dir) ? points : 0));
}

function withPoints(snapshot: RunSnapshot, most: number): RunSnapshot {
  const { train, validation, learningRate, gradientNorm, itemsPerSecondHistory, weights, matrices } = snapshot;
  return {
    ...snapshot,
    train: thinned(train, train.loss, most),
    validation: thinned(validation, validation.loss, most),
    learningRate: thinned(learningRate, learningRate.value, most),
    gradientNorm: thinned(gradientNorm, gradientNorm.value, most),
    itemsPerSecondHistory: thinned(itemsPerSecondHistory, itemsPerSecondHistory.value, most),
    weights: thinned(weights, weights.flips, most),
    matrices: most === 0 ? [] : matrices,
  };
}

/** The columns of a curve at fewer of its points, with the lowest and highest of its heights. */
function thinned<Curve extends Record<string, number[]>>(curve: Curve, heights: readonly number[], most: number): Curve {
  if (heights.length <= most) {
    return curve;
  }
  const kept = most === 0 ? [] : decimatedIndices(heights, most);
  // A column may be empty throughout: no saturation where the rule has none.
  const columns = Object.entries(curve).map(([name, column]) => [name, column.length === 0 ? [] : kept.map((index) => column[index]!)]);
  return Object.fromEntries(columns) as Curve;
}
