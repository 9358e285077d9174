import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import type { GruShape, LstmShape } from "../../src/rnn/kernels/contract.js";
import { gru } from "../../src/rnn/layers/gru.js";
import { useLayerKernel } from "../../src/rnn/layers/layerKernel.js";
import { lstm } from "../../src/rnn/layers/lstm.js";
import type { RecurrentLayer } from "../../src/rnn/layers/recurrentLayer.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { makeQuantiser } from "../../src/quantisers/make.js";
import { randomStream } from "../../src/numbers/random.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { byName, setByName, weightOf } from "./layerProblem.js";
import { randomArray, randomGruWeights, randomWeights, relativeDifference } from "./lstmProblem.js";
import { referenceGruHidden } from "./referenceGru.js";
import { referenceHidden } from "./referenceLstm.js";

/**
 * The gradient of the latent weights through a layer, for every quantiser: that of the loss with the quantised matrix
 * q(w0) + s(w) - s(w0) in place of q(w), s being the smooth function that the rule's gradient stands for (most often w
 * itself), by finite differences of plain loops.
 */

type Matrix = readonly number[];
interface Rule {
  readonly quantiser: QuantiserSpec;
  /** s; default: w itself. */
  readonly smooth?: (latent: Matrix, codes: Int8Array, scales: ArrayLike<number>) => Matrix;
}

const rules: Rule[] = [
  { quantiser: { kind: "full-precision" } },
  { quantiser: { kind: "binary", sampling: "stochastic" } },
  { quantiser: { kind: "binary", sampling: "deterministic" } },
  { quantiser: { kind: "ternary", sampling: "stochastic" } },
  { quantiser: { kind: "ternary", sampling: "deterministic" } },
  { quantiser: { kind: "ternary", sampling: "deterministic", magnitude: 0.8, threshold: 0.5, clip: true } },
  { quantiser: { kind: "binary", sampling: "stochastic", magnitude: 0.8, clip: true } },
  { quantiser: { kind: "binary-connect", sampling: "stochastic", magnitude: 3 } },
  { quantiser: { kind: "ternary-connect", sampling: "deterministic", magnitude: 1 } },
  { quantiser: { kind: "sign" } },
  { quantiser: { kind: "threshold", factor: 0.7 } },
  { quantiser: { kind: "twn", factor: 0.7 } },
  {
    quantiser: { kind: "ttq", threshold: 0.05 },
    smooth: (latent, codes, scales) => latent.map((w, at) => w * [scales[1]!, 1, scales[0]!][codes[at]! + 1]!),
  },
  { quantiser: { kind: "lab" } },
  { quantiser: { kind: "laq", iterations: 5 } },
  { quantiser: { kind: "dorefa", bits: 1 } },
  {
    quantiser: { kind: "dorefa", bits: 3 },
    smooth: (latent) => {
      const largest = Math.max(...latent.map((w) => Math.abs(Math.tanh(w))));
      return latent.map((w) => Math.tanh(w) / largest);
    },
  },
  { quantiser: { kind: "alternating", bits: 2, iterations: 2 } },
];

const sizes = { timesteps: 3, batch: 3, inputs: 3, units: 3, epsilon: 0.05 };
const seed = 5;

beforeAll(async () => {
  await chooseBackend();
  useLayerKernel(tensorKernel());
});

