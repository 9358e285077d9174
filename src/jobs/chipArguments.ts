import type { ChipOptions } from "../hardware/chipOptions.js";
import type { NameOption, OptionName } from "../text/optionError.js";

/** How the command line spells what cells call `macUnits` and so on. */
export const spelledOption: Readonly<Record<OptionName, string>> = {
  macUnits: "macs",
  columnsPerCycle: "columns",
  activationBits: "activation-bits",
  cellBits: "cell-bits",
  constantBits: "constant-bits",
  "lookUp.entries": "table-entries",
  "lookUp.interpolation": "interpolation",
  deltaThreshold: "delta",
  precision: "precision",
  calibrate: "calibrate",
  "calibrate.timesteps": "calibrate",
  clockMegahertz: "clock",
  overwrite: "overwrite",
};

/** An option as an error of the command line names it. */
export const asOnCommandLine: NameOption = (option) => `--${spelledOption[option]}`;

/** Arguments that the command line reads as these options. */
export function chipArguments({ lookUp = {}, calibrate, ...plain }: ChipOptions): string[] {
  const values: Partial<Record<OptionName, string | number | undefined>> = {
    ...plain,
    "lookUp.entries": lookUp.entries,
    "lookUp.interpolation": lookUp.interpolation,
    calibrate: calibrate === false ? "none" : calibrate?.timesteps,
  };
  return Object.entries(values).flatMap(([option, value]) => (value === undefined ? [] : [asOnCommandLine(option as OptionName), String(value)]));
}
