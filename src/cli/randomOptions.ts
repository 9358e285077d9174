import { type CellName, cells } from "../hardware/cells/cells.js";
import type { AcceleratorModel } from "../hardware/acceleratorModel.js";
import type { Sequence } from "../hardware/calibrate.js";
import { randomKinds, randomNetwork, randomSequence } from "../hardware/randomNetwork.js";
import { oneOf, positiveInteger, UsageError, wholeNumber } from "./command.js";

/** Options that describe a random network in place of a run. */
export const randomOptions = {
  random: { value: "SEED", description: "a random network of this seed instead of a run", replaces: "RUN" },
  cell: { value: "CELL", description: "of the random network: lstm (default) or gru" },
  reset: { value: "WHEN", description: "of its GRU: after (default) or before the product" },
  precision: { value: "NAME", description: "of weights: binary, ternary (default of a random network) or full" },
  units: { value: "N", description: "of its layers, separated by commas; default 16" },
  inputs: { value: "V", description: "its symbols or features; default 8" },
  "input-kind": { value: "KIND", description: "what it reads: one-hot (default) or dense" },
  kind: { value: "KIND", description: `its weights and constants: ${randomKinds.join(", ")}` },
} as const;

type Values = Readonly<Record<string, string | undefined>>;

export interface RandomRun {
  readonly model: AcceleratorModel;
  readonly sequences: readonly Sequence[];
}

/**
 * @param timesteps of its input, in two sequences where there is more than one
 * @throws UsageError
 */
export function randomRun(values: Values, timesteps: number): RandomRun {
  const seed = wholeNumber("random", values["random"]!);
  const model = randomNetwork({
    seed,
    cell: oneOf("cell", values["cell"] ?? "lstm", Object.keys(cells) as CellName[]),
    reset: oneOf("reset", values["reset"] ?? "after", ["before", "after"]),
    precision: oneOf("precision", values["precision"] ?? "ternary", ["binary", "ternary", "full"]),
    units: (values["units"] ?? "16").split(",").map((units) => positiveInteger("units", units.trim())),
    inputs: positiveInteger("inputs", values["inputs"] ?? "8"),
    inputKind: oneOf("input-kind", values["input-kind"] ?? "one-hot", ["one-hot", "dense"]),
    kind: oneOf("kind", values["kind"] ?? "random", randomKinds),
  });
  const second = Math.floor(timesteps / 4);
  const lengths = [timesteps - second, second].filter((length) => length > 0);
  return { model, sequences: lengths.map((length, index) => randomSequence(model, seed + index, length)) };
}

/** @throws UsageError for an option that only a random network has, beside a run */
export function refuseRandomOptions(values: Values, allowed: readonly string[] = []): void {
  const stray = Object.keys(randomOptions).find((option) => values[option] !== undefined && !allowed.includes(option));
  if (stray !== undefined) {
    throw new UsageError(`--${stray} describes a random network: leave it out, or give --random SEED instead of RUN.`);
  }
}
