import { inspect } from "node:util";

/** A wrong argument as an error message shows it. */
export function shown(value: unknown): string {
  return typeof value === "function" ? `the function ${value.name || "without a name"}` : inspect(value, { depth: 0, breakLength: Infinity });
}

/**
 * Refuses options that a function does not know. Cells are not type checked: without this a misspelt option would be left out
 * silently.
 * @param word as the cell writes it: "tl.lstm"
 * @throws TypeError that names word and option, what there is instead, and what comes nearest
 */
export function requireKnownOptions(word: string, options: object, names: readonly string[]): void {
  const all = names.join(", ");
  const isPlain = typeof options === "object" && options !== null && !Array.isArray(options);
  if (!isPlain) {
    throw new TypeError(`${word}() takes an object of options, ${word}({ ${names[0]}: ... }), not ${shown(options)}; its options are ${all}`);
  }
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const nearest = unknown.map((name) => `the nearest to "${name}" is "${nearestName(name, names)}"`);
    throw new TypeError(
      `${word}() has no option ${unknown.map((name) => `"${name}"`).join(", ")}; its options are ${all}; ${nearest.join(", ")}`,
    );
  }
}

/** The name that fewest keystrokes make of the wrong one; the first of several. */
export function nearestName(wrong: string, names: readonly string[]): string {
  const distances = names.map((name) => keystrokes(wrong.toLowerCase(), name.toLowerCase()));
  return names[distances.indexOf(Math.min(...distances))]!;
}

/** Characters to insert, delete, replace, or swap with their neighbour (optimal string alignment distance). */
function keystrokes(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const before = rows[row - 1]!;
    const present = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = before[column - 1]! + Number(from[row - 1] !== to[column - 1]);
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? rows[row - 2]![column - 2]! + 1 : Infinity;
      present.push(Math.min(before[column]! + 1, present[column - 1]! + 1, replaced, swapped));
    }
    rows.push(present);
  }
  return rows[from.length]![to.length]!;
}
