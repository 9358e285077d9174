import type { FixedPoint, StateRounding } from "../../src/rnn/kernels/contract.js";
import type { Rows } from "./referenceSteps.js";

/** What a reference does with its states: each call is for all units of one state at one place. */
export interface ReferenceRounding {
  readonly hidden: (state: Rows) => Rows;
  readonly cell: (state: Rows) => Rows;
}

export const noRounding: ReferenceRounding = { hidden: (state) => state, cell: (state) => state };

/** The integer nearest to value * 2^fractionBits, found by trying both neighbours, ties upwards, kept in the format's bits. */
export function fixedInteger(value: number, { bits, fractionBits }: FixedPoint): number {
  const scaled = value * 2 ** fractionBits;
  const below = Math.floor(scaled);
  const nearest = scaled - below < below + 1 - scaled ? below : below + 1;
  return Math.max(-(2 ** (bits - 1)), Math.min(2 ** (bits - 1) - 1, nearest));
}

function fixed(value: number, format: FixedPoint): number {
  return fixedInteger(value, format) / 2 ** format.fractionBits;
}

function clipped(value: number, { bits, fractionBits }: FixedPoint): number {
  const step = 2 ** -fractionBits;
  return Math.max(-(2 ** (bits - 1)) * step, Math.min((2 ** (bits - 1) - 1) * step, value));
}

const overRows = (format: FixedPoint | undefined, of: (value: number, format: FixedPoint) => number) => (state: Rows): Rows =>
  format === undefined ? state : state.map((row) => row.map((value) => of(value, format)));

export function rounded({ hidden, cell }: StateRounding): ReferenceRounding {
  return { hidden: overRows(hidden, fixed), cell: overRows(cell, fixed) };
}

/**
 * The smoothed function whose derivative a straight-through gradient is: clipping, plus what rounding added at one point, as a
 * constant. `record` runs the reference at that point; `replay` gives a rounding for each run after it.
 */
export class FrozenRounding {
  /** Undefined where there was nothing to round: a state that is rounded once more, which may well sit at the range's end. */
  private readonly added: (number | undefined)[] = [];

  constructor(private readonly formats: StateRounding) {}

  get record(): ReferenceRounding {
    const of = (value: number, format: FixedPoint): number => {
      const result = fixed(value, format);
      this.added.push(result === value ? undefined : result - clipped(value, format));
      return result;
    };
    return { hidden: overRows(this.formats.hidden, of), cell: overRows(this.formats.cell, of) };
  }

  get replay(): ReferenceRounding {
    let at = 0;
    const of = (value: number, format: FixedPoint): number => {
      const added = this.added[at++];
      return added === undefined ? value : clipped(value, format) + added;
    };
    return { hidden: overRows(this.formats.hidden, of), cell: overRows(this.formats.cell, of) };
  }
}
