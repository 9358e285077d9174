import type ts from "typescript";
import { plainText } from "./markdown.js";
import type { OpenCell } from "./places.js";

/** What TypeScript writes about a call of an import: the name at once, without the word that declared it. */
const withoutKind = /^[\w$]+[(<]/;

/**
 * A name's declaration as a person would write it. What another cell declared reaches a cell by an import that nobody wrote,
 * of which nobody shall read.
 */
export function declarationText({ program, module }: OpenCell, name: string, parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  const text = plainText(parts);
  const origin = module.originOf(name);
  if (!origin || !text.startsWith("(alias) ")) {
    return text;
  }
  const words = text.slice("(alias) ".length).replace(/\nimport [\w$]+$/, "");
  if (!withoutKind.test(words) || origin.declaration.kind === "import") {
    return words;
  }
  const start = origin.declaration.start + origin.module.shift;
  return plainText(program.service.getQuickInfoAtPosition(origin.module.fileName, start)?.displayParts);
}
