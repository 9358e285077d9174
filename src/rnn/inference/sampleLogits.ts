export interface SamplingOptions {
  /** Above 0 draws, the higher the more surprising; 0 always takes the likeliest. */
  readonly temperature: number;
  /** Draws from the so many likeliest only; all when left out. */
  readonly topK?: number | undefined;
}

/**
 * The class at which the cumulated probabilities of softmax(logits / temperature) pass `uniform`.
 * @param logits [V]
 * @param uniform in [0, 1)
 * @throws RangeError for a temperature that is no number from 0 on, a topK that is no integer from 1 on, or logits that are none or not finite
 */
export function sampleFromLogits(logits: Float32Array, { temperature, topK }: SamplingOptions, uniform: number): number {
  checkSampling({ temperature, topK });
  const broken = logits.findIndex((logit) => !Number.isFinite(logit));
  if (logits.length === 0 || broken >= 0) {
    const fault = logits.length === 0 ? "needs at least one logit" : `cannot draw where logit ${broken} is ${logits[broken]}`;
    throw new RangeError(`Sampling ${fault}.`);
  }
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  if (temperature === 0) {
    return logits.indexOf(largest);
  }
  const candidates = likeliest(logits, topK ?? logits.length);
  const weights = candidates.map((index) => Math.exp((logits[index]! - largest) / temperature));
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  const passed = weights.findIndex((weight) => (left -= weight) < 0);
  return candidates[passed >= 0 ? passed : candidates.length - 1]!;
}

/** @throws RangeError */
export function checkSampling({ temperature, topK }: SamplingOptions): void {
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new RangeError(`Sampling needs a temperature of 0 or more, not ${temperature}.`);
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new RangeError(`Sampling needs a topK of 1 or more whole classes, not ${topK}.`);
  }
}

/** Indices of the `count` largest logits, in the order of the classes. */
function likeliest(logits: Float32Array, count: number): number[] {
  const all = Array.from(logits.keys());
  if (count >= all.length) {
    return all;
  }
  return all.sort((one, other) => logits[other]! - logits[one]! || one - other).slice(0, count).sort((one, other) => one - other);
}
