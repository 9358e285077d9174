import type { FromKernel, ToKernel, VariablesAnswer, VariablesQuestion } from "./contract.js";

type Answer = Extract<FromKernel, { type: "answer" }>;

/** Questions about variables that a kernel has not answered yet. */
export class Questions {
  private asked = 0;
  private readonly waiting = new Map<string, (answer: VariablesAnswer | undefined) => void>();

  constructor(private readonly send: (message: ToKernel) => void) {}

  /** @returns undefined when the kernel ends before it answers */
  ask(question: VariablesQuestion): Promise<VariablesAnswer | undefined> {
    this.asked += 1;
    const id = `question ${this.asked}`;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.send({ type: "ask", id, question });
    });
  }

  receive({ id, answer }: Answer): void {
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }

  /** The kernel is gone. */
  end(): void {
    [...this.waiting.values()].forEach((settle) => settle(undefined));
    this.waiting.clear();
  }
}
