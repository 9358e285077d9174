/**
 * Which points of a curve to draw: all when there are at most `limit`, else the first, the last, and the lowest and
 * highest of equal stretches, so that no peak is lost.
 * @param values the curve's heights, finite
 * @param limit at least 4
 * @returns at most `limit` indices, rising
 */
export function decimatedIndices(values: ArrayLike<number>, limit: number): number[] {
  const { length } = values;
  if (length <= limit) {
    return Array.from({ length }, (_, index) => index);
  }
  const stretches = Math.floor((limit - 2) / 2);
  const kept = new Set([0]);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const start = Math.floor((stretch * length) / stretches);
    const end = Math.floor(((stretch + 1) * length) / stretches);
    const [first, second] = extremes(values, start, end);
    kept.add(first).add(second);
  }
  return [...kept.add(length - 1)];
}

/** The values at these indices, all of which there are. */
export function valuesAt(values: readonly number[], indices: readonly number[]): number[] {
  return indices.map((index) => values[index]!);
}

/** Indices of the lowest and highest value in [start, end), the earlier one first. */
function extremes(values: ArrayLike<number>, start: number, end: number): [number, number] {
  let lowest = start;
  let highest = start;
  for (let index = start + 1; index < end; index++) {
    if (values[index]! < values[lowest]!) {
      lowest = index;
    }
    if (values[index]! > values[highest]!) {
      highest = index;
    }
  }
  return [Math.min(lowest, highest), Math.max(lowest, highest)];
}