let tensorsBefore: number;
beforeEach(() => (tensorsBefore = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(tensorsBefore));

describe.each(rules)("$quantiser.kind $quantiser.sampling", ({ quantiser, smooth = (latent) => latent }) => {
  it("has the gradient of the smoothed loss, in the LSTM", () => {
    const shape: LstmShape = { ...sizes, normalisation: "layer", cellNormalisation: "none" };
    const normaliser = { kind: "layer", epsilon: sizes.epsilon } as const;
    const layer = lstm({ units: sizes.units, quantiser, normaliser, seed, returnSequences: true });
    compare(layer, quantiser, smooth, { ...randomWeights(shape) }, (weights, input) => referenceHidden(shape, weights as never, input));
  });

  it("has the gradient of the smoothed loss, in the GRU", () => {
    const shape: GruShape = { ...sizes, normalisation: "none", reset: "after" };
    const layer = gru({ units: sizes.units, quantiser, normaliser: { kind: "none" }, seed, returnSequences: true });
    compare(layer, quantiser, smooth, { ...randomGruWeights(shape) }, (weights, input) => referenceGruHidden(shape, weights as never, input));
  });
});

it("weight normalisation has the gradient of its gain and of the matrix that it divides", () => {
  const shape: LstmShape = { ...sizes, normalisation: "none", cellNormalisation: "none" };
  const quantiser: QuantiserSpec = { kind: "ternary", sampling: "deterministic" };
  const layer = lstm({ units: sizes.units, quantiser, normaliser: { kind: "weight" }, seed, returnSequences: true });
  compare(layer, quantiser, (latent) => latent, { ...randomWeights(shape) }, (weights, input) => {
    const normalised = {
      ...weights,
      inputWeights: dividedColumns(weights["inputWeights"]!, weights["gammaInput"]!),
      recurrentWeights: dividedColumns(weights["recurrentWeights"]!, weights["gammaRecurrent"]!),
    };
    return referenceHidden(shape, normalised as never, input);
  });
});

it("loss-aware quantisers get the moving average of squared gradients, which is saved with the layer", () => {
  const layer = lstm({ units: 3, quantiser: { kind: "lab" }, normaliser: { kind: "layer" } });
  tf.tidy(() => {
    const input = tf.tensor3d(randomArray(27, 1), [3, 3, 3]);
    const gradients = (): Float32Array => {
      const { grads } = tf.variableGrads(() => tf.sum(layer.apply(input, { training: true }) as tf.Tensor));
      return byName(grads, "recurrentWeights").slice();
    };
    layer.apply(input);
    const first = gradients();
    const afterOne = first.map((value) => 0.001 * value ** 2);
    expect(relativeDifference(weightOf(layer, "recurrentWeightsSecondMoment"), afterOne)).toBeLessThan(1e-5);
    const second = gradients();
    const afterTwo = afterOne.map((value, at) => 0.999 * value + 0.001 * second[at]! ** 2);
    expect(relativeDifference(weightOf(layer, "recurrentWeightsSecondMoment"), afterTwo)).toBeLessThan(1e-5);
    expect(layer.trainableWeights.some(({ originalName }) => originalName.includes("SecondMoment"))).toBe(false);
  });
  layer.dispose();
});

it("BinaryConnect clips latent weights at the start of a training call, and only then", () => {
  const quantiser: QuantiserSpec = { kind: "binary-connect", sampling: "deterministic", magnitude: 0.5 };
  const layer = gru({ units: 3, quantiser, normaliser: { kind: "layer" } });
  tf.tidy(() => {
    const input = tf.tensor3d(randomArray(27, 1), [3, 3, 3]);
    layer.apply(input);
    const outside = randomArray(27, 2);
    setByName(layer, { recurrentWeights: outside });
    layer.apply(input);
    expect(weightOf(layer, "recurrentWeights")).toEqual(outside);
    layer.apply(input, { training: true });
    expect(weightOf(layer, "recurrentWeights")).toEqual(outside.map((value) => Math.max(-0.5, Math.min(0.5, value))));
  });
  layer.dispose();
});

type Arrays = Readonly<Record<string, ArrayLike<number>>>;
type Reference = (weights: Arrays, input: { kind: "dense"; values: ArrayLike<number> }) => number[];

function compare(
  layer: RecurrentLayer,
  spec: QuantiserSpec,
  smooth: NonNullable<Rule["smooth"]>,
  weights: Readonly<Record<string, Float32Array>>,
  reference: Reference,
): void {
  const { timesteps: length, batch, inputs, units } = sizes;
  const values = randomArray(length * batch * inputs, 3);
  const slopes = randomArray(length * batch * units, 4);
  const loss = (changed: Arrays): number =>
    reference(changed, { kind: "dense", values }).reduce((sum, value, at) => sum + value * slopes[at]!, 0);
  tf.tidy(() => {
    const input = tf.transpose(tf.tensor3d(values, [length, batch, inputs]), [1, 0, 2]);
    const weighting = tf.transpose(tf.tensor3d(slopes, [length, batch, units]), [1, 0, 2]);
    layer.apply(input);
    setByName(layer, weights);
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(layer.apply(input, { training: true }) as tf.Tensor, weighting)));

    const matrices = (["input", "recurrent"] as const).map((matrix) => {
      const name = `${matrix}Weights`;
      const latent = weights[name]!;
      const quantiser = makeQuantiser(spec, latent.length / layer.spec.units / gates(layer), gates(layer) * units);
      const scales = quantiser.initialScales(latent).length > 0 ? weightOf(layer, `${matrix}Scales`) : new Float32Array(0);
      // The first training call's draw.
      const context = { stream: randomStream(seed, `${matrix}-weights`, 0), secondMoment: new Float32Array(latent.length), scales };
      const quantised = Array.from(quantiser.quantise(latent, context));
      return { matrix, name, latent, codes: quantiser.codes.slice(), scales, quantised };
    });
    const effective = { ...weights, ...Object.fromEntries(matrices.map(({ name, quantised }) => [name, quantised])) };
    for (const { matrix, name, latent, codes, scales, quantised } of matrices) {
      const start = smooth(Array.from(latent), codes, scales);
      const expected = finiteDifferences(latent, (moved) => {
        const shifted = smooth(moved, codes, scales).map((value, at) => quantised[at]! + value - start[at]!);
        return loss({ ...effective, [name]: shifted });
      });
      expect(relativeDifference(byName(grads, name), expected), name).toBeLessThan(2e-4);
      if (scales.length > 0) {
        const ofScales = finiteDifferences(scales, (moved) =>
          loss({ ...effective, [name]: quantised.map((value, at) => [-moved[1]!, value, moved[0]!][codes[at]! + 1]!) }),
        );
        expect(relativeDifference(byName(grads, `${matrix}Scales`), ofScales), `${matrix}Scales`).toBeLessThan(2e-4);
      }
    }
    if (layer.spec.normaliser.kind !== "none") {
      const expected = finiteDifferences(weights["gammaRecurrent"]!, (gammaRecurrent) => loss({ ...effective, gammaRecurrent }));
      expect(relativeDifference(byName(grads, "gammaRecurrent"), expected)).toBeLessThan(2e-4);
    }
  });
  layer.dispose();
}

function gates({ spec }: RecurrentLayer): number {
  return spec.cell === "lstm" ? 4 : 3;
}

/** Column by column: gain times direction. */
function dividedColumns(values: ArrayLike<number>, gamma: ArrayLike<number>): number[] {
  const columns = gamma.length;
  const norms = Array.from({ length: columns }, (_, j) => Math.hypot(...Array.from(values).filter((__, at) => at % columns === j)));
  return Array.from(values, (value, at) => (norms[at % columns] === 0 ? 0 : (gamma[at % columns]! * value) / norms[at % columns]!));
}
