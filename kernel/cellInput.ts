import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { FromKernel, InputAnswer } from "./contract.js";
import { currentExecution } from "./execution.js";
import type { Interrupter } from "./interrupt.js";
import { StopWord } from "./interruptState.js";
import { wellFormed } from "./wellFormed.js";

type InputKind = Extract<FromKernel, { type: "input" }>["kind"];

/** A cell asks for input, and nobody can answer. */
export class InputError extends Error {
  override name = "InputError";
}

/**
 * Asks the host, which shows an input box; a host without an editor has nobody to ask. Answers come through the watching
 * thread, so that `prompt` can wait for one as in a page: without giving the event loop a turn.
 */
export class CellInput {
  private requests = 0;
  private readonly waiting = new Map<number, (answer: InputAnswer) => void>();

  /** @param port where the watching thread posts answers */
  constructor(
    private readonly port: MessagePort,
    private readonly interrupter: Interrupter,
    private readonly post: (message: FromKernel) => void,
  ) {
    port.on("message", (answer: InputAnswer) => this.receive(answer));
    port.unref();
  }

  /**
   * Waits without giving the event loop a turn.
   * @returns null when the user dismisses the question, undefined when there is nobody to ask
   * @throws CellInterrupted when the user stops the cell
   */
  askNow(kind: InputKind, prompt: string, initial: string): string | null | undefined {
    const { state } = this.interrupter;
    let answer: InputAnswer | undefined;
    this.send(kind, prompt, initial, (received) => {
      answer = received;
    });
    for (;;) {
      const woken = state.read(StopWord.woken);
      for (let next = receiveMessageOnPort(this.port); next; next = receiveMessageOnPort(this.port)) {
        this.receive(next.message as InputAnswer);
      }
      if (answer) {
        return textOf(answer);
      }
      this.interrupter.checkNow();
      Atomics.wait(state.words, StopWord.woken, woken);
    }
  }

  /** @throws InputError when there is nobody to ask, and when the question is dismissed */
  async ask(prompt: string): Promise<string> {
    const text = textOf(await new Promise<InputAnswer>((resolve) => this.send("text", prompt, "", resolve)));
    if (text === undefined) {
      throw nobodyToAsk(prompt);
    }
    if (text === null) {
      throw new InputError(`The question "${prompt}" was dismissed.`);
    }
    return text;
  }

  private send(kind: InputKind, prompt: string, initial: string, receive: (answer: InputAnswer) => void): void {
    this.requests += 1;
    this.waiting.set(this.requests, receive);
    const id = currentExecution()?.id ?? "";
    this.post({ type: "input", id, request: this.requests, kind, prompt: wellFormed(prompt), initial: wellFormed(initial) });
  }

  private receive(answer: InputAnswer): void {
    this.waiting.get(answer.request)?.(answer);
    this.waiting.delete(answer.request);
  }
}

function textOf({ outcome, text }: InputAnswer): string | null | undefined {
  return outcome === "unavailable" ? undefined : outcome === "dismissed" ? null : text;
}

/** The error of a cell that asks where no editor runs the notebook; it names the question and what to do instead. */
export function nobodyToAsk(question: string): InputError {
  return new InputError(
    `"${question}": cells have no input here, since no editor runs the notebook; set the value in the cell, or read it from process.env.`,
  );
}

/** `prompt`, `confirm` and `alert` as pages have them. */
export function pageDialogs(input: CellInput) {
  return {
    prompt(message: unknown = "", initial: unknown = ""): string | null {
      const answer = input.askNow("text", String(message), String(initial));
      if (answer === undefined) {
        throw nobodyToAsk(`prompt: ${String(message)}`);
      }
      return answer;
    },
    confirm(message: unknown = ""): boolean {
      const answer = input.askNow("confirm", String(message), "");
      if (answer === undefined) {
        throw nobodyToAsk(`confirm: ${String(message)}`);
      }
      return answer !== null;
    },
    /** Needs no answer: without an editor it prints. */
    alert(message: unknown = ""): void {
      if (input.askNow("alert", String(message), "") === undefined) {
        console.log(String(message));
      }
    },
  };
}
