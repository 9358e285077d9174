import type { KernelClient } from "../../kernel/client.js";
import type { AnswerTo, CodeQuestion } from "../../kernel/questions/contract.js";

export type Answer<Kind extends CodeQuestion["kind"]> = AnswerTo<Extract<CodeQuestion, { kind: Kind }>>;

/** Who completes and explains code that is being written. Places are counted in UTF-16 code units. */
export interface CodeAssistant {
  complete(code: string, cursor: number): Promise<Answer<"complete">>;
  inspect(code: string, cursor: number, isDetailed: boolean): Promise<Answer<"inspect">>;
  /** A cell was executed. */
  ran(code: string): void;
}

/** Answers by what is defined in the kernel now, as prompts of other languages do. */
export function livingAssistant(kernel: KernelClient): CodeAssistant {
  return {
    complete: (code, cursor) => kernel.askAboutCode({ kind: "complete", code, cursor }),
    inspect: (code, cursor, isDetailed) => kernel.askAboutCode({ kind: "inspect", code, cursor, isDetailed }),
    ran: () => {},
  };
}
