import { noScales } from "./coded.js";
import type { Quantiser } from "./contract.js";

/** The baseline: weights are used as they are. */
export function fullPrecision(rows: number, columns: number): Quantiser {
  const values = new Float32Array(rows * columns);
  return {
    rows,
    columns,
    saturation: null,
    codes: new Int8Array(0),
    initialScales: () => noScales,
    quantise(latent) {
      values.set(latent);
      return values;
    },
    backward: () => noScales,
    constrain: () => undefined,
    ship: () => ({ kind: "full-precision", rows, columns, values: values.slice() }),
  };
}
