import type { RunSnapshot } from "../../src/runs/runViews.js";
import type { Outgoing } from "../shared/host.js";
import type { Charts } from "./charts.js";
import { csvOf } from "./csv.js";
import { markdownOf } from "./markdown.js";
import type { ExportKind } from "./toolbar.js";

type Save = Extract<Outgoing, { type: "save" }>;

function afterComma(dataUrl: string): string {
  return dataUrl.slice(dataUrl.indexOf(",") + 1);
}

/** The file of one export, for the extension to save where the user picks. */
export async function exportedFile(
  kind: Exclude<ExportKind, "markdown">,
  charts: Charts,
  runs: readonly RunSnapshot[],
): Promise<Save> {
  const name = `training-curves.${kind}`;
  if (kind === "csv") {
    return { type: "save", suggestedName: name, encoding: "utf8", data: csvOf(runs) };
  }
  const data = afterComma(await charts.image(kind));
  return kind === "png"
    ? { type: "save", suggestedName: name, encoding: "base64", data }
    : { type: "save", suggestedName: name, encoding: "utf8", data: decodeURIComponent(data) };
}

/** Puts the runs on the clipboard as a Markdown table. */
export async function copyMarkdown(runs: readonly RunSnapshot[]): Promise<void> {
  await navigator.clipboard.writeText(markdownOf(runs));
}
