import type { MinGruShape, MinGruWeights } from "../../src/rnn/kernels/contract.js";
import { noRounding, type ReferenceRounding } from "./referenceRounding.js";
import { constantAt, inputRows, normalised, product, sigmoid, startRows, zonedOut } from "./referenceSteps.js";
import type { ReferenceInput, ReferenceOptions } from "./referenceSteps.js";

/** Like the contract's type, but any precision. */
export type ReferenceMinGruWeights = Readonly<Record<keyof MinGruWeights, ArrayLike<number>>>;

/** The minGRU one timestep after the other, in plain loops and double precision. All hidden states, [T, B, H]. */
export function referenceMinGruHidden(
  shape: MinGruShape,
  weights: ReferenceMinGruWeights,
  input: ReferenceInput,
  options: ReferenceOptions = {},
  round: ReferenceRounding = noRounding,
): number[] {
  const { timesteps, units, normalisation, epsilon } = shape;
  const width = 2 * units;
  let hidden = round.hidden(startRows(shape, weights.initialHidden, options.carriedHidden));
  const all: number[] = [];
  for (let t = 0; t < timesteps; t++) {
    const products = product(inputRows(shape, input, t), weights.inputWeights, width);
    const gates = normalised(normalisation, epsilon, products, weights.gammaInput, t).map((row) =>
      row.map((value, j) => value + constantAt(weights.betaInput, width, j, t)),
    );
    const next = hidden.map((row, b) =>
      row.map((value, j) => {
        const update = sigmoid(gates[b]![j]!);
        return (1 - update) * value + update * gates[b]![units + j]!;
      }),
    );
    hidden = round.hidden(zonedOut(hidden, round.hidden(next), options.zoneoutHidden, t));
    all.push(...hidden.flat());
  }
  return all;
}
