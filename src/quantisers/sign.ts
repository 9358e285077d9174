import { takeSigns } from "./binary.js";
import { codedQuantiser } from "./coded.js";
import { quantiserKind, specOf } from "./kind.js";

/** The sign of 0 is +1; what multiplies the product is left to a normaliser, which divides any scale out. */
export const signKind = quantiserKind({
  kind: "sign",
  word: "tl.sign",
  options: {},
  levels: "binary",
  make: (_spec, { rows, columns }) =>
    codedQuantiser(rows, columns, "binary", (latent, _context, out) => {
      takeSigns(latent, 1, out);
      return 1;
    }),
});

/** The sign of each weight, -1 or +1, without a scale (Hou et al. 2019, "Normalization Helps Training of Quantized LSTM"). It needs a normaliser to train well. */
export function sign() {
  return specOf(signKind);
}
