import type { LstmShape, LstmWeights } from "../../src/rnn/kernels/contract.js";
import { noRounding, type ReferenceRounding } from "./referenceRounding.js";
import { constantAt, inputRows, masked, normalised, product, sigmoid, startRows, zonedOut } from "./referenceSteps.js";
import type { ReferenceInput, ReferenceOptions } from "./referenceSteps.js";

/** Like the contract's type, but any precision. */
export type ReferenceWeights = Readonly<Record<keyof LstmWeights, ArrayLike<number>>>;

/**
 * The LSTM once more, in plain loops and double precision: what kernels are compared with, and precise enough for
 * finite differences. All hidden states, [T, B, H].
 */
export function referenceHidden(
  shape: LstmShape,
  weights: ReferenceWeights,
  input: ReferenceInput,
  options: ReferenceOptions = {},
  round: ReferenceRounding = noRounding,
): number[] {
  const { timesteps, units, epsilon } = shape;
  const width = 4 * units;
  let hidden = round.hidden(startRows(shape, weights.initialHidden, options.carriedHidden));
  let cell = round.cell(startRows(shape, weights.initialCell, options.carriedCell));
  const all: number[] = [];
  for (let t = 0; t < timesteps; t++) {
    const fromState = product(masked(hidden, options.recurrentMask), weights.recurrentWeights, width);
    const recurrent = normalised(shape.normalisation, epsilon, fromState, weights.gammaRecurrent, t);
    const fromInput = product(inputRows(shape, input, t), weights.inputWeights, width);
    const external = normalised(shape.normalisation, epsilon, fromInput, weights.gammaInput, t);
    const gates = recurrent.map((row, b) =>
      row.map((value, j) => value + external[b]![j]! + constantAt(weights.betaRecurrent, width, j, t)),
    );
    const nextCell = round.cell(cell.map((row, b) => row.map((value, j) => updated(gates[b]!, value, j, units))));
    const cellOut = normalised(shape.cellNormalisation, epsilon, nextCell, weights.gammaCell, t);
    const nextHidden = cellOut.map((row, b) =>
      row.map((value, j) => sigmoid(gates[b]![3 * units + j]!) * Math.tanh(value + constantAt(weights.betaCell, units, j, t))),
    );
    hidden = round.hidden(zonedOut(hidden, round.hidden(nextHidden), options.zoneoutHidden, t));
    cell = round.cell(zonedOut(cell, nextCell, options.zoneoutCell, t));
    all.push(...hidden.flat());
  }
  return all;
}

function updated(gates: number[], cell: number, j: number, units: number): number {
  return sigmoid(gates[units + j]!) * cell + sigmoid(gates[2 * units + j]!) * Math.tanh(gates[j]!);
}

