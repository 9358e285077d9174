import { inspect } from "node:util";
import type { AcceleratorModel } from "./acceleratorModel.js";
import { calibrate, type Sequence, timestepsOf } from "./calibrate.js";
import { type ChipOptions, isMacUnits, mostMacUnits } from "./chipOptions.js";
import type { FixedModel } from "./fixedModel.js";
import { fixModel } from "./fixModel.js";
import { layerShapes } from "./layerShapes.js";
import { cells } from "./cells/cells.js";
import { type OptionError, type OptionName, wrongOption } from "../text/optionError.js";
import { type AcceleratorShape, defaultMacUnits, isActivationBits, isColumnsPerCycle, mostColumnsPerCycle } from "./schedule/shape.js";

/** The part of the data whose beginning gives the ranges. Never the test part: its figures are those of the finished accelerator. */
export const calibrationPart = "validation";
const calibrationTimesteps = 1000;

/** A trained model, and what it reads. */
export interface ChipSource {
  /** The run's name, for titles and headers. */
  readonly name: string;
  readonly model: AcceleratorModel;
  /** At least so many timesteps of the beginning of the calibration part, where it has them. */
  read(timesteps: number): readonly Sequence[];
}

/** A trained model in integers, on its array: what panel, cells, command line, exports and report work with. */
export interface Chip {
  /** The run's name. */
  readonly name: string;
  readonly model: AcceleratorModel;
  readonly fixed: FixedModel;
  /** P, of each layer. */
  readonly macUnits: number;
  /** The clock that somebody gave; undefined where nobody did. */
  readonly clockMegahertz: number | undefined;
  /** One for each layer, from the input on. */
  readonly shapes: readonly AcceleratorShape[];
  /** How the ranges came about, in a sentence without its full stop. */
  readonly ranges: string;
}

/** What of a chip its cycles depend on, beside the network. */
export type ArrayOptions = Pick<ChipOptions, "macUnits" | "columnsPerCycle" | "activationBits" | "clockMegahertz">;

/** 100 GHz, which no chip reaches: a larger number is one in Hz. */
const fastestMegahertz = 100_000;

/**
 * @returns those that are given
 * @throws OptionError for one out of range
 */
export function arrayOf({ macUnits, columnsPerCycle, activationBits, clockMegahertz }: ChipOptions): ArrayOptions {
  if (macUnits !== undefined && !isMacUnits(macUnits)) {
    throw wrong("macUnits", macUnits, `choose a whole number from 1 to ${mostMacUnits}`);
  }
  if (columnsPerCycle !== undefined && !isColumnsPerCycle(columnsPerCycle)) {
    throw wrong("columnsPerCycle", columnsPerCycle, `choose a power of two from 1 to ${mostColumnsPerCycle}`);
  }
  if (activationBits !== undefined && !isActivationBits(activationBits)) {
    throw wrong("activationBits", activationBits, "choose a whole number from 4 to 16");
  }
  if (clockMegahertz !== undefined && !(clockMegahertz > 0 && clockMegahertz <= fastestMegahertz)) {
    throw wrong("clockMegahertz", clockMegahertz, "choose a frequency in MHz above 0 (100 for 100 MHz), or leave it out");
  }
  return Object.fromEntries(Object.entries({ macUnits, columnsPerCycle, activationBits, clockMegahertz }).filter(([, value]) => value !== undefined));
}

/**
 * The only place where a trained model becomes integers on an array.
 * @throws OptionError for an option out of range
 */
export function chipOf({ name, model, read }: ChipSource, options: ChipOptions = {}): Chip {
  const { macUnits: _macUnits, clockMegahertz: _clock, calibrate: how = {}, ...widths } = options;
  const { macUnits = defaultMacUnits, clockMegahertz } = arrayOf(options);
  const seen = how === false ? undefined : calibrationSequences(read, how.timesteps);
  const calibration = seen && calibrate(model, seen, widths);
  const fixed = fixModel(model, { ...widths, calibration });
  const shapes = layerShapes(fixed, { macUnits, ...(clockMegahertz !== undefined && { clockMegahertz }) });
  return { name, model, fixed, macUnits, clockMegahertz, shapes, ranges: rangesInWords(model, seen) };
}

function calibrationSequences(read: ChipSource["read"], timesteps = calibrationTimesteps): readonly Sequence[] {
  if (!Number.isInteger(timesteps) || timesteps < 1) {
    throw wrong("calibrate.timesteps", timesteps, "choose a whole number above 0, or calibrate: false");
  }
  return read(timesteps);
}

function rangesInWords({ layers }: AcceleratorModel, seen: readonly Sequence[] | undefined): string {
  const isTrained = layers.some((layer) => layer.cellState !== undefined || (layer.cell === "min-gru" && layer.hiddenRange !== undefined));
  const isUnbounded = layers.some(({ cell }) => cells[cell].candidate.curve === "linear");
  const states = isUnbounded ? "hidden states, cell states" : "cell states";
  const trained = isTrained ? `; ${isUnbounded ? "states" : states} that were trained in fixed point keep the range of training` : "";
  const timesteps = seen?.reduce((sum, sequence) => sum + timestepsOf(sequence), 0);
  const origin =
    timesteps === undefined ? "assumed, not seen on data" : `those seen in ${timesteps.toLocaleString("en-US")} timesteps of the ${calibrationPart} part`;
  return `Ranges of ${states} and inputs are ${origin}${trained}`;
}

function wrong(option: OptionName, value: unknown, remedy: string): OptionError {
  return wrongOption(option, inspect(value, { depth: 0, breakLength: Infinity }), remedy);
}
