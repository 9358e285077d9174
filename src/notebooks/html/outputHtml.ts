import { scheduleSvg, scheduleText } from "../../hardware/schedule/figure.js";
import { summariseNetwork } from "../../hardware/schedule/network.js";
import { curveSvg } from "../../runs/curveSvg.js";
import { escapeHtml } from "../../text/markup.js";
import type { ScheduleOutput, TrainingOutputData } from "../../../webview/contract.js";
import type { NotebookOutput } from "../notebookFile.js";
import { type Form, type ShownOutput, shownOutput } from "../richOutput.js";
import { type FindPicture, markdownHtml } from "./markdownHtml.js";
import { staticMarkup } from "./staticMarkup.js";

/** The richest form first; markup that is not static stands after pictures, since it shows less of itself in a frame without scripts. */
const order: readonly Form["kind"][] = ["training", "schedule", "html", "svg", "picture", "markdown", "text"];

/**
 * An output as markup that neither runs nor loads anything.
 * @param name of the output, for those who hear the page: "Output 1 of cell 3"
 */
export function outputHtml(output: NotebookOutput, name: string, find: FindPicture): string {
  const shown = shownOutput(output);
  return `<div class="output ${shown.kind}">${contentOf(shown, name, find)}</div>`;
}

function contentOf(shown: ShownOutput, name: string, find: FindPicture): string {
  switch (shown.kind) {
    case "stream":
      return `${pre(shown.text, shown.name === "stderr" ? "stderr" : "stdout")}`;
    case "error":
      return `<strong>${escapeHtml(shown.heading)}</strong>${shown.trace === shown.heading ? "" : pre(shown.trace, "trace")}`;
    case "rich":
      return richHtml(shown, name, find);
  }
}

function richHtml({ forms, plain, types }: Extract<ShownOutput, { kind: "rich" }>, name: string, find: FindPicture): string {
  const ranked = order.flatMap((kind) => forms.filter((form) => form.kind === kind));
  const html = ranked.map((form) => formHtml(form, plain ?? "", name, find)).find((markup) => markup !== undefined);
  const page = forms.find((form) => form.kind === "html");
  const isOnlyText = ranked.every(({ kind }) => kind === "html" || kind === "text");
  if (page?.kind === "html" && (html === undefined || isOnlyText) && staticMarkup(page.html) === undefined && showsWithoutScripts(page.html)) {
    return frame(page.html, name);
  }
  return html ?? `<span class="missing">${escapeHtml(`An output of a kind that a page cannot show: ${types.join(", ") || "it is empty"}`)}</span>`;
}

/** Whether a page has a word or a picture of its own; what scripts alone draw would be an empty frame. */
function showsWithoutScripts(html: string): boolean {
  const body = html.replace(/<!--[^]*?-->|<(script|style|head|noscript|template)\b[^]*?(?:<\/\1\s*>|$)/gi, "");
  return /<(?:img|svg|video|audio|hr|input|button|select|textarea|progress|meter)\b/i.test(body) || body.replace(/<[^>]*>|&nbsp;/g, "").trim() !== "";
}

function formHtml(form: Form, plain: string, name: string, find: FindPicture): string | undefined {
  switch (form.kind) {
    case "training":
      return trainingHtml(form.training, plain);
    case "schedule":
      return scheduleHtml(form.schedule);
    case "html":
      return staticMarkup(form.html);
    case "svg":
      return picture(`data:image/svg+xml;base64,${Buffer.from(form.svg).toString("base64")}`, plain || name);
    case "picture":
      return picture(`data:${form.type};base64,${form.base64}`, plain || name);
    case "markdown":
      return markdownHtml(form.markdown, find);
    case "text":
      return pre(form.text, "plain");
  }
}

/** The curve in the colours of the page, and the figures as the cell told them. */
function trainingHtml(training: TrainingOutputData, plain: string): string {
  const state = training.state === "unsettled" || training.state === "running" ? "was training when this was saved" : training.state;
  const curve = curveSvg({ ...training, state }, "css-variables");
  return `<figure><figcaption>${escapeHtml(`${training.name}: ${state}`)}</figcaption>${curve}${plain === "" ? "" : pre(plain, "plain")}</figure>`;
}

function scheduleHtml({ name, shapes }: ScheduleOutput): string {
  const { layers } = summariseNetwork(shapes);
  const figures = layers.map((layer, index) => {
    const caption = layers.length > 1 ? `Schedule of ${name}, layer ${index}` : `Schedule of ${name}`;
    return `<figure><figcaption>${escapeHtml(caption)}</figcaption>${scheduleSvg(layer.shape)}${pre(scheduleText(layer), "plain")}</figure>`;
  });
  return figures.join("");
}

function picture(address: string, alternative: string): string {
  return `<img src="${address}" alt="${escapeHtml(alternative)}">`;
}

function pre(text: string, className: string): string {
  return `<pre class="${className}" tabindex="0">${escapeHtml(text)}</pre>`;
}

/** A document of its own, in which nothing runs or loads and which reaches nothing of the page. */
function frame(html: string, name: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"><meta name="color-scheme" content="light dark">`;
  return `<iframe sandbox title="${escapeHtml(name)}" srcdoc="${escapeHtml(`<!DOCTYPE html>${policy}${html}`)}"></iframe>`;
}
