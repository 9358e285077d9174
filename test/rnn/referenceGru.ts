import type { GruShape, GruWeights } from "../../src/rnn/kernels/contract.js";
import { noRounding, type ReferenceRounding } from "./referenceRounding.js";
import { constantAt, inputRows, masked, normalised, product, sigmoid, startRows, zonedOut } from "./referenceSteps.js";
import type { ReferenceInput, ReferenceOptions, Rows } from "./referenceSteps.js";

/** Like the contract's type, but any precision. */
export type ReferenceGruWeights = Readonly<Record<keyof GruWeights, ArrayLike<number>>>;

/** The GRU in plain loops and double precision, as `referenceHidden` of the LSTM. All hidden states, [T, B, H]. */
export function referenceGruHidden(
  shape: GruShape,
  weights: ReferenceGruWeights,
  input: ReferenceInput,
  options: ReferenceOptions = {},
  round: ReferenceRounding = noRounding,
): number[] {
  const { timesteps, units, normalisation, epsilon } = shape;
  const width = 3 * units;
  let hidden = round.hidden(startRows(shape, weights.initialHidden, options.carriedHidden));
  const all: number[] = [];
  for (let t = 0; t < timesteps; t++) {
    const products = product(inputRows(shape, input, t), weights.inputWeights, width);
    const external = normalised(normalisation, epsilon, products, weights.gammaInput, t).map((row) =>
      row.map((value, j) => value + constantAt(weights.betaRecurrent, width, j, t)),
    );
    const state = masked(hidden, options.recurrentMask);
    const { update, candidate } = shape.reset === "after" ? after(shape, weights, state, external, t) : before(shape, weights, state, external, t);
    const next = hidden.map((row, b) => row.map((value, j) => (1 - update[b]![j]!) * candidate[b]![j]! + update[b]![j]! * value));
    hidden = round.hidden(zonedOut(hidden, round.hidden(next), options.zoneoutHidden, t));
    all.push(...hidden.flat());
  }
  return all;
}

interface Gates {
  readonly update: Rows;
  readonly candidate: Rows;
}

function after({ units, normalisation, epsilon }: GruShape, weights: ReferenceGruWeights, state: Rows, external: Rows, t: number): Gates {
  const width = 3 * units;
  const recurrent = normalised(normalisation, epsilon, product(state, weights.recurrentWeights, width), weights.gammaRecurrent, t);
  const gate = (b: number, column: number): number => sigmoid(recurrent[b]![column]! + external[b]![column]!);
  return {
    update: state.map((row, b) => row.map((_, j) => gate(b, units + j))),
    candidate: state.map((row, b) =>
      row.map((_, j) => {
        const inside = recurrent[b]![2 * units + j]! + constantAt(weights.betaReset, units, j, t);
        return Math.tanh(gate(b, j) * inside + external[b]![2 * units + j]!);
      }),
    ),
  };
}

function before({ units, normalisation, epsilon }: GruShape, weights: ReferenceGruWeights, state: Rows, external: Rows, t: number): Gates {
  const width = 3 * units;
  const gamma = (from: number, to: number): number[] => {
    const rows = weights.gammaRecurrent.length / width;
    return Array.from({ length: rows }, (_, row) => Array.from(weights.gammaRecurrent).slice(row * width + from, row * width + to)).flat();
  };
  const gateProduct = product(state, weights.recurrentWeights, width, 0, 2 * units);
  const gates = normalised(normalisation, epsilon, gateProduct, gamma(0, 2 * units), t).map((row, b) =>
    row.map((value, j) => sigmoid(value + external[b]![j]!)),
  );
  const reset = state.map((row, b) => row.map((value, j) => value * gates[b]![j]!));
  const candidateProduct = product(reset, weights.recurrentWeights, width, 2 * units, width);
  const inside = normalised(normalisation, epsilon, candidateProduct, gamma(2 * units, width), t);
  return {
    update: gates.map((row) => row.slice(units)),
    candidate: inside.map((row, b) => row.map((value, j) => Math.tanh(value + external[b]![2 * units + j]!))),
  };
}
