import type { LstmForwardOptions, LstmShape } from "../../src/rnn/kernels/contract.js";
import { randomStream, uniformAt } from "../../src/numbers/random.js";
import { randomArray } from "./lstmProblem.js";

type Sizes = Pick<LstmShape, "timesteps" | "batch" | "units">;

/** Each option of a forward pass alone, and all together. The GRU's cases are those without what only an LSTM has. */
export function optionCases(cell: "lstm" | "gru", { timesteps, batch, units }: Sizes): [string, LstmForwardOptions][] {
  const state = batch * units;
  const sequence = timesteps * state;
  const lstm = cell === "lstm";
  const carried = {
    carriedHidden: randomArray(state, 21).map((value) => 0.5 * value),
    ...(lstm && { carriedCell: randomArray(state, 22).map((value) => 0.5 * value) }),
  };
  const recurrent = { recurrentMask: chosen(state, 23, 1 / 0.6) };
  const zoneout = { zoneoutHidden: chosen(sequence, 24, 1), ...(lstm && { zoneoutCell: chosen(sequence, 25, 1) }) };
  const expected = { zoneoutHidden: new Float32Array(sequence).fill(0.3), ...(lstm && { zoneoutCell: new Float32Array(sequence).fill(0.2) }) };
  return [
    ["nothing", {}],
    ["a carried state", carried],
    ["recurrent dropout", recurrent],
    ["zoneout", zoneout],
    ["zoneout's expectation", expected],
    ["all of them", { ...carried, ...recurrent, ...zoneout }],
  ];
}

/** `value` with probability 0.6, else 0. */
function chosen(length: number, seed: number, value: number): Float32Array {
  const stream = randomStream(seed, "sampling", 2);
  return Float32Array.from({ length }, (_, index) => (uniformAt(stream, index) < 0.6 ? value : 0));
}
