import { type ChipOptions, isMacUnits, mostMacUnits } from "../hardware/chipOptions.js";
import { defaultActivationBits, defaultCellBits, defaultConstantBits } from "../hardware/fixModel.js";
import { spelledOption } from "../jobs/chipArguments.js";
import type { OptionName } from "../text/optionError.js";
import { defaultMacUnits, precisions } from "../hardware/schedule/shape.js";
import { type CommandLine, oneOf, positiveInteger, UsageError, wholeNumber } from "./command.js";

/** Options of every command that makes a chip of a run. `--precision` is beside those of a random network, and `--clock` where it matters. */
export const chipOptions = {
  macs: { value: "P", description: `multiply-accumulate units of a layer; default ${defaultMacUnits}` },
  columns: { value: "N", description: "columns that each of them takes in a cycle, a power of two; default 1" },
  "activation-bits": { value: "N", description: `bits of hidden states and gates, 4 to 16; default those of training, else ${defaultActivationBits}` },
  "cell-bits": { value: "N", description: `bits of cell states, 4 to 24; default those of training, else ${defaultCellBits}` },
  "constant-bits": { value: "N", description: `bits of scales and shifts, 4 to 24; default ${defaultConstantBits}` },
  "table-entries": { value: "N", description: "words of each look-up table, a power of two from 16 to 4096; default 256" },
  interpolation: { value: "KIND", description: "between words of a table: linear (default) or none" },
  delta: { value: "STEPS", description: "read only recurrent columns whose h changed by more than so many of its steps; 0 is exact" },
  calibrate: { value: "N", description: "timesteps of the validation part on which ranges are seen, or none: assumed; default 1000" },
} as const;

export const precisionOption = { value: "NAME", description: `of the MAC units: ${precisions.join(", ")}; default that of the weights` } as const;
export const clockOption = { value: "MHZ", description: "clock that figures per second are told for; default none" } as const;

type Values = CommandLine["values"];

/** @throws UsageError for what is no number or name; ranges are checked where the chip is made */
export function readChipOptions(values: Values): ChipOptions {
  const whole = (option: OptionName): number | undefined => ifGiven(values, option, positiveInteger);
  const lookUp = defined({ entries: whole("lookUp.entries"), interpolation: ifGiven(values, "lookUp.interpolation", readInterpolation) });
  return defined({
    macUnits: ifGiven(values, "macUnits", readMacUnits),
    columnsPerCycle: whole("columnsPerCycle"),
    activationBits: whole("activationBits"),
    cellBits: whole("cellBits"),
    constantBits: whole("constantBits"),
    lookUp: Object.keys(lookUp).length === 0 ? undefined : lookUp,
    deltaThreshold: ifGiven(values, "deltaThreshold", wholeNumber),
    precision: ifGiven(values, "precision", (option, text) => oneOf(option, text, precisions)),
    calibrate: ifGiven(values, "calibrate", readCalibration),
    clockMegahertz: ifGiven(values, "clockMegahertz", readClock),
  });
}

function ifGiven<T>(values: Values, option: OptionName, read: (name: string, text: string) => T): T | undefined {
  const text = values[spelledOption[option]];
  return text === undefined ? undefined : read(spelledOption[option], text);
}

/** The same options, but those that are undefined are left out. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function readMacUnits(option: string, text: string): number {
  const macUnits = positiveInteger(option, text);
  if (!isMacUnits(macUnits)) {
    throw new UsageError(`--${option} ${text}: give at most ${mostMacUnits}.`);
  }
  return macUnits;
}

function readInterpolation(option: string, name: string): "linear" | "none" {
  if (name === "linear" || name === "none") {
    return name;
  }
  throw new UsageError(`--${option} ${name}: give linear or none.`);
}

function readCalibration(option: string, text: string): ChipOptions["calibrate"] {
  return text === "none" ? false : { timesteps: positiveInteger(option, text) };
}

function readClock(option: string, text: string): number {
  const clock = Number(text);
  if (!Number.isFinite(clock) || clock <= 0) {
    throw new UsageError(`--${option} ${text}: give a frequency in MHz above 0.`);
  }
  return clock;
}
