import { inspect } from "node:util";

/** A wrong argument as an error message shows it. */
export function shown(value: unknown): string {
  return typeof value === "function" ? `the function ${value.name || "without a name"}` : inspect(value, { depth: 0, breakLength: Infinity });
}

/**
 * The options of a word that a cell calls. Cells are not type checked: without this a misspelt option would be left out
 * silently.
 * @param word as the cell writes it: "tl.lstm"
 * @param known every option, true
 * @throws TypeError that names word, option and what there is instead
 */
export function checkOptions<O extends object>(word: string, options: O, known: Readonly<Record<keyof O, true>>): O {
  const names = Object.keys(known);
  const all = names.join(", ");
  const isPlain = typeof options === "object" && options !== null && !Array.isArray(options);
  if (!isPlain) {
    throw new TypeError(`${word}() takes an object of options, ${word}({ ${names[0]}: ... }), not ${shown(options)}; its options are ${all}`);
  }
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new TypeError(`${word}() has no option ${unknown.map((name) => `"${name}"`).join(", ")}; its options are ${all}`);
  }
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
