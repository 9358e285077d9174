import type { LearningRateSpec } from "../../experiment/spec.js";
import type { ScheduleMoment } from "./schedule.js";

/** What the validations of a training have shown so far; plain numbers, kept in the checkpoint. */
export interface ValidationHistory {
  /** Lowest validation loss; infinite before the first. */
  readonly best: number;
  /** Validations in a row that were not better than the best. */
  readonly sinceBest: number;
  /** The same, since the learning rate last fell. */
  readonly sinceReduction: number;
  /** How often a plateau has lowered the learning rate. */
  readonly reductions: number;
  /** All of them, where a person's schedule may read them. */
  readonly validations?: ScheduleMoment["validations"];
}

export const noValidations: ValidationHistory = { best: Infinity, sinceBest: 0, sinceReduction: 0, reductions: 0 };

/** The history with one more validation. @param step steps done */
export function afterValidation(history: ValidationHistory, loss: number, learningRate: LearningRateSpec, step: number): ValidationHistory {
  const counts = afterLoss(history, loss, learningRate);
  return learningRate.kind === "custom" ? { ...counts, validations: [...(history.validations ?? []), { step, loss }] } : counts;
}

function afterLoss(history: ValidationHistory, loss: number, learningRate: LearningRateSpec): ValidationHistory {
  if (loss < history.best) {
    return { ...history, best: loss, sinceBest: 0, sinceReduction: 0 };
  }
  const sinceBest = history.sinceBest + 1;
  const sinceReduction = history.sinceReduction + 1;
  const falls = learningRate.kind === "plateau" && sinceReduction >= learningRate.patience;
  return {
    best: history.best,
    sinceBest,
    sinceReduction: falls ? 0 : sinceReduction,
    reductions: history.reductions + Number(falls),
  };
}
