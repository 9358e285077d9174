import type { CellError, FromKernel, MimeBundle } from "../../kernel/contract.js";
import { attempt } from "../../kernel/foreignValue.js";
import { isJsonType } from "../../kernel/mimeContent.js";
import type { Content } from "./message.js";

/** What is broadcast. */
export interface Output {
  readonly type: string;
  readonly content: Content;
}

/**
 * A message of the kernel as Jupyter broadcasts it; undefined for what shows nothing.
 * @param session distinguishes the displays of this kernel from those of earlier ones in the same notebook
 */
export function outputOf(message: FromKernel, executionCount: number, session: string): Output | undefined {
  switch (message.type) {
    case "stream":
      return { type: "stream", content: { name: message.name, text: message.text } };
    case "display":
      return {
        type: message.update ? "update_display_data" : "display_data",
        content: { data: dataOf(message.data), metadata: {}, transient: { display_id: `${session}-${message.displayId}` } },
      };
    case "result":
      return { type: "execute_result", content: { execution_count: executionCount, data: dataOf(message.data), metadata: {} } };
    case "error":
      return { type: "error", content: errorContent(message.error) };
    default:
      return undefined;
  }
}

/** An error as broadcasts and replies tell it; frames are the traceback. */
export function errorContent({ name, message, stack }: CellError): { ename: string; evalue: string; traceback: string[] } {
  const header = `${name}: ${message}`;
  return { ename: name, evalue: message, traceback: stack === "" ? [header] : [header, ...stack.split("\n")] };
}

/** JSON types as values, all else as text: also what a program of the notebook's sends as JSON that is none. */
export function dataOf(bundle: MimeBundle): Record<string, unknown> {
  const valueOf = (type: string, text: string): unknown => (isJsonType(type) ? attempt((): unknown => JSON.parse(text), text) : text);
  return Object.fromEntries(Object.entries(bundle).map(([type, text]) => [type, valueOf(type, text)]));
}
