import { escapeHtml } from "../../text/markup.js";
import { attachedPicture } from "../attachments.js";
import { cellSource, type Notebook, type NotebookCell } from "../notebookFile.js";
import { isOurLanguage, languageOf, languageOfNotebook } from "../notebookLanguage.js";
import type { ShownParts } from "../shownParts.js";
import { highlighted } from "./highlight.js";
import { type FindPicture, markdownHtml } from "./markdownHtml.js";
import { outputHtml } from "./outputHtml.js";
import { pageStyles } from "./pageStyles.js";

/** Nothing of the page runs, and nothing is fetched: also not what an output or a picture of the notebook would name. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A notebook as one HTML page without scripts, which needs no network: Markdown, coloured code, outputs in their richest form.
 * @param title of the page, where the notebook has no heading
 * @param find the pictures that its Markdown names
 */
export function notebookHtml(notebook: Notebook, title: string, parts: ShownParts, find: FindPicture): string {
  const cells = notebook.cells.map((cell, index) => cellHtml(cell, notebook, `cell ${index + 1}`, parts, find));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="Tritloom">
<title>${escapeHtml(headingOf(notebook) ?? title)}</title>
<style>${pageStyles}</style>
</head>
<body>
<main>
${cells.filter((cell) => cell !== "").join("\n")}
</main>
</body>
</html>
`;
}

/** The text of the first heading of the first level. */
function headingOf(notebook: Notebook): string | undefined {
  const texts = notebook.cells.filter((cell) => cell.cell_type === "markdown").map(cellSource);
  return texts.map((text) => /^#\s+(.*\S)\s*$/m.exec(text)?.[1]?.replace(/<!--.*?-->/g, "")).find((heading) => heading !== undefined);
}

function cellHtml(cell: NotebookCell, notebook: Notebook, place: string, parts: ShownParts, find: FindPicture): string {
  const source = cellSource(cell);
  switch (cell.cell_type) {
    case "markdown":
      return `<section class="markdown">${markdownHtml(source, (address) => attached(cell, address) ?? find(address))}</section>`;
    case "raw":
      return source === "" ? "" : `<section class="raw"><pre tabindex="0">${escapeHtml(source)}</pre></section>`;
    case "code":
      return codeHtml(cell, languageOf(cell) ?? languageOfNotebook(notebook), place, parts, find);
  }
}

function codeHtml(cell: NotebookCell, language: string | undefined, place: string, parts: ShownParts, find: FindPicture): string {
  const source = cellSource(cell);
  const count = typeof cell.execution_count === "number" ? `<p class="count">[${cell.execution_count}]</p>` : "";
  const words = isOurLanguage(language) ? "" : ` in ${language}`;
  const code = parts.code && source.trim() !== "" ? [`<div class="code">${count}<pre tabindex="0" role="region" aria-label="Code of ${place}${escapeHtml(words)}"><code>${highlighted(source, language)}</code></pre></div>`] : [];
  const outputs = parts.outputs ? (cell.outputs ?? []).map((output, index) => outputHtml(output, `Output ${index + 1} of ${place}`, find)) : [];
  const inside = [...code, ...outputs].join("\n");
  return inside === "" ? "" : `<section class="cell">${inside}</section>`;
}

function attached(cell: NotebookCell, address: string): string | undefined {
  const picture = attachedPicture(cell, address);
  return picture && `data:${picture.type};base64,${picture.base64}`;
}
