/** Questions of one kind that a kernel has not answered yet. */
export class PendingQuestions<Question, Answer> {
  private asked = 0;
  private readonly waiting = new Map<string, (answer: Answer | undefined) => void>();

  constructor(private readonly send: (id: string, question: Question) => void) {}

  /** @returns undefined when the kernel ends before it answers */
  ask(question: Question): Promise<Answer | undefined> {
    this.asked += 1;
    const id = `question ${this.asked}`;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.send(id, question);
    });
  }

  receive(id: string, answer: Answer): void {
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }

  /** The kernel is gone. */
  end(): void {
    this.waiting.forEach((settle) => settle(undefined));
    this.waiting.clear();
  }
}
