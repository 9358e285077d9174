import * as z from "zod";
import type { FixedModelOptions } from "./fixModel.js";
import { precisions } from "./schedule/shape.js";

/** On what cell states and inputs are seen before their formats are chosen. */
export interface CalibrationOptions {
  /** Timesteps of the validation part. Default 1,000. */
  readonly timesteps?: number;
}

/** Everything that makes a chip of a trained model: the same options give the same integers in the same words, wherever they are said. */
export interface ChipOptions extends Omit<FixedModelOptions, "calibration"> {
  /** Multiply-accumulate units that work side by side, for each layer: P, 1 to 65,536. Default 64. */
  readonly macUnits?: number;
  /**
   * Ranges of cell states and inputs are seen on the beginning of the validation part; false: they are assumed to be
   * [-8, 8). Default: 1,000 timesteps. Cell states that were trained in fixed point keep their range.
   */
  readonly calibrate?: CalibrationOptions | false;
  /** The clock that figures per second are told for, above 0. Default: none, and figures are per cycle. */
  readonly clockMegahertz?: number;
}

/** The options in JSON; their ranges are checked where a chip is made. */
export const chipOptionsSchema: z.ZodType<ChipOptions> = z.strictObject({
  macUnits: z.number().optional(),
  columnsPerCycle: z.number().optional(),
  activationBits: z.number().optional(),
  cellBits: z.number().optional(),
  constantBits: z.number().optional(),
  lookUp: z.strictObject({ entries: z.number().optional(), interpolation: z.enum(["linear", "none"]).optional() }).optional(),
  deltaThreshold: z.number().optional(),
  precision: z.enum(precisions).optional(),
  calibrate: z.union([z.literal(false), z.strictObject({ timesteps: z.number().optional() })]).meta({ give: "false, or { timesteps: 1000 }" }).optional(),
  clockMegahertz: z.number().optional(),
});

export const mostMacUnits = 65_536;

/** Whether a chip can have so many multiply-accumulate units. */
export function isMacUnits(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= mostMacUnits;
}

/** "64 MAC units of 1 column, delta off, h of 8 bits": a chip in a line, with what is not the default. */
export function optionsInWords({ macUnits, columnsPerCycle = 1, deltaThreshold, ...widths }: ChipOptions & { readonly macUnits: number }): string {
  const columns = `${columnsPerCycle} ${columnsPerCycle === 1 ? "column" : "columns"}`;
  const delta = deltaThreshold === undefined ? "delta off" : `delta ${deltaThreshold}`;
  return [`${macUnits.toLocaleString("en-US")} MAC units of ${columns}`, delta, ...widthsInWords(widths)].join(", ");
}

function widthsInWords({ activationBits, cellBits, constantBits, lookUp, precision, calibrate }: ChipOptions): string[] {
  const timesteps = calibrate === false ? undefined : calibrate?.timesteps;
  const given: readonly [value: unknown, words: string][] = [
    [activationBits, `h of ${activationBits} bits`],
    [cellBits, `c of ${cellBits} bits`],
    [constantBits, `constants of ${constantBits} bits`],
    [lookUp?.entries, `tables of ${lookUp?.entries} words`],
    [lookUp?.interpolation, `interpolation ${lookUp?.interpolation}`],
    [precision, `${precision} MAC units`],
    [calibrate === false ? true : undefined, "ranges assumed"],
    [timesteps, `calibrated on ${timesteps} timesteps`],
  ];
  return given.flatMap(([value, words]) => (value === undefined ? [] : [words]));
}
