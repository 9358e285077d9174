import { gateVectors, initialHidden, scaledSums, type CellHardware } from "./cell.js";

/** Cho et al. 2014: h = n + z (h - n), with the reset before the recurrent product of the candidate or after it. */
export const gru = {
  name: "GRU",
  gates: ["r", "z", "n"],
  hasRecurrentWeights: true,
  candidate: { gate: "n", curve: "tanh" },
  states: ["h"],
  gateStages: ["scale", "round", "reset", "add", "table", "interpolate"],
  elementWise: [
    { stage: "read", work: "z, h" },
    { stage: "product", work: "z·(h − n)" },
    { stage: "sum", work: "h = n + z·(h − n)" },
  ],
  products: [
    ["activation", "activation"],
    ["activation", "activation"],
  ],
  tanhLookUps: 1,
  vectors: [
    ...gateVectors,
    { key: "shiftReset", image: "reset_shift", role: "added to the candidate's scaled recurrent sum inside the reset, for each unit", of: "unit" },
    initialHidden,
  ],
  gateOrders: { rzn: "this project and PyTorch", zrh: "Keras and ONNX" },
  verilog: { layer: "gru_layer", others: ["scale_shift_reset", "element_wise_gru"] },
  equations: ({ reset }) => ({
    scale:
      reset === "after"
        ? "p = scale_h · Σ(Q_h · h) + scale_x · Σ(Q_x · x) + shift; of n rows the recurrent term is multiplied by r. One row a cycle."
        : `${scaledSums} Of n rows h is r·h.`,
    lookUp: "r, z = σ(p); n = tanh(p): one look-up a cycle through one port.",
    elementWise: `${reset === "before" ? "First r·h of every unit. Then " : ""}h = n + z·(h − n). One unit a cycle, three stages.`,
    state: "Writes h of one unit a cycle. h has two banks: this timestep still reads the old one.",
  }),
} as const satisfies CellHardware;
