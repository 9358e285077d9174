import type { FromKernel, ToKernel, VariablesAnswer, VariablesQuestion } from "./contract.js";
import { PendingQuestions } from "./pendingQuestions.js";
import type { CodeAnswer, CodeQuestion } from "./questions/contract.js";

type Answer = Extract<FromKernel, { type: "answer" | "answerAboutCode" | "work" }>;

/** What a host asks its kernel besides running cells. */
export class KernelQuestions {
  readonly variables = new PendingQuestions<VariablesQuestion, VariablesAnswer>((id, question) => this.send({ type: "ask", id, question }));
  readonly code = new PendingQuestions<CodeQuestion, CodeAnswer>((id, question) => this.send({ type: "askAboutCode", id, question }));
  readonly work = new PendingQuestions<undefined, boolean>((id) => this.send({ type: "askForWork", id }));

  constructor(private readonly send: (message: ToKernel) => void) {}

  static isAnswer(message: FromKernel): message is Answer {
    return message.type === "answer" || message.type === "answerAboutCode" || message.type === "work";
  }

  receive(answer: Answer): void {
    switch (answer.type) {
      case "answer":
        return this.variables.receive(answer.id, answer.answer);
      case "answerAboutCode":
        return this.code.receive(answer.id, answer.answer);
      case "work":
        return this.work.receive(answer.id, answer.isGoingOn);
    }
  }

  /** The kernel is gone. */
  end(): void {
    this.variables.end();
    this.code.end();
    this.work.end();
  }
}
