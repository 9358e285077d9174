import { beforeAll, describe, expect, it } from "vitest";
import { chooseBackend } from "../../src/rnn/backend.js";
import type { MinGruForwardOptions, MinGruShape, MinGruWeights, SequenceInput, StateRounding } from "../../src/rnn/kernels/contract.js";
import { minGruWeightNames } from "../../src/rnn/kernels/contract.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { weightNamesOf } from "../../src/cells/cells.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { randomArray, randomDense, randomMinGruWeights, randomSymbols, relativeDifference } from "./lstmProblem.js";
import { movedStates } from "./movedStates.js";
import { optionCases } from "./optionCases.js";
import { referenceMinGruHidden } from "./referenceMinGru.js";
import { FrozenRounding, noRounding, rounded } from "./referenceRounding.js";
import type { ReferenceInput, ReferenceOptions } from "./referenceSteps.js";

/** The scan over all timesteps at once, against one timestep after the other in plain loops, and finite differences of those. */

beforeAll(() => chooseBackend());

const sizes = { timesteps: 5, batch: 3, inputs: 3, units: 3, epsilon: 0.05 };
const shapeOf = (changes: Partial<MinGruShape> = {}): MinGruShape => ({ ...sizes, cell: "min-gru", normalisation: "none", ...changes });
const cases = optionCases("gru", sizes)
  .filter(([name]) => name !== "recurrent dropout")
  .map(([name, { recurrentMask: _, ...options }]): [string, MinGruForwardOptions] => [name, options]);

it("takes its weights in the order of the cell's vectors", () => {
  expect(weightNamesOf({ cell: "min-gru" })).toEqual(minGruWeightNames);
});

describe.each(["none", "batch", "layer"] as const)("hidden states and gradients, %s", (normalisation) => {
  it.each(cases)("with %s", (_, options) => compare(shapeOf({ normalisation }), randomDense(sizes), options));
});

it.each([
  ["one timestep", { timesteps: 1 }],
  ["one sequence", { batch: 1 }],
  ["one unit, one input", { units: 1, inputs: 1 }],
  ["a power of two of timesteps", { timesteps: 8 }],
  ["one above a power of two", { timesteps: 9, batch: 2, units: 5 }],
])("%s", (_, changes) => {
  const shape = shapeOf({ ...changes, normalisation: "layer" });
  compare(shape, randomDense(shape), {});
});

it("symbols are the rows of the matrix", () => compare(shapeOf({ normalisation: "batch" }), randomSymbols(sizes), {}));

it("states in fixed point are rounded timestep by timestep", () => {
  const rounding = { hidden: { bits: 5, fractionBits: 2 } };
  const shape = shapeOf({ rounding });
  const [weights, input] = [randomMinGruWeights(shape), randomDense(shape)];
  const { hidden } = tensorKernel().minGru!(shape).forward(weights, input);
  expect([...hidden]).toEqual(referenceMinGruHidden(shape, weights, input, {}, rounded(rounding)));
  compare(shape, input, { zoneoutHidden: new Float32Array(5 * 9).fill(0.28) }, rounding);
});

it("carries on where a pass ended, and keeps the statistics of the batch", () => {
  const shape = shapeOf({ normalisation: "affine" });
  const weights = randomMinGruWeights(shape);
  const values = randomArray(sizes.timesteps * 9, 8);
  const whole = tensorKernel().minGru!(shape).forward(weights, { kind: "dense", values }).hidden.slice();
  const first = tensorKernel().minGru!({ ...shape, timesteps: 2 }).forward(weights, { kind: "dense", values: values.slice(0, 18) }).hidden.slice();
  const rest = tensorKernel().minGru!({ ...shape, timesteps: 3 });
  const second = rest.forward(weights, { kind: "dense", values: values.slice(18) }, { carriedHidden: first.slice(9) }).hidden;
  expect(relativeDifference([...first, ...second], whole)).toBeLessThan(1e-6);
  const { statistics } = tensorKernel().minGru!(shapeOf({ normalisation: "batch" })).forward(weights, { kind: "dense", values });
  expect(Object.fromEntries(Object.entries(statistics!).map(([name, { length }]) => [name, length]))).toEqual({ meanInput: 30, varianceInput: 30 });
});

it("batch statistics leave uncounted rows out, and held states stay", () => {
  const shape = shapeOf({ normalisation: "batch", timesteps: 3, batch: 3 });
  const weights = randomMinGruWeights(shape);
  const values = randomArray(27, 3);
  const countedRows = Float32Array.from([1, 1, 1, 1, 1, 0, 1, 1, 0]);
  const zoneoutHidden = Float32Array.from({ length: 27 }, (_, at) => 1 - countedRows[Math.floor(at / 3)]!);
  const { hidden } = tensorKernel().minGru!(shape).forward(weights, { kind: "dense", values }, { countedRows, zoneoutHidden });
  const two = { ...shape, batch: 2 };
  const kept = values.filter((_, at) => at % 9 < 6);
  const start = { carriedHidden: hidden.slice(0, 6) };
  const later = tensorKernel().minGru!({ ...two, timesteps: 2 }).forward(weights, { kind: "dense", values: kept.slice(6) }, start);
  expect(relativeDifference(hidden.filter((_, at) => at >= 9 && at % 9 < 6), later.hidden)).toBeLessThan(1e-5);
  expect(hidden.slice(24)).toEqual(hidden.slice(6, 9));
});

function compare(shape: MinGruShape, input: SequenceInput, options: MinGruForwardOptions, rounding?: StateRounding): void {
  const weights = randomMinGruWeights(shape);
  const pass = tensorKernel().minGru!(shape);
  const { hidden } = pass.forward(weights, input, options);
  type Numbers = Readonly<Record<string, ArrayLike<number>>>;
  const reference = (changed: Numbers, changedInput: ReferenceInput, given: ReferenceOptions): number[] =>
    referenceMinGruHidden(shape, changed as never, changedInput, given, frozen?.replay ?? noRounding);
  const frozen = rounding && new FrozenRounding(rounding);
  referenceMinGruHidden(shape, weights, input, options, frozen?.record ?? noRounding);
  expect(relativeDifference(hidden, reference(weights as unknown as Numbers, input, options))).toBeLessThan(1e-5);
  const slopes = randomArray(hidden.length, 5);
  const loss = (changed: Numbers, changedInput: ReferenceInput = input): number =>
    reference(changed, changedInput, movedStates<ReferenceOptions>(options, weights as never, changed)).reduce((sum, value, at) => sum + value * slopes[at]!, 0);
  const gradients = pass.backward(slopes);
  for (const name of minGruWeightNames) {
    const expected = finiteDifferences(weights[name as keyof MinGruWeights], (moved) => loss({ ...weights, [name]: moved }));
    expect(relativeDifference(gradients[name], expected), name).toBeLessThan(1e-4);
  }
  if (input.kind === "dense") {
    const expected = finiteDifferences(input.values, (values) => loss(weights as unknown as Numbers, { kind: "dense", values }));
    expect(relativeDifference(gradients.input!, expected), "input").toBeLessThan(1e-4);
  }
  pass.dispose();
}
