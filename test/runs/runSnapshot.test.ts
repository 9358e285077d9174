import { describe, expect, it } from "vitest";
import type { RunEvent, RunResult } from "../../src/runs/contract.js";
import { snapshotOf } from "../../src/runs/runSnapshot.js";
import { runSnapshotSchema } from "../../src/runs/runViews.js";
import { courseOf } from "./events.js";
import { smallResult, smallSpec, smallTask, started, stepEvent } from "./spec.js";

const reading = (events: readonly RunEvent[], spec = smallSpec()) => ({ dir: "/runs/a", spec, state: "running" as const, log: courseOf(spec, events) });
const tested = (measure: string, deployableTest: number): RunResult => ({
  ...smallResult,
  figures: { measure, validation: 1, deployableTest, authorStyleTest: 2 },
});
const validation = (step: number, bpc: number, time = 1000 + step): RunEvent => ({ type: "validation", time, step, loss: bpc * Math.LN2, bpc });
const share = (matrix: string, flips: number) => ({ matrix, minus: 0.25, zero: 0.5, plus: 0.25, flips, saturation: 0.1 });

describe("snapshotOf", () => {
  it("is valid for a run without events", () => {
    const snapshot = snapshotOf(reading([]), 3);
    expect(runSnapshotSchema.parse(snapshot)).toEqual(snapshot);
    expect(snapshot).toMatchObject({ name: "Wal, groß & klein", colour: 3, step: 0, steps: 100, metric: null, secondsLeft: null });
  });

  it("shows curves over steps, seconds and items, and the time left at the present pace", () => {
    const events = [started(0, 1000), ...[1, 2, 3, 4].map((step) => stepEvent(step, { time: 1000 + 2 * step, loss: 5 - step })), validation(4, 3, 1010)];
    const snapshot = snapshotOf(reading(events), 0);
    expect(snapshot.train).toMatchObject({ step: [1, 2, 3, 4], seconds: [2, 4, 6, 8], items: [32, 64, 96, 128], loss: [4, 3, 2, 1] });
    expect(snapshot.validation).toMatchObject({ step: [4], seconds: [10], figure: [3] });
    expect(snapshot).toMatchObject({ step: 4, itemsPerSecond: 100, secondsLeft: 2 * 96, computeKernel: "native avx2" });
    expect(runSnapshotSchema.parse(snapshot)).toEqual(snapshot);
  });

  it("names the best validation, and once it is known the test figure of the shipped weights", () => {
    const events = [started(), validation(10, 3.5), validation(20, 3.25), validation(30, 3.75)];
    expect(snapshotOf(reading(events), 0).metric).toEqual({ label: "validation BPC", value: 3.25 });
    const result = tested("BPC", 3.4);
    expect(snapshotOf({ ...reading(events), state: "finished", result }, 0).metric).toEqual({ label: "test BPC", value: 3.4 });
  });

  it("judges a classification by its accuracy, and a word model by its perplexity", () => {
    const sequences = { kind: "classification", data: smallTask.corpus, batchSize: 4, order: { kind: "given" } } as const;
    const withAccuracy = (accuracy: number): RunEvent => ({ ...validation(10, 1), accuracy } as RunEvent);
    const classification = reading([started(), withAccuracy(0.5), withAccuracy(0.75), withAccuracy(0.625)], smallSpec({ task: sequences }));
    const snapshot = snapshotOf(classification, 0);
    expect(snapshot.metric).toEqual({ label: "validation accuracy", value: 0.75 });
    expect(snapshot.validation.figure).toEqual([0.5, 0.75, 0.625]);
    const classified = tested("accuracy", 0.7);
    expect(snapshotOf({ ...classification, state: "finished", result: classified }, 0).metric).toEqual({ label: "test accuracy", value: 0.7 });
    const words = { ...smallTask, kind: "word-model", vocabulary: { minimumCount: 1, size: null }, embedding: 4, embeddingDropout: 0 } as const;
    const wordModel = reading([started(), validation(10, 7), validation(20, 6)], smallSpec({ task: words }));
    expect(snapshotOf(wordModel, 0)).toMatchObject({ metric: { label: "validation perplexity", value: 64 }, validation: { figure: [128, 64] } });
    const read = tested("perplexity", 32);
    expect(snapshotOf({ ...wordModel, state: "finished", result: read }, 0).metric).toEqual({ label: "test perplexity", value: 32 });
  });

  it("says how the figure was computed; without a record, as the version computed that wrote the run", () => {
    const how = { weights: { rule: "redrawn", averaged: false, at: "last-step" }, statistics: "minibatch", reading: "windows", mostMinibatches: 32 } as const;
    const methodOf = (events: RunEvent[], result?: RunResult) => snapshotOf({ ...reading([started(), ...events]), result }, 0).metricMethod;
    expect(methodOf([])).toBeNull();
    expect(methodOf([validation(50, 3)])).toMatch(/^stochastic weights drawn anew for each minibatch, statistics of the minibatch/);
    // The last step of all: without a record it was deterministic.
    expect(methodOf([validation(100, 3)])).toMatch(/^weights by their deterministic rule/);
    expect(methodOf([{ ...validation(100, 3), how } as RunEvent])).toMatch(/^stochastic weights drawn anew/);
    // That of the best validation counts.
    expect(methodOf([validation(50, 2), validation(100, 3)])).toMatch(/^stochastic weights drawn anew/);
    expect(methodOf([validation(100, 3)], tested("BPC", 3.4))).toBe("shipped weights, frozen constants, one continuous stream");
  });

  it("shows the recurrent weights", () => {
    const event: RunEvent = { type: "weights", time: 1, step: 10, matrices: [share("layer 1 input", 0.5), share("layer 1 recurrent", 0.125)] };
    const { weights } = snapshotOf(reading([event]), 0);
    expect(weights).toEqual({ step: [10], minus: [0.25], zero: [0.5], plus: [0.25], flips: [0.125], saturation: [0.1] });
  });

  it("shows every matrix at the last report, with the histogram of its latent weights", () => {
    const histogram = { limit: 0.5, shares: [0.25, 0.75] };
    const report = (step: number, flips: number): RunEvent => ({
      type: "weights",
      time: step,
      step,
      matrices: [{ ...share("layer 1 input", flips), histogram }, { ...share("output", flips), saturation: null }],
    });
    const snapshot = snapshotOf(reading([report(10, 0.5), report(20, 0.125)]), 0);
    expect(snapshot.matrices).toEqual([
      { ...share("layer 1 input", 0.125), histogram },
      { ...share("output", 0.125), saturation: null, histogram: null },
    ]);
    expect(runSnapshotSchema.parse(snapshot)).toEqual(snapshot);
  });

  it("says the parameters in words", () => {
    expect(snapshotOf(reading([]), 0).parameters).toMatchObject({
      text: "whale",
      units: "16",
      quantiser: "ternary, stochastic",
      normaliser: "batch, shared statistics (epsilon 0.00001)",
      "learning rate": "one-cycle, peak 0.005, warm-up 0.1",
    });
  });

  it("keeps a long run small, with its extremes", () => {
    const steps = Array.from({ length: 10_000 }, (_, index) => stepEvent(index + 1, index === 4_321 ? { loss: 77 } : {}));
    const snapshot = snapshotOf(reading([started(), ...steps]), 0);
    expect(snapshot.train.step.length).toBeLessThanOrEqual(2_000);
    expect(Math.max(...snapshot.train.loss.map(Number))).toBe(77);
    expect(snapshot.step).toBe(10_000);
  });
});
