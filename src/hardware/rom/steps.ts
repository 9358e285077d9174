import type { FixedFormats, FixedModel } from "../fixedModel.js";
import type { ManifestLayer, Shift } from "./manifestSchema.js";

/** What the manifest says of a layer beside its steps. */
export type LayerWithoutSteps = ManifestLayer extends infer Layer ? (Layer extends ManifestLayer ? Omit<Layer, "steps"> : never) : never;

/** What the steps of a layer depend on beside the layer. */
export type StepModel = Pick<FixedModel, "formats" | "delta">;

export function recurrentSum(values: string): string {
  return `a[j] = sum over k of ${values}[k] * recurrent_weights[k, j]`;
}

export function inputSum({ inputKind }: LayerWithoutSteps): string {
  return inputKind === "one-hot" ? "b[j] = input_weights[s, j]  for symbol s" : "b[j] = sum over k of x[k] * input_weights[k, j]";
}

export function recurrentTerm({ shifts }: Pick<Extract<LayerWithoutSteps, { cell: "lstm" }>, "shifts">): string {
  return shifted("gate_scale_recurrent[j] * a[j]", shifts.recurrent);
}

export function inputTerm({ shifts }: LayerWithoutSteps): string {
  return sum(shifted("gate_scale_input[j] * b[j]", shifts.input), shifted("gate_shift[j]", shifts.gateShift));
}

export function preactivation(total: string, { shifts }: LayerWithoutSteps, { preactivation: format }: FixedFormats): string {
  return `sat(${shifted(parenthesised(total), shifts.preactivation)}, ${format.bits})`;
}

export function shifted(term: string, { direction, bits }: Shift): string {
  if (bits === 0) {
    return term;
  }
  return direction === "left" ? `${term} * 2^${bits}` : `round(${term} / 2^${bits})`;
}

export function sum(...terms: readonly string[]): string {
  return terms.join(" + ");
}

export function parenthesised(term: string): string {
  return `(${term})`;
}

/** A number of bits to the right; below 0 to the left. */
export function rightShift(bits: number): Shift {
  return bits < 0 ? { direction: "left", bits: -bits } : { direction: "right", bits: Math.abs(bits) };
}
