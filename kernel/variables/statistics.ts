import type { ShownHistogram, ValueView } from "../../src/variables/contract.js";
import { numberText } from "./numberText.js";

/** What a glance at many numbers should tell. Minimum, mean and deviation are of the finite ones. */
export interface Statistics {
  readonly count: number;
  readonly finite: number;
  readonly notANumber: number;
  readonly zeros: number;
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
  /** Of the population: the root of the mean squared distance to the mean. */
  readonly deviation: number;
}

/** One pass by Welford's method, which loses no digits to a mean far from 0. */
export function statisticsOf(values: ArrayLike<number>): Statistics {
  let [finite, notANumber, zeros, least, greatest, mean, squares] = [0, 0, 0, Infinity, -Infinity, 0, 0];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isFinite(value)) {
      finite += 1;
      const distance = value - mean;
      mean += distance / finite;
      squares += distance * (value - mean);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    notANumber += Number.isNaN(value) ? 1 : 0;
    zeros += value === 0 ? 1 : 0;
  }
  return { count: values.length, finite, notANumber, zeros, least, greatest, mean, deviation: finite === 0 ? 0 : Math.sqrt(squares / finite) };
}

/** The statistics with their names, those left out that say nothing. */
export function statisticFacts({ count, finite, notANumber, zeros, least, greatest, mean, deviation }: Statistics): ValueView["facts"] {
  const infinite = count - finite - notANumber;
  return [
    { name: "numbers", value: count.toLocaleString("en") },
    ...(finite > 0
      ? [
          { name: "least", value: numberText(least) },
          { name: "greatest", value: numberText(greatest) },
          { name: "mean", value: numberText(mean) },
          { name: "standard deviation", value: numberText(deviation) },
        ]
      : []),
    { name: "zeros", value: share(zeros, count) },
    ...(notANumber > 0 ? [{ name: "NaN", value: share(notANumber, count) }] : []),
    ...(infinite > 0 ? [{ name: "infinite", value: share(infinite, count) }] : []),
  ];
}

function share(part: number, whole: number): string {
  return whole === 0 ? "0" : `${part.toLocaleString("en")} (${((100 * part) / whole).toFixed(1)} %)`;
}

const bars = 48;
/** Numbers of so few different values, as quantised weights are, have a bar for each. */
const mostDiscrete = 16;

/** How often numbers occur, from the least to the greatest; those that are not finite are left out. */
export function histogramOf(values: ArrayLike<number>, statistics: Statistics): ShownHistogram {
  const discrete = discreteCounts(values);
  if (discrete !== undefined) {
    const counted = [...discrete].sort(([one], [other]) => one - other);
    return { kind: "histogram", isDiscrete: true, bars: counted.map(([value, count]) => ({ from: value, to: value, count })) };
  }
  const { least, greatest } = statistics;
  // Weighted ends, since the distance of the two largest numbers of opposite sign is infinite.
  const edges = Array.from({ length: bars + 1 }, (_, bar) => least * (1 - bar / bars) + greatest * (bar / bars));
  const counts = new Array<number>(bars).fill(0);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isFinite(value)) {
      counts[barOf(value, edges)]! += 1;
    }
  }
  return { kind: "histogram", isDiscrete: false, bars: counts.map((count, bar) => ({ from: edges[bar]!, to: edges[bar + 1]!, count })) };
}

/** The bar of [from, to) that a number falls into; the last one has its upper end too. */
function barOf(value: number, edges: readonly number[]): number {
  const [least, greatest] = [edges[0]!, edges.at(-1)!];
  // Halves, whose distance is finite; rounding may miss by one bar.
  let bar = Math.min(bars - 1, Math.floor(((value / 2 - least / 2) / (greatest / 2 - least / 2)) * bars));
  while (bar > 0 && value < edges[bar]!) {
    bar -= 1;
  }
  while (bar < bars - 1 && value >= edges[bar + 1]!) {
    bar += 1;
  }
  return bar;
}

function discreteCounts(values: ArrayLike<number>): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  for (let index = 0; index < values.length && counts.size <= mostDiscrete; index++) {
    const value = values[index]!;
    if (Number.isFinite(value)) {
      // -0 is counted as 0: a Map's keys are compared so.
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return counts.size <= mostDiscrete ? counts : undefined;
}
