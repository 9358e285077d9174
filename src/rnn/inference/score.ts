import type { EvaluationMethod } from "../../experiment/evaluationMethod.js";

/** What an evaluation says of predictions; a language model is read by `bpc`, a classification by `accuracy`. */
export interface Score {
  /** Mean cross-entropy in nats per prediction. */
  readonly loss: number;
  /** The same in bits: per character, per word or per sequence. */
  readonly bpc: number;
  /** Share of predictions whose likeliest class was the target. */
  readonly accuracy: number;
}

/** A score that says how it was computed. */
export interface EvaluatedScore extends Score {
  /** This says with which weights, statistics and windows it was computed. */
  readonly how: EvaluationMethod;
}

/** Sums up losses of parts of different length. */
export class ScoreSum {
  private nats = 0;
  private correct = 0;
  private predictions = 0;

  /** @param loss mean over the predictions of this part, in nats */
  add(loss: number, correct: number, predictions: number): void {
    this.nats += loss * predictions;
    this.correct += correct;
    this.predictions += predictions;
  }

  get score(): Score {
    const loss = this.nats / this.predictions;
    return { loss, bpc: loss / Math.LN2, accuracy: this.correct / this.predictions };
  }
}

/** Perplexity of a word model: e to the cross-entropy. */
export function perplexity({ loss }: Pick<Score, "loss">): number {
  return Math.exp(loss);
}
