import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { chooseBackend } from "../../src/rnn/backend.js";
import type { GruShape, LstmForward, LstmShape } from "../../src/rnn/kernels/contract.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { randomArray, randomDense, randomGruWeights, randomSymbols, randomWeights, relativeDifference } from "./lstmProblem.js";
import { referenceGruHidden } from "./referenceGru.js";
import { referenceHidden } from "./referenceLstm.js";
import type { ReferenceInput } from "./referenceSteps.js";

/** What differs between TensorFlow.js backends; every combination of options is in tensorKernelGradients.test.ts. */

beforeAll(() => chooseBackend());

const sizes = { timesteps: 4, batch: 4, inputs: 5, units: 5, epsilon: 1e-5 };
const lstmShape: LstmShape = { ...sizes, normalisation: "none", cellNormalisation: "none" };
const inputs = [
  ["symbols", randomSymbols(sizes)],
  ["dense", randomDense(sizes)],
] as const;

describe.each(["none", "batch", "layer"] as const)("LSTM, normalisation %s", (normalisation) => {
  const shape: LstmShape = { ...sizes, normalisation, cellNormalisation: normalisation };
  const weights = randomWeights(shape);

  it.each(inputs)("%s: the forward pass is the recurrence of the paper, the gradients its finite differences", (_, input) => {
    const slopes = randomArray(shape.timesteps * shape.batch * shape.units, 5);
    const loss = (changed: typeof weights, changedInput: ReferenceInput): number =>
      referenceHidden(shape, changed, changedInput).reduce((sum, value, index) => sum + value * slopes[index]!, 0);
    const pass = tensorKernel().lstm(shape);
    const { hidden } = pass.forward(weights, input);
    expect(relativeDifference(hidden, referenceHidden(shape, weights, input))).toBeLessThan(1e-5);
    const gradients = pass.backward(slopes);
    for (const name of ["inputWeights", "recurrentWeights", "betaRecurrent", "initialCell"] as const) {
      const expected = finiteDifferences(weights[name], (values) => loss({ ...weights, [name]: values }, input));
      expect(relativeDifference(gradients[name], expected), name).toBeLessThan(2e-4);
    }
    pass.dispose();
  });
});

describe.each(["before", "after"] as const)("GRU, reset %s", (reset) => {
  it.each(["none", "batch", "layer"] as const)("normalisation %s: hidden states and gradients", (normalisation) => {
    const shape: GruShape = { ...sizes, normalisation, reset };
    const weights = randomGruWeights(shape);
    const input = randomDense(shape);
    const slopes = randomArray(shape.timesteps * shape.batch * shape.units, 5);
    const pass = tensorKernel().gru(shape);
    const { hidden } = pass.forward(weights, input);
    expect(relativeDifference(hidden, referenceGruHidden(shape, weights, input))).toBeLessThan(1e-5);
    const gradients = pass.backward(slopes);
    const expected = finiteDifferences(weights.inputWeights, (inputWeights) =>
      referenceGruHidden(shape, { ...weights, inputWeights }, input).reduce((sum, value, at) => sum + value * slopes[at]!, 0),
    );
    expect(relativeDifference(gradients.inputWeights, expected)).toBeLessThan(2e-4);
    pass.dispose();
  });
});

