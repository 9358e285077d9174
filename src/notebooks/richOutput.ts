import { stripVTControlCharacters } from "node:util";
import { isJsonType } from "../../kernel/mimeContent.js";
import { type ScheduleOutput, scheduleOutputSchema, type TrainingOutputData, trainingOutputSchema } from "../../webview/contract.js";
import { scheduleMime, trainingMime } from "../../webview/protocol.js";
import { checkNetwork } from "../hardware/schedule/network.js";
import type { NotebookOutput } from "./notebookFile.js";

export const pictureTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
export type PictureType = (typeof pictureTypes)[number];

/** One form of an output, which a page or a text can show. */
export type Form =
  | { readonly kind: "training"; readonly training: TrainingOutputData }
  | { readonly kind: "schedule"; readonly schedule: ScheduleOutput }
  | { readonly kind: "svg"; readonly svg: string }
  | { readonly kind: "picture"; readonly type: PictureType; readonly base64: string }
  | { readonly kind: "html"; readonly html: string }
  | { readonly kind: "markdown"; readonly markdown: string }
  | { readonly kind: "text"; readonly text: string };

/** What a cell shows, whichever program wrote it. */
export type ShownOutput =
  | { readonly kind: "stream"; readonly name: string; readonly text: string }
  | { readonly kind: "error"; readonly heading: string; readonly trace: string }
  /** The same in several forms; `plain` is that for readers of text. */
  | { readonly kind: "rich"; readonly forms: readonly Form[]; readonly plain: string | undefined; readonly types: readonly string[] };

/** Reads an output of a notebook file. */
export function shownOutput(output: NotebookOutput): ShownOutput {
  switch (output.output_type) {
    case "stream":
      return { kind: "stream", name: String(output.name), text: terminalText(joined(output.text)) };
    case "error": {
      const heading = terminalText(`${String(output.ename)}: ${String(output.evalue)}`);
      const trace = Array.isArray(output.traceback) ? terminalText(output.traceback.map(String).join("\n")) : "";
      return { kind: "error", heading, trace: trace.startsWith(heading) ? trace : [heading, trace].join("\n").trimEnd() };
    }
    default:
      return richOutput(output.data);
  }
}

function richOutput(data: unknown): ShownOutput {
  const bundle = typeof data === "object" && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
  const plain = bundle["text/plain"];
  const forms = Object.entries(bundle).flatMap(([type, content]) => formOf(type, content) ?? []);
  return { kind: "rich", forms, plain: plain === undefined ? undefined : terminalText(joined(plain)), types: Object.keys(bundle) };
}

function formOf(type: string, content: unknown): Form | undefined {
  switch (type) {
    case trainingMime: {
      const { success, data } = trainingOutputSchema.safeParse(content);
      return success ? { kind: "training", training: data } : undefined;
    }
    case scheduleMime: {
      const { success, data } = scheduleOutputSchema.safeParse(content);
      return success && isNetwork(data.shapes) ? { kind: "schedule", schedule: data } : undefined;
    }
    case "image/svg+xml":
      return { kind: "svg", svg: joined(content) };
    case "text/html":
      return { kind: "html", html: joined(content) };
    case "text/markdown":
      return { kind: "markdown", markdown: joined(content) };
    default:
      return plainForm(type, content);
  }
}

function plainForm(type: string, content: unknown): Form | undefined {
  const picture = pictureTypes.find((each) => each === type);
  if (picture !== undefined) {
    const base64 = joined(content).replace(/\s/g, "");
    return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? { kind: "picture", type: picture, base64 } : undefined;
  }
  if (isJsonType(type)) {
    return type === "application/json" ? { kind: "text", text: JSON.stringify(content, null, 2) } : undefined;
  }
  return type.startsWith("text/") ? { kind: "text", text: terminalText(joined(content)) } : undefined;
}

/** Whether the layers fit each other, so that they have a schedule. */
function isNetwork(shapes: ScheduleOutput["shapes"]): boolean {
  try {
    checkNetwork(shapes);
    return true;
  } catch {
    return false;
  }
}

/** Text as notebook files keep it: whole, or in lines. */
function joined(content: unknown): string {
  return Array.isArray(content) ? content.map(String).join("") : String(content);
}

/** What a terminal shows at the end: without escape codes, and of a line that was written anew its last form. */
function terminalText(text: string): string {
  return stripVTControlCharacters(text).replaceAll("\r\n", "\n").replace(/[^\n]*\r(?=[^\n])/g, "").replaceAll("\r", "");
}
