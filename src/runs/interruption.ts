import { interruptReasonSchema, type InterruptReason } from "./contract.js";

/** The reason of an abort signal that ends a training before its last step. Whatever aborts may be another error with a `why`. */
export class TrainingInterruption extends Error {
  override readonly name = "Interrupted";
  constructor(readonly why: InterruptReason) {
    super("The training was interrupted.");
  }
}

/** Why an aborted signal was; one that does not say was stopped by a person. */
export function interruptReasonOf({ reason }: AbortSignal): InterruptReason {
  const { why } = (reason ?? {}) as { why?: unknown };
  return interruptReasonSchema.safeParse(why).data ?? "stopped";
}
