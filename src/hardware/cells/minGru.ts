import { gateVectors, initialHidden, type CellHardware } from "./cell.js";

const [, gainInput] = gateVectors;

/**
 * Feng et al. 2024, section 3.1: h = h + z (n - h) with z = sigmoid(p_z), n = p_n, p = gainInput (x·Qx) + shift. h enters by itself alone,
 * and no tanh bounds it: the layer has a range of its own.
 */
export const minGru = {
  name: "minGRU",
  gates: ["z", "n"],
  hasRecurrentWeights: false,
  candidate: { gate: "n", curve: "linear" },
  states: ["h"],
  gateStages: ["scale", "round", "table", "interpolate"],
  elementWise: [
    { stage: "read", work: "z, h" },
    { stage: "product", work: "z·(n − h)" },
    { stage: "sum", work: "h = h + z·(n − h)" },
  ],
  products: [["activation", "activation"]],
  tanhLookUps: 0,
  vectors: [gainInput, { key: "shift", image: "gate_shift", role: "added to the scaled input sum, for each gate row", of: "row" }, initialHidden],
  gateOrders: { zn: "this project" },
  verilog: { layer: "min_gru_layer", others: ["input_sums", "scale_shift", "element_wise_min_gru"] },
  equations: () => ({
    array: "sum[row] ← sum[row] + weight[row, column] · x[column]: the input alone, h has no weights.",
    scale: "p = scale_x · Σ(Q_x · x) + shift: the folded normaliser of the row, one row a cycle.",
    lookUp: "z = σ(p): one look-up a cycle through one port. n = p, rounded to the format of h, takes as long.",
    elementWise: "h = h + z·(n − h). One unit a cycle, three stages.",
    state: "Writes h of one unit a cycle, in place: no other unit reads it.",
  }),
} as const satisfies CellHardware;
