import type { FixedModel } from "../fixedModel.js";

/** What a layer reads in one timestep: the number of a symbol, or I integers in its input format. */
export type LayerInput = number | Int32Array;

/** The signals of one timestep; valid until the next one. G gates, H units. */
export interface LayerTrace {
  /** [G * H] each, in the order of the gate rows. */
  readonly recurrentSums: Float64Array;
  readonly inputSums: Float64Array;
  readonly preactivations: Int32Array;
  /** After the look-up. */
  readonly gates: Int32Array;
  /** [H]: c', empty for a GRU. */
  readonly cell: Int32Array;
  /** [H]: h' */
  readonly hidden: Int32Array;
  /** Recurrent columns that were read: H, none where h has no weights, or with delta updates those whose h had changed. */
  columns: number;
}

/** How many values were clipped to their format's range since the start. */
export interface SaturationCounts {
  preactivation: number;
  cell: number;
}

/** What a cell's step works on: the sums are there, gates and states are its results. */
export interface LayerUnits {
  readonly model: Pick<FixedModel, "formats" | "tables">;
  readonly trace: LayerTrace;
  readonly saturations: SaturationCounts;
  /** Saturation and look-up of one gate row, from its pre-activation before saturation. */
  readonly activate: (row: number, exact: number) => void;
}
