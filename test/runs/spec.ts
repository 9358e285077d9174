import { createHash } from "node:crypto";
import type { ExperimentSpec } from "../../src/experiment/spec.js";
import type { CharacterModelSpec } from "../../src/experiment/taskSpec.js";
import type { RunEvent, RunResult } from "../../src/runs/contract.js";
import { smallSpec as smallExperiment } from "../rnn/trainingProblem.js";

/** A text for specs whose corpus is given in a cell. */
export const inlineText = "the whale the whale ";

export const smallTask: CharacterModelSpec = {
  kind: "character-model",
  corpus: { name: "whale", source: { kind: "inline" }, sha256: createHash("sha256").update(inlineText).digest("hex") },
  split: [0.8, 0.1, 0.1],
  sequenceLength: 8,
  batchSize: 4,
};

/** A valid small spec; the corpus is `inlineText`. */
export function smallSpec(change: Partial<ExperimentSpec> = {}): ExperimentSpec {
  const { optimiser, ...rest } = smallExperiment();
  return {
    ...rest,
    name: "Wal, groß & klein",
    task: smallTask,
    optimiser: { ...optimiser, learningRate: { kind: "one-cycle", peak: 0.005, warmup: 0.1 } },
    steps: 100,
    validateEvery: 10,
    seed: 1,
    ...change,
  };
}

export function started(step = 0, time = 1000): RunEvent {
  return { type: "started", time, step, steps: 100, computeKernel: "native avx2", backend: "cpu", threads: 2 };
}

export function stepEvent(step: number, change: Partial<Extract<RunEvent, { type: "step" }>> = {}): RunEvent {
  return {
    type: "step",
    time: 1000 + step,
    step,
    loss: 2,
    bpc: 2 / Math.LN2,
    learningRate: 0.001,
    gradientNorm: 1,
    charactersPerSecond: 100,
    ...change,
  };
}

export const smallTensors = {
  metadata: { step: "3" },
  tensors: { weights: { shape: [2, 2], data: new Float32Array([1, -2, 3.5, 0]) } },
};

export const smallResult: RunResult = {
  version: 1,
  steps: 100,
  trainingSeconds: 1.5,
  computeKernel: "native avx2",
  backend: "cpu",
  figures: { measure: "BPC", validation: 2.5, deployableTest: null, authorStyleTest: null },
  validationBpc: 2.5,
  deployableTestBpc: null,
  authorStyleTestBpc: null,
  deployableTestAccuracy: null,
  authorStyleTestAccuracy: null,
  choice: "draw 2",
  candidates: [
    { choice: "deterministic", validationLoss: 1.8 },
    { choice: "draw 1", validationLoss: 1.75 },
    { choice: "draw 2", validationLoss: 1.7 },
  ],
};
