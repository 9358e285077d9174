import { type AskUser, type Question, unavailable } from "../../kernel/client.js";
import type { Channels } from "./channels.js";
import type { Content, Request } from "./message.js";

/** Asks the user of the client that runs the cell, over the channel `stdin`; one question at a time. */
export class UserInput {
  private asking: Promise<unknown> = Promise.resolve();
  private answered: ((text: string | undefined) => void) | undefined;

  /** @param asked the request of the cell that runs, if its client can ask a user */
  constructor(
    private readonly channels: Channels,
    private readonly asked: () => Request | undefined,
  ) {}

  readonly ask: AskUser = (question, ended) => {
    const request = this.asked();
    // A page's `alert` waits for nothing that a line of text could say: it is printed.
    if (request === undefined || question.kind === "alert") {
      return Promise.resolve(unavailable);
    }
    const answer = this.asking.then(() => this.askOne(request, question, ended));
    this.asking = answer;
    return answer;
  };

  /** An `input_reply` has come. */
  receive({ content }: { readonly content: Content }): void {
    this.answered?.(typeof content["value"] === "string" ? content["value"] : undefined);
  }

  private async askOne(request: Request, { kind, prompt, initial }: Question, ended: AbortSignal): Promise<string | undefined> {
    if (ended.aborted) {
      return undefined;
    }
    const text = new Promise<string | undefined>((resolve) => {
      this.answered = resolve;
      ended.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    this.channels.reply("stdin", request, "input_request", { prompt: kind === "confirm" ? `${prompt} (y/n) ` : prompt, password: false });
    const line = await text;
    this.answered = undefined;
    if (kind === "confirm") {
      return /^\s*y(es)?\s*$/i.test(line ?? "") ? "yes" : undefined;
    }
    return line === "" ? initial : line;
  }
}
