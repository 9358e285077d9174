import type { ChipOptions } from "../hardware/chipOptions.js";

/** A chip by where its model is and how it is made. */
export interface ChipOfRun {
  /** The run's directory. */
  readonly dir: string;
  readonly options: ChipOptions;
}
