import type { CellError, FromKernel, MimeBundle } from "../../kernel/contract.js";
import { isJsonType } from "../../kernel/mimeContent.js";
import { type NotebookOutput, toLines } from "./notebookFile.js";

/** Turns the kernel's messages into the outputs of notebook cells. */
export class NotebookOutputs {
  /** Outputs that a later message may replace; an update may come from another cell than the display. */
  private readonly displays = new Map<string, NotebookOutput>();

  /** Adds what `message` shows to `outputs`, the list of the cell that it belongs to. */
  add(message: FromKernel, outputs: NotebookOutput[], executionCount: number): void {
    switch (message.type) {
      case "stream":
        addStream(outputs, message.name, message.text);
        break;
      case "display":
        this.addDisplay(outputs, message);
        break;
      case "result":
        outputs.push({
          output_type: "execute_result",
          execution_count: executionCount,
          data: toNotebookData(message.data),
          metadata: {},
        });
        break;
      case "error":
        outputs.push(toErrorOutput(message.error));
        break;
    }
  }

  private addDisplay(outputs: NotebookOutput[], message: FromKernel & { type: "display" }): void {
    const data = toNotebookData(message.data);
    const shown = this.displays.get(message.displayId);
    if (message.update && shown) {
      shown.data = data;
      return;
    }
    const output = { output_type: "display_data", data, metadata: {} };
    this.displays.set(message.displayId, output);
    outputs.push(output);
  }
}

/** A cell's error as Jupyter's notebook format stores it. */
export function toErrorOutput({ name, message, stack }: CellError): NotebookOutput {
  const header = `${name}: ${message}`;
  return {
    output_type: "error",
    ename: name,
    evalue: message,
    traceback: stack === "" ? [header] : [header, ...stack.split("\n")],
  };
}

/** Output that follows on output of the same stream is one text. */
function addStream(outputs: NotebookOutput[], name: string, text: string): void {
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) {
    const before = last.text as string[];
    const open = before.at(-1)?.endsWith("\n") === false ? (before.pop() as string) : "";
    for (const line of toLines(open + text)) {
      before.push(line);
    }
  } else {
    outputs.push({ output_type: "stream", name, text: toLines(text) });
  }
}

/** JSON types as values, text as lines, everything else (base64) as it is. */
export function toNotebookData(bundle: MimeBundle): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bundle).map(([type, content]) => {
      if (isJsonType(type)) {
        return [type, parsedOrText(content)];
      }
      return [type, /^text\/|\+xml$|javascript$/.test(type) ? toLines(content) : content];
    }),
  );
}

/** The kernel sends JSON; a program of the notebook's that talks to its host by itself may not, and text is a JSON value too. */
export function parsedOrText(content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return content;
  }
}
