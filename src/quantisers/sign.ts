import { takeSigns } from "./binary.js";
import { codedQuantiser } from "./coded.js";
import type { Quantiser } from "./contract.js";

/**
 * sign(w) with sign(0) = +1 and no scale (Hou et al. 2019, "Normalization Helps Training of Quantized LSTM"): what
 * multiplies the product is left to a normaliser, which divides any scale out.
 */
export function sign(rows: number, columns: number): Quantiser {
  return codedQuantiser(rows, columns, "binary", (latent, _context, out) => {
    takeSigns(latent, 1, out);
    return 1;
  });
}
