import { escapeHtml } from "../text/markup.js";
import { printableLines } from "../text/printable.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** A prompt and what the model wrote after it. */
export class GeneratedText implements Displayable {
  constructor(
    /** What the model was given to go on from. */
    readonly prompt: string,
    /** What it wrote, without the prompt. */
    readonly text: string,
  ) {}

  toString(): string {
    return this.prompt + this.text;
  }

  [displaySymbol](): MimeBundle {
    return {
      "text/html": `<pre style="white-space:pre-wrap"><b>${escapeHtml(this.prompt)}</b>${escapeHtml(this.text)}</pre>`,
      "text/plain": printableLines(String(this)),
    };
  }
}
