import * as z from "zod";
import type { TaskData } from "../data/contract.js";
import { requireValid } from "../experiment/faults.js";
import { isPlainObject, nearestName } from "../experiment/optionNames.js";
import { classWeightsSchema, type ClassWeightsSpec } from "../experiment/spec.js";

/** "balanced", a weight for each class in the order of the data, or weights by class, where a class that is left out has 1. */
export type ClassWeightsOption = "balanced" | readonly number[] | Readonly<Record<string, number>>;

const optionSchema = z
  .union([z.literal("balanced"), z.array(z.number().min(0)), z.record(z.string(), z.number().min(0))])
  .meta({ give: '"balanced", a number of at least 0 for each class, as [1, 3], or by class, as { rare: 3 }' });

const word = "tl.experiment()";

/**
 * The weights as the spec has them.
 * @throws TypeError that names the class or the value that is wrong
 */
export function classWeightsSpec(given: ClassWeightsOption, data: TaskData): ClassWeightsSpec {
  requireValid(word, z.object({ classWeights: optionSchema }), { classWeights: given });
  const classes = data.kind === "symbols" ? data.symbols : data.classes;
  const weights = isPlainObject(given) ? byClass(given as Readonly<Record<string, number>>, classes) : given;
  if (typeof weights !== "string" && weights.length !== classes.length) {
    throw new TypeError(
      `classWeights of ${word} has ${weights.length} numbers, and the data ${classes.length} classes (${some(classes)}): give one for each`,
    );
  }
  return requireValid(word, z.object({ classWeights: classWeightsSchema }), { classWeights: weights }).classWeights;
}

function byClass(given: Readonly<Record<string, number>>, classes: readonly string[]): number[] {
  const unknown = Object.keys(given).find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `classWeights of ${word} has the class ${JSON.stringify(unknown)}, which the data has not; its classes are ${some(classes)}. ` +
        `Did you mean ${JSON.stringify(nearestName(unknown, classes))}?`,
    );
  }
  return classes.map((name) => given[name] ?? 1);
}

function some(classes: readonly string[]): string {
  const named = classes.slice(0, 10).map((name) => JSON.stringify(name)).join(", ");
  return classes.length > 10 ? `${named}, ...` : named;
}
