import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { data } from "../../src/api/data.js";
import { type Experiment, experiment, type ExperimentOptions } from "../../src/api/experiment.js";
import { displaySymbol } from "../../src/display/host.js";
import { adam, schedule } from "../../src/api/optimisers.js";
import { ternary } from "../../src/quantisers/quantisers.js";
import { lstm } from "../../src/cells/lstm.js";
import { openRun } from "../../src/api/run.js";
import type { StepContext } from "../../src/jobs/stepCallback.js";
import { characterModel } from "../../src/api/tasks.js";
import { customFunctionSpec } from "../../src/experiment/customFunction.js";
import type { ScheduleMoment } from "../../src/rnn/training/schedule.js";
import { readRun } from "../../src/runs/readRun.js";
import { eventsOf } from "../runs/events.js";

/** Functions of a cell that training calls, and weights of classes. */

let folder: string;
beforeAll(async () => {
  await buildNative("dist/native");
}, 300_000);
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-custom-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function small(changes: Partial<ExperimentOptions> = {}): Experiment {
  return experiment({
    task: characterModel(data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60)), { sequenceLength: 8, batchSize: 4 }),
    layers: [lstm({ units: 6, quantiser: ternary() })],
    optimiser: adam({ learningRate: 0.01 }),
    steps: 8,
    validateEvery: 4,
    seed: 3,
    ...changes,
  });
}

const withRate = (rate: (moment: ScheduleMoment) => number) => ({ optimiser: adam({ learningRate: schedule("own", rate) }) });

describe("tl.schedule", () => {
  it("sets the rate of each step, and knows the validations", async () => {
    const seen: ScheduleMoment[] = [];
    const rates: number[] = [];
    const own = ({ step, steps, validations }: ScheduleMoment): number => {
      seen.push({ step, steps, validations });
      return (0.01 * (step + 1)) / steps;
    };
    const run = await small({ ...withRate(own), onStep: ({ rate }) => rates.push(rate) }).train({ runs: folder });
    expect(rates).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((step) => (0.01 * step) / 8));
    const validations = (await eventsOf(run.dir)).flatMap((event) => (event.type === "validation" ? [{ step: event.step, loss: event.loss }] : []));
    expect(seen.at(-1)).toEqual({ step: 7, steps: 8, validations: validations.slice(0, 1) });
    const { spec } = await readRun(run.dir);
    expect(spec.optimiser.learningRate).toEqual({ kind: "custom", name: "own", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await run[displaySymbol]())["text/plain"]).toContain("8 of 8");
  });

  it("of the same rates trains as the built-in one does, bit for bit", async () => {
    const losses = async (changes: Partial<ExperimentOptions>): Promise<number[]> => {
      const found: number[] = [];
      await small({ ...changes, onStep: ({ loss }) => found.push(loss) }).train({ runs: folder });
      return found;
    };
    expect(await losses(withRate(() => 0.01))).toEqual(await losses({}));
  });

  it.each([
    ["NaN", () => Number.NaN, 'The learning rate schedule "own" gave NaN at step 5: give a finite number of at least 0.'],
    ["a negative number", () => -0.5, 'The learning rate schedule "own" gave -0.5 at step 5'],
    ["nothing", () => undefined as unknown as number, 'gave a value of type undefined at step 5'],
  ])("that gives %s ends the run with a checkpoint", async (_, wrong, message) => {
    const failing = small(withRate(({ step }) => (step === 5 ? wrong() : 0.01))).train({ runs: folder });
    await expect(failing).rejects.toThrow(message);
    const [name] = await readdir(folder);
    const events = await eventsOf(path.join(folder, name!));
    expect(events.slice(-2)).toMatchObject([{ type: "checkpoint", step: 5 }, { type: "failed", step: 5 }]);
  });

  it("is known again wherever it stands in a notebook", () => {
    const guarded = (site: string): object => customFunctionSpec("here", "own", new Function("value", `return __await((value()),${JSON.stringify(site)})`));
    expect(guarded("cell 1|2|3")).toEqual(guarded("a \"cell\"|20|1"));
    expect(guarded("cell 1|2|3")).not.toEqual(customFunctionSpec("here", "own", new Function("value", "return value()")));
  });

  it("names what is no function, and a value whose function is gone", () => {
    expect(() => schedule("own", 3 as never)).toThrow("tl.schedule() takes a function, not 3");
    const copy = { ...schedule("own", () => 0.01) };
    expect(() => small({ optimiser: adam({ learningRate: copy }) })).toThrow('learningRate of tl.experiment() has no function: give tl.schedule("name"');
  });
});

