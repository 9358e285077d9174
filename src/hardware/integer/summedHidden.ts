import type { Delta } from "../fixedModel.js";

/**
 * The hidden state as the recurrent sums hold it; twin of `delta_memory.v` where there is a threshold. Sums that are
 * corrected by weight times change are exactly those of the values held here, so nothing drifts.
 */
export class SummedHidden {
  readonly values: Int32Array;
  /** Recurrent columns that the next timestep reads; an empty list is read as one change of nothing. */
  columns: number;

  constructor(
    /** Hidden units that the sums read: H, or 0. */
    private readonly units: number,
    private readonly delta: Delta | undefined,
  ) {
    this.values = new Int32Array(units);
    this.columns = units;
  }

  /** A sequence begins: sums are made anew, of all columns. */
  restart(initialHidden: Int32Array): void {
    this.values.set(initialHidden.subarray(0, this.units));
    this.columns = this.units;
  }

  update(hidden: Int32Array): void {
    if (this.delta === undefined) {
      this.values.set(hidden.subarray(0, this.units));
      return;
    }
    const { threshold } = this.delta;
    let changes = 0;
    hidden.forEach((value, unit) => {
      if (Math.abs(value - this.values[unit]!) > threshold) {
        this.values[unit] = value;
        changes++;
      }
    });
    this.columns = Math.max(1, changes);
  }
}
