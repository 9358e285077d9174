import ts from "typescript";
import { asWritten } from "./earlierName.js";

/** Code and its documentation, as TypeScript describes a name. */
export interface Description {
  readonly displayParts?: readonly ts.SymbolDisplayPart[] | undefined;
  readonly documentation?: readonly ts.SymbolDisplayPart[] | undefined;
  readonly tags?: readonly ts.JSDocTagInfo[] | undefined;
}

/** A declaration as a block of code. */
export function codeBlock(code: string): string {
  return `\`\`\`typescript\n${code}\n\`\`\``;
}

/** The docstring with its tags. */
export function documentationOf({ documentation, tags }: Description): string {
  const text = plainText(documentation);
  return [text, ...(tags ?? []).map(tagText)].filter((part) => part !== "").join("\n\n");
}

export function plainText(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return asWritten(ts.displayPartsToString(parts ? [...parts] : []));
}

function tagText({ name, text }: ts.JSDocTagInfo): string {
  const words = plainText(text).trim();
  switch (name) {
    case "param": {
      const [, parameter = "", rest = ""] = /^(\S+)\s*(?:-\s*)?([^]*)$/.exec(words) ?? [];
      return `*@param* \`${parameter}\`${rest === "" ? "" : ` — ${rest}`}`;
    }
    case "example":
      return `*@example*\n${words.includes("```") ? words : codeBlock(words)}`;
    default:
      return `*@${name}*${words === "" ? "" : ` — ${words}`}`;
  }
}