describe("onStep", () => {
  it("sees parameters and gradients as tensors, and leaves none behind", async () => {
    const before = tf.memory().numTensors;
    const kept: tf.Tensor[] = [];
    const moved: number[] = [];
    let last: number[] | undefined;
    const onStep = async ({ parameters, gradients, loss, rate }: StepContext): Promise<void> => {
      const bias = Array.from(parameters["output.bias"]!.dataSync());
      expect(parameters["layers.0.recurrentWeights"]!.shape).toEqual([6, 24]);
      expect(Object.keys(gradients)).not.toContain("layers.0.initialHidden");
      const norm = gradients["output.bias"]!.norm().dataSync()[0]!;
      expect(norm).toBeGreaterThan(0);
      expect(loss).toBeGreaterThan(0);
      expect(rate).toBe(0.01);
      await new Promise((resolve) => setTimeout(resolve, 1));
      moved.push(...(last ? [Math.max(...bias.map((value, index) => Math.abs(value - last![index]!)))] : []));
      last = bias;
      if (kept.length === 0) {
        kept.push(tf.keep(parameters["output.bias"]!.square()));
      }
    };
    await small({ onStep }).train({ runs: folder });
    // Adam moves no parameter further than about its rate.
    expect(moved).toHaveLength(7);
    moved.forEach((distance) => expect(distance).toBeGreaterThan(1e-4));
    moved.forEach((distance) => expect(distance).toBeLessThan(0.05));
    expect(tf.memory().numTensors - before).toBe(1);
    kept[0]!.dispose();
  });

  it("changes nothing of the training by itself", async () => {
    const model = async (changes: Partial<ExperimentOptions>): Promise<Buffer> => {
      const run = await small(changes).train({ runs: folder });
      return readFile(path.join(run.dir, "model.safetensors"));
    };
    expect((await model({ onStep: ({ parameters }) => parameters["output.bias"]!.dataSync() })).equals(await model({}))).toBe(true);
  });

  it("may stop the training, which ends as an early stop with a validation, a checkpoint, a model and its reason", async () => {
    const run = await small({ onStep: ({ step, stop }) => step === 3 && stop("low enough") }).train({ runs: folder });
    const { state, result } = await readRun(run.dir);
    expect(state).toBe("finished");
    expect(result).toMatchObject({ steps: 3, stopReason: "low enough" });
    expect((await eventsOf(run.dir)).map(({ type }) => type)).toEqual(["started", "step", "step", "validation", "weights", "checkpoint", "finished"]);
    expect((await run[displaySymbol]())["text/plain"]).toMatch(/stopped early\s+low enough/);
    await expect(run.deployed()).resolves.toBeDefined();
  });

  it("that throws ends the run as crashed with a checkpoint, and the same function trains on from it", async () => {
    const stepsSeen: number[] = [];
    let isBroken = true;
    const onStep = ({ step }: StepContext): void => {
      stepsSeen.push(step);
      if (step === 6 && isBroken) {
        throw new Error("my own mistake");
      }
    };
    await expect(small({ onStep }).train({ runs: folder })).rejects.toThrow("my own mistake");
    const [name] = await readdir(folder);
    const dir = path.join(folder, name!);
    expect((await readRun(dir)).state).toBe("crashed");
    isBroken = false;
    const opened = await openRun(dir);
    await expect(opened.resume()).rejects.toThrow(/cannot be resumed without its onStep, the function "onStep", SHA-256 [0-9a-f]{12} of a cell.*\.resume\(\{ onStep: the callback \}\)/);
    await expect(opened.resume({ onStep: () => undefined })).rejects.toThrow(/began with another function as onStep/);
    await expect(opened.resume({ onStep, learningRate: schedule("own", () => 0.1) })).rejects.toThrow("began without a function as learningRate");
    await opened.resume({ onStep });
    expect(stepsSeen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await readRun(dir)).state).toBe("finished");
  });

  it("gives tensors during the callback only, and takes a reason to stop", async () => {
    let late: StepContext | undefined;
    await small({ onStep: (context) => (late = context), steps: 1, validateEvery: 1 }).train({ runs: folder });
    expect(() => late!.parameters["output.bias"]).toThrow("read them before the callback ends");
    expect(() => late!.stop("" as never)).toThrow("stop() of onStep takes the reason as a text");
    expect(() => small({ onStep: 3 as never })).toThrow("onStep of tl.experiment() takes a function, not 3");
  });
});

describe("classWeights", () => {
  it.each([
    ["too few", [1, 2], /classWeights of tl\.experiment\(\) has 2 numbers, and the data 28 classes/],
    ["an unknown class", { "?": 2 }, /has the class "\?", which the data has not; its classes are .*Did you mean/],
    ["a negative weight", { a: -1 }, /classWeights.* of tl\.experiment\(\) is /],
    ["a word that is none", "even", /classWeights of tl\.experiment\(\) is "even": give "balanced", a number of at least 0 for each class/],
  ])("%s is one error that says what to give", (_, classWeights, message) => {
    expect(() => small({ classWeights: classWeights as never })).toThrow(message);
  });

  it("of a class are in the spec and change training, but not the loss that is reported", async () => {
    const losses = async (classWeights?: ExperimentOptions["classWeights"]): Promise<number[]> => {
      const found: number[] = [];
      const made = small({ ...(classWeights !== undefined && { classWeights }), onStep: ({ loss }) => found.push(loss) });
      await made.train({ runs: folder });
      return found;
    };
    const even = await losses();
    const heavy = await losses({ e: 30 });
    expect(heavy[0]).toBe(even[0]);
    expect(heavy[1]).not.toBe(even[1]);
    expect(await losses("balanced")).not.toEqual(even);
    // All classes alike are no weights, but for rounding.
    const alike = await losses(new Array<number>(28).fill(2));
    alike.forEach((loss, step) => expect(loss).toBeCloseTo(even[step]!, 4));
  });
});
