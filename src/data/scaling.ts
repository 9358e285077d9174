import type { Scaling } from "./contract.js";

/**
 * Standardises values in place, as those of the training part were: from each its mean is subtracted, and the rest is divided by
 * its standard deviation. A value that never varied in the training part is not divided.
 * @param values [..., I], I = the number of means
 */
export function standardise(values: Float32Array, { means, deviations }: Scaling): void {
  const width = means.length;
  for (let at = 0; at < values.length; at++) {
    const column = at % width;
    values[at] = (values[at]! - means[column]!) / (deviations[column]! || 1);
  }
}
