import type { Curve } from "../../src/runs/runViews.js";
import type { ViewOptions } from "./viewOptions.js";

/** Index of the first of the ascending values that is not below the wanted one; their number where all are. */
function firstAtLeast(ascending: readonly number[], wanted: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    [low, high] = ascending[middle]! < wanted ? [middle + 1, high] : [low, middle];
  }
  return low;
}

/**
 * The position of each step on the chosen x axis: interpolated between the points of the training curve, clamped to its ends.
 * Side curves (learning rate, shares of weights) carry steps only.
 */
export function stepPosition(curve: Curve, axis: ViewOptions["xAxis"]): (step: number) => number {
  const { step: steps } = curve;
  const places = curve[axis];
  return (step) => {
    if (axis === "step" || steps.length === 0) {
      return step;
    }
    const next = firstAtLeast(steps, step);
    if (next === 0 || next === steps.length) {
      return places[Math.min(next, steps.length - 1)]!;
    }
    const [stepBefore, stepAfter] = [steps[next - 1]!, steps[next]!];
    const [placeBefore, placeAfter] = [places[next - 1]!, places[next]!];
    return placeBefore + ((step - stepBefore) / (stepAfter - stepBefore)) * (placeAfter - placeBefore);
  };
}