it("leaves no tensor behind", () => {
  const before = tf.memory().numTensors;
  const pass = tensorKernel().lstm({ ...lstmShape, normalisation: "batch", cellNormalisation: "layer" });
  pass.forward(randomWeights(sizes), randomSymbols(sizes));
  pass.backward(randomArray(sizes.timesteps * sizes.batch * sizes.units, 5));
  pass.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it("batch normalisation takes away the shared initial hidden state: its gradient is zero up to rounding", () => {
  const shape: LstmShape = { ...sizes, normalisation: "batch", cellNormalisation: "batch" };
  const pass = tensorKernel().lstm(shape);
  pass.forward(randomWeights(shape), randomSymbols(shape));
  const gradients = pass.backward(randomArray(shape.timesteps * shape.batch * shape.units, 5));
  const scale = Math.max(...gradients.initialCell.map(Math.abs));
  gradients.initialHidden.forEach((value) => expect(Math.abs(value)).toBeLessThan(2e-3 * scale));
});

describe("carried states", () => {
  it.each(["none", "layer"] as const)("normalisation %s: two halves are the whole", (normalisation) => {
    const shape: LstmShape = { ...lstmShape, timesteps: 6, normalisation, cellNormalisation: normalisation };
    const weights = randomWeights(shape);
    const input = randomSymbols(shape);
    const symbols = input.kind === "symbols" ? input.symbols : new Int32Array();
    const whole = tensorKernel().lstm(shape).forward(weights, input);
    const half = tensorKernel().lstm({ ...shape, timesteps: 3 });
    const first = half.forward(weights, { kind: "symbols", symbols: symbols.slice(0, 3 * shape.batch) });
    const second = half.forward(
      weights,
      { kind: "symbols", symbols: symbols.slice(3 * shape.batch) },
      { carriedHidden: lastHidden(first, shape), carriedCell: first.lastCell },
    );
    expect(relativeDifference(second.lastCell, whole.lastCell)).toBeLessThan(1e-6);
    expect(relativeDifference([...first.hidden, ...second.hidden], whole.hidden)).toBeLessThan(1e-6);
  });

  it("pass their gradients on to the initial states that they replace", () => {
    const pass = tensorKernel().lstm(lstmShape);
    const state = randomArray(sizes.batch * sizes.units, 8);
    pass.forward(randomWeights(sizes), randomSymbols(sizes), { carriedHidden: state, carriedCell: state });
    const gradients = pass.backward(randomArray(sizes.timesteps * sizes.batch * sizes.units, 5));
    expect(gradients.initialHidden.every((value) => value !== 0)).toBe(true);
    expect(gradients.initialCell.every((value) => value !== 0)).toBe(true);
  });

  it("a hidden state without its cell is an error", () => {
    const carriedHidden = new Float32Array(sizes.batch * sizes.units);
    expect(() => tensorKernel().lstm(lstmShape).forward(randomWeights(sizes), randomSymbols(sizes), { carriedHidden })).toThrow(
      /carriedHidden was given without carriedCell/,
    );
  });
});

describe("affine", () => {
  const shape: LstmShape = { ...lstmShape, normalisation: "batch", cellNormalisation: "batch" };
  const { timesteps, units, epsilon } = shape;

  it("with each timestep's own statistics folded in, the LSTM is its batch pass", () => {
    const weights = randomWeights(shape);
    const input = randomSymbols(shape);
    const batch = tensorKernel().lstm(shape).forward(weights, input);
    const { meanInput, varianceInput, meanRecurrent, varianceRecurrent, meanCell, varianceCell } = batch.statistics!;
    const gammaInput = gains(weights.gammaInput, varianceInput);
    const gammaRecurrent = gains(weights.gammaRecurrent, varianceRecurrent);
    const gammaCell = gains(weights.gammaCell, varianceCell);
    const betaRecurrent = repeated(weights.betaRecurrent).map(
      (beta, at) => beta - gammaInput[at]! * meanInput[at]! - gammaRecurrent[at]! * meanRecurrent[at]!,
    );
    const betaCell = repeated(weights.betaCell).map((beta, at) => beta - gammaCell[at]! * meanCell[at]!);
    const affine = tensorKernel()
      .lstm({ ...shape, normalisation: "affine", cellNormalisation: "affine" })
      .forward({ ...weights, gammaInput, gammaRecurrent, betaRecurrent, gammaCell, betaCell }, input);
    expect(relativeDifference(affine.hidden, batch.hidden)).toBeLessThan(1e-3);
  });

  it.each(["before", "after"] as const)("with each timestep's own statistics, the GRU that resets %s is its batch pass", (reset) => {
    const gruShape: GruShape = { ...sizes, normalisation: "batch", reset };
    const weights = randomGruWeights(gruShape);
    const input = randomSymbols(gruShape);
    const batch = tensorKernel().gru(gruShape).forward(weights, input);
    const { meanInput, varianceInput, meanRecurrent, varianceRecurrent } = batch.statistics!;
    const gammaInput = gains(weights.gammaInput, varianceInput);
    const gammaRecurrent = gains(weights.gammaRecurrent, varianceRecurrent);
    // Reset after: the candidate's recurrent mean is taken away inside the reset.
    const inside = (column: number): boolean => reset === "after" && column >= 2 * units;
    const shift = (at: number): number => gammaRecurrent[at]! * meanRecurrent[at]!;
    const betaRecurrent = repeated(weights.betaRecurrent).map(
      (beta, at) => beta - gammaInput[at]! * meanInput[at]! - (inside(at % (3 * units)) ? 0 : shift(at)),
    );
    const betaReset = repeated(weights.betaReset).map(
      (beta, at) => beta - shift(Math.floor(at / units) * 3 * units + 2 * units + (at % units)),
    );
    const affine = tensorKernel()
      .gru({ ...gruShape, normalisation: "affine" })
      .forward({ ...weights, gammaInput, gammaRecurrent, betaRecurrent, betaReset }, input);
    expect(relativeDifference(affine.hidden, batch.hidden)).toBeLessThan(1e-3);
  });

  it("one row of constants is for all timesteps", () => {
    const weights = randomWeights(shape);
    const affineShape: LstmShape = { ...shape, normalisation: "affine", cellNormalisation: "affine" };
    const one = tensorKernel().lstm(affineShape).forward(weights, randomSymbols(shape));
    const expected = referenceHidden(affineShape, weights, randomSymbols(shape));
    expect(relativeDifference(one.hidden, expected)).toBeLessThan(1e-5);
  });

  it("has no gradient, and another number of rows is an error that names them", () => {
    const pass = tensorKernel().lstm({ ...lstmShape, normalisation: "affine" });
    pass.forward(randomWeights(shape), randomSymbols(shape));
    expect(() => pass.backward(new Float32Array(0))).toThrow(/no affine/);
    const gammaInput = new Float32Array(2 * 4 * units);
    expect(() => pass.forward({ ...randomWeights(shape), gammaInput }, randomSymbols(shape))).toThrow(
      /gammaInput has 2 rows of 20; this shape needs 1 or 4/,
    );
  });

  function repeated(constants: Float32Array): Float32Array {
    return Float32Array.from({ length: timesteps * constants.length }, (_, at) => constants[at % constants.length]!);
  }

  function gains(gamma: Float32Array, variance: Float32Array): Float32Array {
    return variance.map((value, at) => gamma[at % gamma.length]! / Math.sqrt(value + epsilon));
  }
});

it("backward before forward is an error", () => {
  expect(() => tensorKernel().lstm(lstmShape).backward(new Float32Array(0))).toThrow(/needs a forward pass/);
});

it.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])("multiply, transposes %s and %s", (transposeA, transposeB) => {
  const [rows, inner, columns] = [3, 4, 2];
  const left = randomArray(rows * inner, 1);
  const right = randomArray(inner * columns, 2);
  const expected = Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    const a = (k: number): number => left[transposeA ? k * rows + i : i * inner + k]!;
    const b = (k: number): number => right[transposeB ? j * inner + k : k * columns + j]!;
    return Array.from({ length: inner }, (__, k) => a(k) * b(k)).reduce((sum, value) => sum + value);
  });
  const a = { rows: transposeA ? inner : rows, columns: transposeA ? rows : inner, values: left };
  const b = { rows: transposeB ? columns : inner, columns: transposeB ? inner : columns, values: right };
  const out = new Float32Array(rows * columns);
  expect(tensorKernel().multiply(a, b, { transposeA, transposeB, out })).toBe(out);
  expect(relativeDifference(out, expected)).toBeLessThan(1e-6);
});

function lastHidden({ hidden }: LstmForward, { batch, units }: LstmShape): Float32Array {
  return hidden.slice(hidden.length - batch * units);
}
