import { gateVectors, initialHidden, scaledSums, type CellHardware } from "./cell.js";

/** Hochreiter and Schmidhuber 1997 with forget gate: c = f c + i g, h = o tanh(gainCell c + shiftCell). */
export const lstm = {
  name: "LSTM",
  gates: ["g", "f", "i", "o"],
  hasRecurrentWeights: true,
  candidate: { gate: "g", curve: "tanh" },
  states: ["c", "h"],
  gateStages: ["scale", "round", "table", "interpolate"],
  elementWise: [
    { stage: "read", work: "f, i, g, c" },
    { stage: "products", work: "f·c, i·g" },
    { stage: "cell", work: "c = f·c + i·g" },
    { stage: "cell-scale", work: "scale · c" },
    { stage: "cell-round", work: "+ shift" },
    { stage: "table", work: "tanh table" },
    { stage: "interpolate", work: "tanh(c)" },
    { stage: "output", work: "o · tanh(c)" },
    { stage: "round", work: "round h" },
  ],
  products: [
    ["activation", "cell"],
    ["activation", "activation"],
    ["activation", "activation"],
    ["cell", "constant"],
  ],
  tanhLookUps: 2,
  vectors: [
    ...gateVectors,
    { key: "gainCell", image: "cell_scale", role: "scale of the cell state before the output tanh, for each unit", of: "unit" },
    { key: "shiftCell", image: "cell_shift", role: "added to the scaled cell state, for each unit", of: "unit" },
    initialHidden,
    { key: "initialCell", image: "initial_cell", role: "cell state before the first timestep, for each unit", of: "unit" },
  ],
  gateOrders: { gfio: "this project and the paper's code", ifgo: "PyTorch", ifco: "Keras, as ifgo", iofc: "ONNX" },
  verilog: { layer: "lstm_layer", others: ["scale_shift", "element_wise_lstm"] },
  equations: () => ({
    scale: scaledSums,
    lookUp: "f, i, o = σ(p); g = tanh(p): one look-up a cycle through one port. tanh of the cell has a second port.",
    elementWise: "c = f·c + i·g; then scale-shift and tanh of c; then h = o·tanh(c). One unit a cycle, nine stages.",
    state: "Writes c and h of one unit a cycle. h has two banks: this timestep still reads the old one.",
  }),
} as const satisfies CellHardware;
