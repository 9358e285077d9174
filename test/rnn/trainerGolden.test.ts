import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { quantiserSchema } from "../../src/quantisers/quantiserSpec.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import golden from "./golden/ten_steps.json" with { type: "json" };
import { goldenCases, goldenQuantisers, tenLosses } from "./goldenSteps.js";
import { nativeKernel } from "./trainingProblem.js";

/** Recorded by `node test/rnn/golden/record.mjs`. */
const recorded: Readonly<Record<string, readonly number[]>> = golden;

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

function expectRecorded(name: string, losses: readonly number[]): void {
  expect(losses).toHaveLength(10);
  losses.forEach((loss, step) => expect(Math.abs(loss / recorded[name]![step]! - 1), `step ${step + 1}`).toBeLessThan(1e-5));
}

it("every kind of quantiser, and every case, is on record", () => {
  const kinds = quantiserSchema.options.map((option) => option.shape.kind.value);
  // A custom one has the losses of its own function.
  expect(new Set(["custom", ...goldenQuantisers.map(({ kind }) => kind)])).toEqual(new Set(kinds));
  expect(Object.keys(recorded)).toEqual(Object.keys(goldenCases));
  // Each case is a training of its own, but for the one that has two names.
  const lists = new Set(Object.values(recorded).map((losses) => losses.join()));
  expect(recorded["normaliser batch"]).toEqual(recorded["quantiser ternary stochastic"]);
  expect(lists.size).toBe(Object.keys(recorded).length - 1);
});

describe("ten steps on the native kernel have the losses on record", () => {
  it.each(Object.entries(goldenCases))("%s", (name, spec) => {
    expectRecorded(name, tenLosses(spec, nativeKernel()));
  });
});

describe("ten steps on the tensor kernel have the losses on record", () => {
  const few = ["quantiser full-precision", "quantiser ternary stochastic", "normaliser layer", "gru before, normaliser batch"];
  it.each(few)("%s", (name) => {
    const before = tf.memory().numTensors;
    expectRecorded(name, tenLosses(goldenCases[name]!, tensorKernel()));
    expect(tf.memory().numTensors).toBe(before);
  });
});
