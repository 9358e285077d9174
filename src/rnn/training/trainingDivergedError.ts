export interface Divergence {
  /** 1-based. */
  readonly step: number;
  readonly learningRate: number;
  readonly loss: number;
  /** The first parameter whose gradient is not finite, by name; absent where the loss itself is the fault. */
  readonly parameter?: string;
}

/** The loss or a gradient is no longer finite, or the loss has exploded; going on is pointless. */
export class TrainingDivergedError extends Error {
  override readonly name = "TrainingDivergedError";
  readonly step: number;

  constructor({ step, learningRate, loss, parameter }: Divergence) {
    const where = parameter === undefined ? "" : `, and the gradient of ${parameter} is not finite`;
    super(
      `Training diverged at step ${step}: the loss is ${Number.isFinite(loss) ? loss.toPrecision(4) : loss}${where}, at ` +
        `learning rate ${learningRate.toPrecision(3)}. Try a lower learning rate, a longer warm-up, ` +
        "gradient clipping (clipping: tl.clipNorm(1)), values that are standardised, or a normaliser if there is none" +
        `${step > 1 ? "; the checkpoint before is still good" : ""}.`,
    );
    this.step = step;
  }
}
