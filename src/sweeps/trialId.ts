import { createHash } from "node:crypto";
import type { ExperimentSpec } from "../experiment/spec.js";

/**
 * Who a trial is: a digest of all that determines its figures. Its name is left out, so that two trials that train the same are one.
 * @returns 16 hexadecimal digits, of which two among a million trials agree with a chance of 1 : 37 million
 */
export function trialId(spec: ExperimentSpec): string {
  const { name: _shown, ...training } = spec;
  return createHash("sha256").update(canonical(training)).digest("hex").slice(0, 16);
}

/** JSON with the members of each object in the order of their names, those without a value left out. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
