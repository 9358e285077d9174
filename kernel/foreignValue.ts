import { inspect, types } from "node:util";
import { wellFormed } from "./wellFormed.js";

/**
 * Values that a cell's code made, read with care: a getter may throw, a proxy may be revoked, a name may be a symbol.
 * Whatever was thrown or shown, the kernel must be able to say so and go on with the next cell.
 */

/** What `read` gives, or `otherwise` where the value's own code throws. */
export function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** A property of any value; undefined where it has none or its getter throws. */
export function propertyOf(value: unknown, key: PropertyKey): unknown {
  return attempt(() => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], undefined);
}

/** Also errors of other realms and without a prototype, for which `instanceof` says no, and revoked proxies, for which it throws. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || attempt(() => value instanceof Error, false);
}

/** Like `value instanceof type`, false for a revoked proxy. */
export function isInstance<T>(value: unknown, type: abstract new (...values: never[]) => T): value is T {
  return attempt(() => value instanceof type, false);
}

/**
 * Any value as a string: text and numbers as they are, objects as the console shows them.
 * @param characters longer text is cut off, and says how long it was
 */
export function textOf(value: unknown, characters: number): string {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  const text = isObject ? attempt(() => inspect(value, { depth: 0 }), "[a value that cannot be shown]") : String(value);
  return shortened(text, characters);
}

/** Well-formed text of at most so many characters and, where some are left out, a remark that says how many. */
export function shortened(text: string, characters: number): string {
  if (text.length <= characters) {
    return wellFormed(text);
  }
  return `${wellFormed(text.slice(0, characters))} [… ${(text.length - characters).toLocaleString("en")} more characters]`;
}
