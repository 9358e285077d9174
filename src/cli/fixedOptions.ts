import type { FixedModelOptions } from "../hardware/fixModel.js";
import { defaultActivationBits, defaultCellBits, defaultConstantBits } from "../hardware/fixModel.js";
import { defaultMacUnits } from "../hardware/schedule/shape.js";
import { positiveInteger, UsageError, wholeNumber } from "./command.js";

/** Options of every command that turns a model into integers. */
export const fixedOptions = {
  macs: { value: "P", description: `multiply-accumulate units of a layer; default ${defaultMacUnits}` },
  columns: { value: "N", description: "columns that each of them takes in a cycle, a power of two; default 1" },
  "activation-bits": { value: "N", description: `bits of hidden states and gates, 4 to 16; default those of training, else ${defaultActivationBits}` },
  "cell-bits": { value: "N", description: `bits of cell states, 4 to 24; default those of training, else ${defaultCellBits}` },
  "constant-bits": { value: "N", description: `bits of scales and shifts, 4 to 24; default ${defaultConstantBits}` },
  "table-entries": { value: "N", description: "words of each look-up table, a power of two from 16 to 4096; default 256" },
  interpolation: { value: "KIND", description: "between words of a table: linear (default) or none" },
  delta: { value: "STEPS", description: "read only recurrent columns whose h changed by more than so many of its steps; 0 is exact" },
} as const;

type Values = Readonly<Record<string, string | undefined>>;

/** @throws UsageError */
export function readMacUnits(values: Values): number {
  const macUnits = positiveInteger("macs", values["macs"] ?? String(defaultMacUnits));
  if (macUnits > 65_536) {
    throw new UsageError(`--macs ${macUnits}: give at most 65536.`);
  }
  return macUnits;
}

/** @throws UsageError for what is no number or name; ranges are checked by `fixedModel` */
export function readFixedOptions(values: Values): FixedModelOptions {
  const bits = (option: string): number | undefined => (values[option] === undefined ? undefined : positiveInteger(option, values[option]));
  return {
    activationBits: bits("activation-bits"),
    cellBits: bits("cell-bits"),
    constantBits: bits("constant-bits"),
    deltaThreshold: values["delta"] === undefined ? undefined : wholeNumber("delta", values["delta"]),
    columnsPerCycle: bits("columns"),
    lookUp: { entries: bits("table-entries"), interpolation: readInterpolation(values["interpolation"]) },
  };
}

function readInterpolation(name: string | undefined): "linear" | "none" | undefined {
  if (name === undefined || name === "linear" || name === "none") {
    return name;
  }
  throw new UsageError(`--interpolation ${name}: give linear or none.`);
}
