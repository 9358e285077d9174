import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { gru } from "../../src/rnn/layers/gru.js";
import { lstm } from "../../src/rnn/layers/lstm.js";
import { fitted, previousSymbolModel, previousSymbolTask, symbols, timesteps } from "./layerProblem.js";

/** model.fit with layers of all kinds; every random number is seeded. */

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

let tensorsBefore: number;
beforeEach(() => (tensorsBefore = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(tensorsBefore));

type Cell = typeof lstm | typeof gru;
const combinations: [string, Cell, QuantiserSpec, "weight" | "layer" | "batch" | "none"][] = [
  ["LSTM, ternary, weight normalisation", lstm, { kind: "ternary", sampling: "deterministic" }, "weight"],
  ["LSTM, TTQ, layer normalisation", lstm, { kind: "ttq", threshold: 0.05 }, "layer"],
  ["LSTM, LAQ, layer normalisation", lstm, { kind: "laq", iterations: 5 }, "layer"],
  ["LSTM, alternating 2 bit, no normalisation", lstm, { kind: "alternating", bits: 2, iterations: 2 }, "none"],
  ["GRU, binary, layer normalisation", gru, { kind: "binary", sampling: "stochastic" }, "layer"],
  ["GRU, ternary, batch normalisation", gru, { kind: "ternary", sampling: "stochastic" }, "batch"],
  ["GRU, threshold, weight normalisation", gru, { kind: "threshold", factor: 0.7 }, "weight"],
  ["GRU, full precision, no normalisation", gru, { kind: "full-precision" }, "none"],
];

it.each(combinations)("%s: the loss falls", async (_, cell, quantiser, kind) => {
  const task = previousSymbolTask();
  const layer = cell({ units: 16, quantiser, normaliser: { kind }, inputShape: [timesteps, symbols], returnSequences: true });
  const { model, optimizer } = previousSymbolModel(layer);
  const losses = await fitted(model, task, 14);
  expect(losses.at(-1)!).toBeLessThan(0.6 * losses[0]!);
  [task.xs, task.ys, model, optimizer].forEach((disposable) => disposable.dispose());
});
