import type * as z from "zod";
import { requireValid } from "./faults.js";
import { requireKnownOptions, shown } from "./optionNames.js";

export { shown };

/**
 * The options of a word that a cell calls, each of them known.
 * @param word as the cell writes it: "tl.lstm"
 * @param known every option, true
 * @throws TypeError that names word and option, what there is instead, and what comes nearest
 */
export function checkOptions<O extends object>(word: string, options: O, known: Readonly<Record<keyof O, true>>): O {
  requireKnownOptions(word, options, Object.keys(known));
  return options;
}

/**
 * The same with their values.
 * @throws TypeError that names word, option and value, and says what to give
 */
export function checkValues<O extends object>(word: string, options: O, known: Readonly<Record<keyof O, true>>, schema: z.ZodType): O {
  checkOptions(word, options, known);
  requireValid(`${word}()`, schema, options);
  return options;
}

/** @throws TypeError that names word and value, and says what to give */
export function requireText(word: string, value: unknown, remedy: string): void {
  if (typeof value !== "string") {
    throw new TypeError(`${word}() takes ${remedy}, not ${shown(value)}`);
  }
}

/** @throws TypeError that names word, value and the choices */
export function requireOneOf(word: string, value: unknown, choices: readonly unknown[]): void {
  if (!choices.includes(value)) {
    throw new TypeError(`${word}() takes ${choices.map((choice) => `"${choice}"`).join(" or ")}, not ${shown(value)}`);
  }
}
