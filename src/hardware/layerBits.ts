import type { CellBits, FixedFormats, FixedGru, FixedLstm, FixedMatrix, GateBits } from "./fixedModel.js";
import type { FixedPoint, FixedVector } from "./fixedPoint.js";
import { integerRange } from "./fixedPoint.js";
import { hull, point, product, rounded, signedBits, sum } from "./interval.js";
import type { Interval } from "./interval.js";

/** Integers beyond this are not exact in a JavaScript number, in which the reference computes. */
const mostExactBits = 53;

/** What `gateBits` needs of a layer. */
export type GateSums = Pick<
  FixedLstm,
  | "inputKind"
  | "inputFormat"
  | "inputWeights"
  | "recurrentWeights"
  | "gainRecurrent"
  | "gainInput"
  | "shift"
  | "recurrentShift"
  | "inputShift"
  | "shiftAlignment"
> & {
  /** A GRU's shift inside the reset of a gate row, aligned to the sum; 0 elsewhere. */
  readonly innerShift: (row: number) => number;
  /** Whether the reset gate multiplies a row's recurrent term. */
  readonly isReset: (row: number) => boolean;
};

/**
 * Widths by interval arithmetic over the layer's own weights and constants: each operand ranges over its whole format, so
 * that overflow is impossible by construction. A term's interval always holds 0, so partial sums are covered too.
 * @throws RangeError where a product or sum would not be exact in the reference
 */
export function gateBits(sums: GateSums, { hidden, gate }: FixedFormats): GateBits {
  const recurrent = rowSums(sums.recurrentWeights, integerRange(hidden));
  const input = sums.inputKind === "one-hot" ? chosenRows(sums.inputWeights) : rowSums(sums.inputWeights, integerRange(sums.inputFormat));
  const opening = { least: 0, most: 2 ** gate.fractionBits };
  const terms = recurrent.map((recurrentSum, row) => {
    const scaled = rounded(scale(recurrentSum, sums.gainRecurrent, row), sums.recurrentShift);
    const inner = sum(scaled, point(sums.innerShift(row)));
    const outer = sums.isReset(row) ? rounded(exact(product(inner, opening)), gate.fractionBits) : inner;
    const shift = sums.shift.integers[row]! * 2 ** sums.shiftAlignment;
    const inputTerm = sum(rounded(scale(input[row]!, sums.gainInput, row), sums.inputShift), point(shift));
    return { recurrentTerm: hull([scaled, inner, outer]), inputTerm, total: sum(outer, inputTerm) };
  });
  return {
    recurrentSum: registerBits(hull(recurrent)),
    inputSum: registerBits(hull(input)),
    recurrentTerm: registerBits(hull(terms.map(({ recurrentTerm }) => recurrentTerm))),
    inputTerm: registerBits(hull(terms.map(({ inputTerm }) => inputTerm))),
    total: registerBits(hull(terms.map(({ total }) => total))),
  };
}

/** The same for a GRU's inner sums; see `gateBits`. */
export function gruRows({ units, reset, shiftReset, resetShiftAlignment }: Pick<FixedGru, "units" | "reset" | "shiftReset" | "resetShiftAlignment">) {
  const isCandidate = (row: number): boolean => row >= 2 * units;
  return {
    innerShift: (row: number): number => (isCandidate(row) ? shiftReset.integers[row - 2 * units]! * 2 ** resetShiftAlignment : 0),
    isReset: (row: number): boolean => reset === "after" && isCandidate(row),
  };
}

/** @throws RangeError where a product or sum would not be exact in the reference */
export function cellBits(
  layer: Pick<FixedLstm, "cellFormat" | "gainCell" | "shiftCell" | "cellShiftRight" | "cellShiftAlignment">,
  { hidden, gate }: FixedFormats,
): CellBits {
  const { cellFormat, gainCell, shiftCell, cellShiftRight, cellShiftAlignment } = layer;
  const opening = { least: 0, most: 2 ** gate.fractionBits };
  const { kept, added } = updateAlignment(cellFormat, hidden);
  const keptPart = product(product(opening, integerRange(cellFormat)), point(2 ** kept));
  const addedPart = product(product(opening, integerRange(hidden)), point(2 ** added));
  const totals = Array.from(shiftCell.integers, (shift, unit) =>
    sum(rounded(scale(integerRange(cellFormat), gainCell, unit), cellShiftRight), point(shift * 2 ** cellShiftAlignment)),
  );
  return { update: registerBits(sum(keptPart, addedPart)), total: registerBits(hull(totals)) };
}

/** Left shifts of f·c (`kept`) and i·g (`added`) to their common binary point. */
export function updateAlignment(cellFormat: FixedPoint, hidden: FixedPoint): { readonly kept: number; readonly added: number } {
  const difference = hidden.fractionBits - cellFormat.fractionBits;
  return { kept: Math.max(0, difference), added: Math.max(0, -difference) };
}

/** Sums of a whole gate row, each weight times any value of `range`. */
function rowSums({ rows, columns, codes }: FixedMatrix, range: Interval): Interval[] {
  const least = new Float64Array(columns);
  const most = new Float64Array(columns);
  for (let index = 0; index < rows * columns; index++) {
    const { least: low, most: high } = product(point(codes[index]!), range);
    least[index % columns]! += Math.min(0, low);
    most[index % columns]! += Math.max(0, high);
  }
  return Array.from(least, (low, column) => ({ least: low, most: most[column]! }));
}

/** One row of the matrix, whichever. */
function chosenRows({ rows, columns, codes }: FixedMatrix): Interval[] {
  return Array.from({ length: columns }, (_, column) =>
    hull(Array.from({ length: rows }, (__, row) => point(codes[row * columns + column]!))),
  );
}

/**
 * A register of the Verilog has a sign and at least one more bit.
 * @throws RangeError where the reference would round
 */
function registerBits(interval: Interval): number {
  return Math.max(2, signedBits(exact(interval)));
}

function scale(values: Interval, { integers }: FixedVector, row: number): Interval {
  return exact(product(values, point(integers[row]!)));
}

/** @throws RangeError where the reference would round */
function exact(interval: Interval): Interval {
  const bits = signedBits(interval);
  if (bits > mostExactBits) {
    throw new RangeError(
      `A product or sum needs ${bits} bits, more than the ${mostExactBits} that are exact; choose fewer activationBits or constantBits.`,
    );
  }
  return interval;
}
