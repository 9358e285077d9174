import type { FixedFormats, FixedModel } from "../fixedModel.js";
import type { ManifestLayer, Shift } from "./manifestSchema.js";

/** What the manifest says of a layer beside its steps. */
export type LayerWithoutSteps = ManifestLayer extends infer Layer ? (Layer extends ManifestLayer ? Omit<Layer, "steps"> : never) : never;

/** What the steps of a layer depend on beside the layer. */
export type StepModel = Pick<FixedModel, "formats" | "delta">;

/** The sum over the hidden state, as an integer step says it. */
export function recurrentSum(values: string): string {
  return `a[j] = sum over k of ${values}[k] * recurrent_weights[k, j]`;
}

/** The sum over the input, as an integer step says it; a symbol chooses one row. */
export function inputSum({ inputKind }: LayerWithoutSteps): string {
  return inputKind === "one-hot" ? "b[j] = input_weights[s, j]  for symbol s" : "b[j] = sum over k of x[k] * input_weights[k, j]";
}

/** The scaled recurrent sum of a gate row. */
export function recurrentTerm({ shifts }: Pick<Extract<LayerWithoutSteps, { cell: "lstm" }>, "shifts">): string {
  return shifted("gate_scale_recurrent[j] * a[j]", shifts.recurrent);
}

/** The scaled input sum of a gate row. */
export function inputTerm({ shifts }: LayerWithoutSteps): string {
  return sum(shifted("gate_scale_input[j] * b[j]", shifts.input), shifted("gate_shift[j]", shifts.gateShift));
}

/** A total in the format of pre-activations, rounded and saturated. */
export function preactivation(total: string, { shifts }: LayerWithoutSteps, { preactivation: format }: FixedFormats): string {
  return `sat(${shifted(parenthesised(total), shifts.preactivation)}, ${format.bits})`;
}

/** A term after a shift by so many bits. */
export function shifted(term: string, { direction, bits }: Shift): string {
  if (bits === 0) {
    return term;
  }
  return direction === "left" ? `${term} * 2^${bits}` : `round(${term} / 2^${bits})`;
}

/** Terms with plus signs between them. */
export function sum(...terms: readonly string[]): string {
  return terms.join(" + ");
}

/** A term in parentheses. */
export function parenthesised(term: string): string {
  return `(${term})`;
}

/** A number of bits to the right; below 0 to the left. */
export function rightShift(bits: number): Shift {
  return bits < 0 ? { direction: "left", bits: -bits } : { direction: "right", bits: Math.abs(bits) };
}
