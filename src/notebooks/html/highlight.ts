import { codeTokens } from "../codeTokens.js";
import { isOurLanguage } from "../notebookLanguage.js";
import { escapeHtml } from "../../text/markup.js";

const coloured = new Set(["comment", "string", "number", "regexp", "keyword"]);

/** Code with a class for what is coloured; code in another language than those of cells is plain. */
export function highlighted(code: string, language: string | undefined): string {
  if (!isOurLanguage(language)) {
    return escapeHtml(code);
  }
  return codeTokens(code)
    .map(({ kind, text }) => (coloured.has(kind) ? `<span class="${kind}">${escapeHtml(text)}</span>` : escapeHtml(text)))
    .join("");
}
