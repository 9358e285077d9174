import { noScales } from "./coded.js";
import type { Quantiser } from "./contract.js";
import { quantiserKind, specOf } from "./kind.js";
import type { MatrixShape } from "./kind.js";

export const fullPrecisionKind = quantiserKind({
  kind: "full-precision",
  word: "tl.fullPrecision",
  options: {},
  levels: "full",
  make: (_spec, shape) => copied(shape),
});

/** Leaves the weights as they are, in 32 bits: the yardstick that the others are compared with. */
export function fullPrecision() {
  return specOf(fullPrecisionKind);
}

function copied({ rows, columns }: MatrixShape): Quantiser {
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
