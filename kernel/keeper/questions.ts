import type { AskUser, Question } from "../client.js";

/** What cells ask while perhaps nobody is attached: a question waits until somebody answers, or its cell has ended. */
export class Questions {
  private readonly waiting = new Map<number, { question: Question; answer(text: string | undefined): void }>();
  onAsked: (question: Question) => void = () => {};
  onOver: (request: number) => void = () => {};

  /** For the kernel's client. */
  readonly ask: AskUser = (question, ended) =>
    new Promise((resolve) => {
      const answer = (text: string | undefined): void => {
        if (this.waiting.delete(question.request)) {
          resolve(text);
        }
      };
      const over = (): void => {
        answer(undefined);
        this.onOver(question.request);
      };
      this.waiting.set(question.request, { question, answer });
      ended.addEventListener("abort", over, { once: true });
      this.onAsked(question);
    });

  /** Those without an answer. */
  open(): Question[] {
    return [...this.waiting.values()].map(({ question }) => question);
  }

  /** @param text undefined when the user dismissed the question */
  answer(request: number, text: string | undefined): void {
    this.waiting.get(request)?.answer(text);
  }
}
