import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { experimentSpecSchema } from "../../src/experiment/spec.js";
import { checkCombinations } from "../../src/experiment/combinations.js";
import { acceleratorModel, hasAccelerator } from "../../src/hardware/acceleratorModel.js";
import { roundActivations } from "../../src/rnn/activationRounding.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { floatSymbols, packedSymbols } from "../../src/rnn/inference/symbolStream.js";
import { activationRounder } from "../../src/rnn/kernels/roundState.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import golden from "../rnn/golden/absmean_numpy.json" with { type: "json" };
import { both, smallGru, smallLstm, smallSpec, specOf, verseData } from "../rnn/trainingProblem.js";
import { quantised } from "./quantiserProblem.js";

beforeAll(async () => {
  await chooseBackend();
});

it.each(golden.weights)("weights are NumPy's of the paper's equations", ({ latent, values: expected }) => {
  const { values } = quantised({ kind: "absmean" }, Float32Array.from(latent), 7, 8);
  // The scale is a mean of single-precision numbers, which both sum in double precision: one rounding apart at most.
  expected.forEach((value, index) => expect(Math.abs(values[index]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -23));
});

describe.each(golden.activations)("activations in $bits bits", ({ bits, rows, values: expected }) => {
  const width = rows.length / 3;
  // Division, product and division, each rounded to single precision.
  const close = (found: ArrayLike<number>): void =>
    expected.forEach((value, index) => expect(Math.abs(found[index]! - value)).toBeLessThanOrEqual(Math.abs(value) * 3 * 2 ** -24));

  it("are NumPy's in the kernel, whose gradient passes straight through", () => {
    const round = activationRounder(bits);
    const input = tf.tensor2d(rows, [3, width]);
    close(round(input).dataSync());
    const upstream = tf.tensor2d(rows.map((_, index) => index - 4), [3, width]);
    expect(tf.grad((x) => round(x as tf.Tensor2D))(input, upstream).dataSync()).toEqual(upstream.dataSync());
  });

  it("are NumPy's in packed inference, and a one-hot row is exact", () => {
    const each = [0, 1, 2].map((row) => roundActivations(Float32Array.from(rows.slice(row * width, (row + 1) * width)), bits));
    close(each.flatMap((row) => [...row]));
    expect([...each[1]!]).toEqual(rows.slice(width, 2 * width));
  });
});

const eight = both({ kind: "absmean", activations: 8 });
const rounding = [smallLstm({ quantiser: eight }), smallGru({ quantiser: eight, reset: "before" })];

describe("a network with activations in 8 bits", () => {
  it("trains, and what ships is read alike by both engines, but not as without the option", () => {
    const trainer = Trainer.create(specOf(rounding), verseData(), tensorKernel());
    const losses = Array.from({ length: 5 }, () => trainer.step().loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    const { model } = trainer.deploy();
    const symbols = [0, 5, 3, 2, 7, 1];
    const [float, packed] = [floatSymbols(model, tensorKernel()), packedSymbols(model)];
    const plain = floatSymbols({ ...model, layers: model.layers.map((layer) => ({ ...layer, spec: { ...layer.spec, quantiser: both({ kind: "absmean" }) } })) as never }, tensorKernel());
    let apart = 0;
    symbols.forEach((symbol) => {
      const logits = float.read(Int32Array.of(symbol)).slice();
      const unrounded = plain.read(Int32Array.of(symbol)).slice();
      packed.read(Int32Array.of(symbol)).forEach((value, index) => {
        // A sum of some hundred products of single precision each way, where no activation lies at a boundary of its steps.
        expect(Math.abs(value - logits[index]!)).toBeLessThan(1e-5);
        apart = Math.max(apart, Math.abs(unrounded[index]! - logits[index]!));
      });
    });
    expect(apart).toBeGreaterThan(1e-4);
    expect(() => acceleratorModel(model)).toThrow(/tl\.fixedState\(\{ hiddenBits: 8 \}\)/);
    trainer.dispose();
  });

  it("has no accelerator, and no rounded activations before its output", () => {
    expect(hasAccelerator(smallSpec({ quantiser: eight }))).toBe(false);
    expect(hasAccelerator(smallSpec({ quantiser: both({ kind: "absmean" }) }))).toBe(true);
    const spec = experimentSpecSchema.parse(smallSpec({}, { output: { quantiser: { kind: "absmean", activations: 8 } } }));
    expect(() => checkCombinations(spec, "tl.experiment()")).toThrow(/output\.quantiser of tl\.experiment\(\): .*leave activations out/);
  });
});
