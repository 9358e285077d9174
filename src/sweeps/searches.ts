import * as z from "zod";
import { requireValid } from "../experiment/faults.js";

/** How a sweep chooses its trials, as plain values that `sweep.json` keeps. */

const count = z.number().int().min(1).max(100_000).meta({ give: "a number of trials, a whole number from 1 to 100,000" });

export const searchSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("grid") }),
  z.strictObject({ kind: z.literal("random"), trials: count }),
  z.strictObject({ kind: z.literal("tpe"), trials: count }),
]).meta({ makers: ["tl.grid()", "tl.random(50)", "tl.tpe(50)"] });
/** How a sweep chooses its trials; made by `tl.grid`, `tl.random` and `tl.tpe`. */
export type SearchSpec = z.infer<typeof searchSchema>;

/** Every point of the space, the last dimension varying fastest. */
export function grid(): SearchSpec {
  return { kind: "grid" };
}

/** So many points of the space, each drawn by itself, none twice. */
export function random(trials: number): SearchSpec {
  return requireValid("tl.random()", searchSchema, { kind: "random", trials }, inCall);
}

/**
 * So many points of the space, chosen one after the other where those so far did well: the tree-structured Parzen estimator of
 * Bergstra et al. 2011 with the defaults of Optuna. The first 10 are drawn at random.
 */
export function tpe(trials: number): SearchSpec {
  return requireValid("tl.tpe()", searchSchema, { kind: "tpe", trials }, inCall);
}

/** Errors name the call alone: its one argument has no name there. */
function inCall(): string {
  return "";
}
