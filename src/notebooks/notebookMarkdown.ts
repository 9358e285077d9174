import { scheduleSvg, scheduleText } from "../hardware/schedule/figure.js";
import { summariseNetwork } from "../hardware/schedule/network.js";
import { curveSvg } from "../runs/curveSvg.js";
import { markdownText } from "../text/markdown.js";
import type { ScheduleOutput, TrainingOutputData } from "../../webview/contract.js";
import { attachedPicture, type Picture } from "./attachments.js";
import { cellSource, type Notebook, type NotebookCell, type NotebookOutput } from "./notebookFile.js";
import { languageOf, languageOfNotebook } from "./notebookLanguage.js";
import { type Form, type ShownOutput, shownOutput } from "./richOutput.js";
import type { ShownParts } from "./shownParts.js";

/**
 * Puts a picture where the text can name it.
 * @param name without an ending, unique in the notebook
 * @returns the picture's address, as it stands in the text
 */
export type PlacePicture = (name: string, picture: Picture) => string;

/** The richest form first: pictures, then text; markup stands last, as few readers of Markdown show it as a page does. */
const order: readonly Form["kind"][] = ["training", "schedule", "svg", "picture", "markdown", "text", "html"];

/** A notebook as Markdown: its Markdown as it is, code in fences, outputs as text and pictures. It ends with a line break. */
export function notebookMarkdown(notebook: Notebook, parts: ShownParts, place: PlacePicture): string {
  const pieces = notebook.cells.flatMap((cell, index) => cellMarkdown(cell, notebook, index + 1, parts, place));
  return `${pieces.filter((piece) => piece.trim() !== "").join("\n\n")}\n`;
}

function cellMarkdown(cell: NotebookCell, notebook: Notebook, number: number, parts: ShownParts, place: PlacePicture): string[] {
  const source = cellSource(cell).replaceAll("\r\n", "\n");
  switch (cell.cell_type) {
    case "markdown":
      return [withPictures(cell, source, number, place).trimEnd()];
    case "raw":
      return [source.trimEnd()];
    case "code": {
      const language = languageOf(cell) ?? languageOfNotebook(notebook) ?? "typescript";
      const code = parts.code && source.trim() !== "" ? [fenced(source, language)] : [];
      const outputs = parts.outputs ? (cell.outputs ?? []) : [];
      return [...code, ...outputs.flatMap((output, index) => outputMarkdown(output, `cell-${number}-output-${index + 1}`, place))];
    }
  }
}

/** Pictures that the cell keeps itself get a place of their own. */
function withPictures(cell: NotebookCell, source: string, number: number, place: PlacePicture): string {
  let count = 0;
  return source.replace(/(!\[[^\]]*\]\()(attachment:[^)\s]+)/g, (whole, before: string, address: string) => {
    const picture = attachedPicture(cell, address);
    count += 1;
    return picture === undefined ? whole : `${before}${place(`cell-${number}-attachment-${count}`, picture)}`;
  });
}

function outputMarkdown(output: NotebookOutput, name: string, place: PlacePicture): string[] {
  const shown = shownOutput(output);
  switch (shown.kind) {
    case "stream":
      return [fenced(shown.text, "text")];
    case "error":
      return [fenced(shown.trace, "text")];
    case "rich":
      return richMarkdown(shown, name, place);
  }
}

function richMarkdown({ forms, plain }: Extract<ShownOutput, { kind: "rich" }>, name: string, place: PlacePicture): string[] {
  const [best] = order.flatMap((kind) => forms.filter((form) => form.kind === kind));
  return best === undefined ? [] : formMarkdown(best, plain ?? name, name, place);
}

/** @param plain the output in words */
function formMarkdown(best: Form, plain: string, name: string, place: PlacePicture): string[] {
  switch (best.kind) {
    case "training":
      return [trainingPicture(best.training, name, place), fenced(plain, "text")];
    case "schedule":
      return scheduleMarkdown(best.schedule, name, place);
    case "svg":
      return [svgPicture(best.svg, plain, name, place)];
    case "picture":
      return [picture(plain, place(name, best))];
    case "markdown":
      return [best.markdown.trimEnd()];
    case "text":
      return [fenced(best.text, "text")];
    case "html":
      return [fenced(best.html, "html")];
  }
}

function trainingPicture(training: TrainingOutputData, name: string, place: PlacePicture): string {
  const svg = curveSvg({ ...training, state: training.state === "running" ? "unsettled" : training.state }, "neutral");
  return svgPicture(svg, `Training curve of ${training.name}`, name, place);
}

function scheduleMarkdown({ name: run, shapes }: ScheduleOutput, name: string, place: PlacePicture): string[] {
  return summariseNetwork(shapes).layers.flatMap((layer, index) => [
    // Outside of a page the colour of text has to be one that reads on white and on black.
    svgPicture(scheduleSvg(layer.shape).replaceAll("currentColor", "#7d7d7d"), `Schedule of ${run}, layer ${index}`, `${name}-layer-${index}`, place),
    fenced(scheduleText(layer), "text"),
  ]);
}

function svgPicture(svg: string, alternative: string, name: string, place: PlacePicture): string {
  return picture(alternative, place(name, { type: "image/svg+xml", base64: Buffer.from(svg).toString("base64") }));
}

/** The first line says what is to be seen. */
function picture(alternative: string, address: string): string {
  return `![${markdownText(alternative.split("\n")[0]!)}](${address})`;
}

/** A fence that is longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, { length }) => Math.max(most, length), 2);
  const fence = "`".repeat(longest + 1);
  // A foreign name must not end the line or the fence.
  const [info] = /^[\w+#.-]*/.exec(language)!;
  return `${fence}${info}\n${text.replace(/\n$/, "")}\n${fence}`;
}
