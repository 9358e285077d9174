import * as tf from "@tensorflow/tfjs";
import type { LayerSpec } from "../../experiment/spec.js";
import { normaliserOf as descriptorOf } from "../../normalisers/lookup.js";
import { keepsTimesteps } from "../../normalisers/ofLayer.js";
import { gatesOf, normalisedParts, normaliserOf } from "../../cells/cells.js";
import type { NormalisedPart } from "../../cells/contract.js";
import { momentNames } from "../kernels/contract.js";
import type { PopulationStatistics } from "../shipping/populationStatistics.js";

/** Share of the newest minibatch, as in the paper's code. */
const rate = 0.05;

interface PartVariables {
  readonly mean: tf.LayerVariable;
  readonly variance: tf.LayerVariable;
}

/**
 * Moving averages of the batch statistics for inference: one set for all timesteps, or one for each timestep of the
 * trained length. Until an average spans 1/rate minibatches it is their plain mean, so that it is right from the first
 * one on.
 */
export class MovingStatistics {
  private readonly parts: ReadonlyMap<NormalisedPart, PartVariables>;

  /**
   * @param rows R, of `statisticRows`
   * @param addWeight makes a non-trainable weight of the layer: the statistics are saved with the model
   */
  constructor(
    spec: LayerSpec,
    private readonly rows: number,
    addWeight: (name: string, shape: number[]) => tf.LayerVariable,
  ) {
    const parts = normalisedParts(spec).filter((part) => descriptorOf(normaliserOf(spec, part)).measures === "minibatch");
    this.parts = new Map(
      parts.map((part) => {
        const columns = part === "cell" ? spec.units : gatesOf(spec) * spec.units;
        const weight = (moment: string): tf.LayerVariable => addWeight(`moving_${moment}_${part}`, [this.rows, columns]);
        return [part, { mean: weight("mean"), variance: weight("variance") }];
      }),
    );
  }

  /** Whether there is anything to average. */
  get isNeeded(): boolean {
    return this.parts.size > 0;
  }

  /** Rejects training sequences whose statistics would not fit. @param counts as in `update` */
  checkTrainingLength(timesteps: number, counts?: Float32Array): void {
    const empty = counts?.indexOf(0) ?? -1;
    if (this.rows > 1 && empty >= 0) {
      throw new RangeError(
        `The layer keeps statistics for each of ${this.rows} timesteps, and no sequence of this minibatch reaches timestep ${empty}, ` +
          'which is padding in all: use larger minibatches, or the normaliser statistics "shared".',
      );
    }
    if (this.rows > 1 && timesteps !== this.rows) {
      throw new RangeError(
        `The layer keeps statistics for each of ${this.rows} timesteps, and a training sequence has ${timesteps}: ` +
          'give sequences of that length, or the normaliser statistics "shared".',
      );
    }
  }

  /**
   * @param statistics of one minibatch, by the kernel's names, each [T, C]
   * @param earlier minibatches that the average holds already
   * @param counts sequences at each timestep that are not padding, [T]; default: the same at all
   */
  update(statistics: PopulationStatistics, timesteps: number, earlier: number, counts?: Float32Array): void {
    if (counts?.every((count) => count === 0)) {
      return;
    }
    const share = Math.max(rate, 1 / (earlier + 1));
    for (const [part, variables] of this.parts) {
      const names = momentNames[part];
      const newest = this.reduced(statistics[names.mean]!, statistics[names.variance]!, timesteps, counts);
      for (const moment of ["mean", "variance"] as const) {
        const average = tf.tensor2d(newest[moment], variables[moment].shape as [number, number]);
        variables[moment].write(tf.add(tf.mul(variables[moment].read(), 1 - share), tf.mul(average, share)));
      }
    }
  }

  /** The averages for a sequence, by the kernel's names, each [1, C] or [T, C]. */
  read(timesteps: number): PopulationStatistics {
    if (this.rows > 1 && timesteps > this.rows) {
      throw new RangeError(
        `The layer has statistics for ${this.rows} timesteps, its trained length, and this sequence has ${timesteps}: ` +
          'give shorter sequences, or train with the normaliser statistics "shared".',
      );
    }
    const cut = (variable: tf.LayerVariable): Float32Array => {
      const all = variable.read().dataSync<"float32">();
      return this.rows > 1 ? all.slice(0, timesteps * (all.length / this.rows)) : all;
    };
    const entries = [...this.parts].flatMap(([part, { mean, variance }]) => [
      [momentNames[part].mean, cut(mean)] as const,
      [momentNames[part].variance, cut(variance)] as const,
    ]);
    return Object.fromEntries(entries);
  }

  /**
   * [R, C] of [T, C]; by the law of total variance: the mean of the variances plus the variance of the means, each timestep weighing
   * as many sequences as it has.
   */
  private reduced(
    means: Float32Array,
    variances: Float32Array,
    timesteps: number,
    counts?: Float32Array,
  ): Record<"mean" | "variance", Float32Array> {
    if (this.rows > 1) {
      return { mean: means.slice(), variance: variances.slice() };
    }
    const columns = means.length / timesteps;
    const all = counts?.reduce((sum, count) => sum + count, 0);
    const weight = (at: number): number => (counts ? counts[Math.floor(at / columns)]! / all! : 1 / timesteps);
    const mean = new Float32Array(columns);
    const variance = new Float32Array(columns);
    means.forEach((value, at) => (mean[at % columns]! += value * weight(at)));
    variances.forEach((value, at) => {
      variance[at % columns]! += (value + (means[at]! - mean[at % columns]!) ** 2) * weight(at);
    });
    return { mean, variance };
  }
}

/**
 * R: 1, or the trained length where the layer keeps statistics of each timestep.
 * @param timesteps of the layer's input shape; null when it leaves them open
 */
export function statisticRows(spec: LayerSpec, timesteps: number | null): number {
  if (!keepsTimesteps(spec)) {
    return 1;
  }
  if (timesteps === null) {
    throw new RangeError(
      'Normaliser statistics "per-timestep" need to know the timesteps: give the layer an inputShape of [timesteps, inputs], ' +
        'or use the statistics "shared".',
    );
  }
  return timesteps;
}
