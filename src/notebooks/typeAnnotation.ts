import type { PlacedToken } from "./codeTokens.js";

/** After and before these a type goes on, also in the next line. */
const goesOnAfter = /^(?:[|&:<,?.=]|extends|keyof|typeof|infer|is|new|readonly|unique)$/;
const goesOnBefore = /^[|&>?.=,;)\]}]$/;

/**
 * The end of a type that a variable is declared with: the index of the first token after it, which is a sign that ends every type,
 * or begins a line of its own.
 * @param start index of the type's first token
 */
export function annotationEnd(tokens: readonly PlacedToken[], start: number): number {
  let depth = 0;
  let index = start;
  for (; index < tokens.length; index++) {
    const { text } = tokens[index]!;
    if (depth === 0 && index > start && endsBefore(tokens, index)) {
      return index;
    }
    if (text === "=" && isArrow(tokens, index)) {
      index += 1;
    } else {
      depth += /^[([{<]$/.test(text) ? 1 : /^[)\]}>]$/.test(text) ? -1 : 0;
    }
  }
  return index;
}

function endsBefore(tokens: readonly PlacedToken[], index: number): boolean {
  const { text, beginsLine } = tokens[index]!;
  if (/^[=,;]$/.test(text)) {
    return !isArrow(tokens, index);
  }
  // An arrow goes on, too: its last sign is no bracket.
  const before = isArrow(tokens, index - 2) ? "=" : tokens[index - 1]!.text;
  return beginsLine && !goesOnAfter.test(before) && !goesOnBefore.test(text);
}

function isArrow(tokens: readonly PlacedToken[], index: number): boolean {
  return tokens[index]?.text === "=" && tokens[index + 1]?.text === ">";
}
