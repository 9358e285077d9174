import { randomBytes } from "node:crypto";
import type { SharedPage } from "./pageTable.js";

/** The scripts in dist/webview; each has a style sheet of the same name. A ROM file has a page of its own. */
export type PageName = SharedPage | "rom";

export interface PageParts {
  /** VS Code's origin for files of the extension. */
  cspSource: string;
  nonce: string;
  title: string;
  script: string;
  style: string;
  /** How the view was looked at last, as JSON can say it. */
  view?: unknown;
}

/** 128 random bits: a page's scripts run only when they carry the page's own. */
export function createNonce(): string {
  return randomBytes(16).toString("base64url");
}

/** Nothing but the page's own script, the extension's styles and fonts, and pictures made in the page. */
export function contentSecurityPolicy(cspSource: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data: blob:`,
  ].join("; ");
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The document of a page, whose only script is its own. */
export function pageHtml({ cspSource, nonce, title, script, style, view }: PageParts): string {
  const data = view === undefined ? "" : ` data-view="${attribute(JSON.stringify(view))}"`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(cspSource, nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>${title}</title>
</head>
<body${data}>
<script type="module" nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
