import { quantisersOf } from "../cells/cells.js";
import type { ExperimentSpec } from "../experiment/spec.js";

/** The functions of a cell that a spec names; no file holds them, and no other process has them. */
export function cellFunctionsOf({ onStep, optimiser, layers, output }: ExperimentSpec): string[] {
  const quantisers = [...layers.flatMap(quantisersOf), output.quantiser];
  return [
    ...(onStep === undefined ? [] : ["onStep"]),
    ...(optimiser.learningRate.kind === "custom" ? ["a learning rate of tl.schedule()"] : []),
    ...(quantisers.some(({ kind }) => kind === "custom") ? ["a quantiser of tl.quantiser()"] : []),
  ];
}

/** @throws TypeError that names the functions and the remedy */
export function requireDataOnly(word: string, spec: ExperimentSpec): void {
  const functions = cellFunctionsOf(spec);
  if (functions.length > 0) {
    throw new TypeError(
      `${word} trains in a process of its own, which has no function of a cell, and this experiment has ${functions.join(" and ")}: ` +
        "leave it out, or train in the cell with experiment.train()",
    );
  }
}

/**
 * Refuses what cannot be trained with nothing but a spec.
 * @throws TypeError for functions of a cell, and for weights that a spec names and does not hold; it names the remedy
 */
export function requireSpecOnly(word: string, spec: ExperimentSpec): void {
  requireDataOnly(word, spec);
  const { startWeights, distillation } = spec;
  const weights = [
    ...(startWeights === undefined ? [] : [`begins with the weights of ${startWeights.from === undefined ? "a given model" : `the ${startWeights.from}`}`]),
    ...(distillation === undefined ? [] : [`has the ${distillation.teacher.name} as its teacher`]),
  ];
  if (weights.length > 0) {
    throw new TypeError(`${word} trains from a spec, which holds no weights, and this experiment ${weights.join(" and ")}: train it with experiment.train() or experiment.start()`);
  }
}
