/** A JSON value at the beginning of a text, and what follows it. */
export interface JsonPrefix {
  readonly value: unknown;
  readonly rest: string;
}

/** Reads the JSON value that a text begins with; undefined where there is none. */
export function jsonPrefix(text: string): JsonPrefix | undefined {
  const end = /^["[{]/.test(text) ? endOfNested(text) : text.search(/\s|$/);
  try {
    return { value: JSON.parse(text.slice(0, end)) as unknown, rest: text.slice(end) };
  } catch {
    return undefined;
  }
}

/** The end of a string, list or object: brackets count outside of strings only. */
function endOfNested(text: string): number {
  const pieces = /"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g;
  let depth = 0;
  for (let piece = pieces.exec(text); piece !== null; piece = pieces.exec(text)) {
    depth += /^[[{]/.test(piece[0]) ? 1 : /^[\]}]/.test(piece[0]) ? -1 : 0;
    if (depth === 0) {
      return pieces.lastIndex;
    }
  }
  return text.length;
}

/** Whether a JSON value is an object, and no list. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
