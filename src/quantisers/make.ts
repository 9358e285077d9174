import type * as z from "zod";
import { blended } from "./blended.js";
import type { Quantiser } from "./contract.js";
import type { Levels, QuantiserKind } from "./kind.js";
import { quantiserKinds } from "./quantisers.js";
import type { QuantiserSpec } from "./quantiserSpec.js";

type AnyKind = QuantiserKind<string, z.ZodRawShape>;

function kindOf({ kind }: QuantiserSpec): AnyKind {
  return quantiserKinds.find((one) => one.kind === kind) as unknown as AnyKind;
}

/**
 * The quantiser that a spec names, for one matrix.
 * @param rows inputs of the matrix
 * @param columns 4H for an LSTM, 3H for a GRU, V for an output matrix
 * @param gates blocks of columns for rules with a scale of each gate's own; an output matrix is one block
 */
export function makeQuantiser(spec: QuantiserSpec, rows: number, columns: number, gates = 1): Quantiser {
  const quantiser = kindOf(spec).make(spec, { rows, columns, gates });
  return levelsOf(spec) === "full" ? quantiser : blended(quantiser);
}

/** What a weight is when it ships. */
export function levelsOf(spec: QuantiserSpec): Levels {
  const { levels } = kindOf(spec);
  return typeof levels === "function" ? levels(spec) : levels;
}

/** Whether the weights follow from Adam's second moment, too. */
export function needsSecondMoment(spec: QuantiserSpec): boolean {
  return kindOf(spec).needsSecondMoment === true;
}

/** How many scales training learns for each matrix. */
export function learnedScales(spec: QuantiserSpec): number {
  return kindOf(spec).learnedScales ?? 0;
}

/** Bits to which the vector that the matrix multiplies is rounded; undefined for one that stays as it is. */
export function activationBits(spec: QuantiserSpec): number | undefined {
  return kindOf(spec).activationBits?.(spec);
}

/** @throws Error that names the cell to run, where this process has not what training by the spec needs */
export function requireRule(spec: QuantiserSpec): void {
  kindOf(spec).requireRule?.(spec);
}
