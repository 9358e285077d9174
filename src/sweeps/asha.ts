import * as z from "zod";
import { checkValues } from "../experiment/options.js";

/**
 * Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2): every candidate is
 * trained for a few steps; whenever the best 1/reduction of those that came to a rung has one that did not go on, it goes on to the next
 * rung, which has reduction times the steps.
 */

export const ashaSchema = z.strictObject({
  kind: z.literal("asha"),
  /** Steps of the first rung. */
  min: z.number().int().positive().meta({ give: "the steps after which the first trials end, a whole number above 0, as min: 100" }),
  /** One of so many trials at a rung goes on. */
  reduction: z.number().int().min(2).max(1000),
});
/** How trials are ended early, as a plain value that `sweep.json` keeps; made by `tl.asha`. */
export type AshaSpec = z.infer<typeof ashaSchema>;

const optionsSchema = ashaSchema.omit({ kind: true }).partial({ reduction: true });

/** Options of `tl.asha()`. */
export interface AshaOptions {
  /** Steps of the first rung: the fewest that a trial is trained. */
  min: number;
  /** The best one of so many trials at a rung goes on, for so many times the steps. Default 3. */
  reduction?: number;
}

/** A candidate that came to a rung; what is to become small is its loss, infinite where it failed. */
export interface Arrival {
  readonly candidate: number;
  readonly loss: number;
}

/** The arrivals at each rung, from the first. */
export type Rungs = readonly (readonly Arrival[])[];

/** The steps of each rung, rising; the last is the whole training. */
export function rungSteps({ min, reduction }: Pick<AshaSpec, "min" | "reduction">, steps: number): number[] {
  const rungs: number[] = [];
  for (let rung = min; rung < steps; rung *= reduction) {
    rungs.push(rung);
  }
  return [...rungs, steps];
}

/** How many candidates it takes so that one comes to the last rung. */
export function leastCandidates({ reduction }: Pick<AshaSpec, "reduction">, rungs: number): number {
  return reduction ** (rungs - 1);
}

export interface Promotion {
  readonly candidate: number;
  /** The rung that it goes on to. */
  readonly rung: number;
}

/**
 * The candidate that may go on now, at the highest rung that has one; undefined where none may.
 * @param goneOn for each rung the candidates that were sent on to it
 */
export function promotion({ reduction }: Pick<AshaSpec, "reduction">, rungs: Rungs, goneOn: readonly ReadonlySet<number>[]): Promotion | undefined {
  for (let rung = rungs.length - 2; rung >= 0; rung--) {
    const found = best(rungs[rung]!, reduction).find(({ candidate }) => !goneOn[rung + 1]!.has(candidate));
    if (found !== undefined) {
      return { candidate: found.candidate, rung: rung + 1 };
    }
  }
  return undefined;
}

/** The best 1/reduction of a rung, rounded down, best first; of equal ones the earlier candidate. One that failed is never among them. */
export function best(arrivals: readonly Arrival[], reduction: number): Arrival[] {
  const ranked = arrivals.filter(({ loss }) => loss < Infinity).toSorted((a, b) => a.loss - b.loss || a.candidate - b.candidate);
  return ranked.slice(0, Math.floor(arrivals.length / reduction));
}

/**
 * Ends trials early that do worse than others: asynchronous successive halving (Li et al. 2020). Each trial is trained for `min` steps; of
 * `reduction` trials that came so far the best goes on from its checkpoint to `reduction` times the steps, and so on up to all steps of
 * the experiment.
 */
export function asha(options: AshaOptions): AshaSpec {
  const { min, reduction = 3 } = checkValues("tl.asha", options, { min: true, reduction: true }, optionsSchema);
  return { kind: "asha", min, reduction };
}
