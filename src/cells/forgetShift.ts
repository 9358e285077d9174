import * as z from "zod";
import { requireValid } from "../experiment/faults.js";

/** The forget gate of an LSTM begins with one shift for all units, or with a memory of another length in each unit. */

const chronoSchema = z.strictObject({ kind: z.literal("chrono"), longest: z.number().min(2) }).meta({ makers: ["tl.chrono(784)"] });

export const forgetShiftSchema = z.union([z.number(), chronoSchema]);
/** One shift for all units, or `tl.chrono(784)`. */
export type ForgetShift = z.infer<typeof forgetShiftSchema>;
/** What `tl.chrono()` gives: a memory of another length in each unit. */
export type ChronoSpec = z.infer<typeof chronoSchema>;

/**
 * For `forgetShift` of `tl.lstm()`: units begin with memories of 1 to `longest` - 1 timesteps, as many with short ones as with long ones.
 * A unit that remembers u timesteps has a shift of ln(u) at its forget gate and of -ln(u) at its input gate, as in the chrono initialisation
 * of "Can recurrent neural networks warp time?" (Tallec and Ollivier 2018). They draw u; here units have it in even steps, so that it
 * depends on no seed.
 * @param longest timesteps between what is to be told and what tells it, at least 2: the length of the sequences, where that is not known
 */
export function chrono(longest: number): ChronoSpec {
  return requireValid("tl.chrono()", chronoSchema, { kind: "chrono", longest });
}

/** @returns shifts of the forget gate, and of the input gate, at the start of training: [H] each */
export function initialShifts(shift: ForgetShift, units: number): Readonly<Record<"forget" | "input", Float32Array>> {
  if (typeof shift === "number") {
    return { forget: new Float32Array(units).fill(shift), input: new Float32Array(units) };
  }
  const forget = Float32Array.from({ length: units }, (_, unit) => Math.log(1 + ((unit + 0.5) / units) * (shift.longest - 2)));
  return { forget, input: forget.map((value) => -value) };
}
