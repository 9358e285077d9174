import { requireValid } from "../experiment/faults.js";
import { requireKnownOptions } from "../experiment/optionNames.js";
import type { Folded, Normaliser } from "./contract.js";

/**
 * A normaliser's part of the spec, from the options that its word was given.
 * @throws TypeError that names word, option and value, and says what to give
 */
export function specOf<Spec extends { readonly kind: string }>(normaliser: Normaliser<Spec>, options: object): Spec {
  const { word, schema, kind, defaults } = normaliser;
  requireKnownOptions(word.slice(0, -2), options, Object.keys(defaults));
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return requireValid(word, schema, { kind, ...defaults, ...given });
}

/** Gains without offsets. */
export function gainsOnly(gain: Float64Array): Folded {
  return { gain, offset: new Float64Array(gain.length) };
}
