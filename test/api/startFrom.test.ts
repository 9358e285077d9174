import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { data } from "../../src/api/data.js";
import { type Experiment, experiment, type ExperimentOptions } from "../../src/api/experiment.js";
import { adam } from "../../src/api/optimisers.js";
import { openRun, type Run } from "../../src/api/run.js";
import { characterModel } from "../../src/api/tasks.js";
import { lstm } from "../../src/cells/lstm.js";
import { displaySymbol } from "../../src/display/host.js";
import { fullPrecision, ternary } from "../../src/quantisers/quantisers.js";
import type { StepContext } from "../../src/jobs/stepCallback.js";
import { readRun } from "../../src/runs/readRun.js";
import { eventsOf } from "../runs/events.js";

/** tl.experiment({ startFrom, teacher }): from a run into another run. */

let folder: string;
let source: Run;
beforeAll(async () => {
  await buildNative("dist/native");
  folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-start-"));
  source = await small({ name: "teacher" }).train({ runs: folder });
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

function small(changes: Partial<ExperimentOptions> = {}): Experiment {
  return experiment({
    task: characterModel(data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60)), { sequenceLength: 8, batchSize: 4 }),
    layers: [lstm({ units: 6, quantiser: fullPrecision() })],
    optimiser: adam({ learningRate: 0.02 }),
    steps: 40,
    validateEvery: 20,
    seed: 3,
    ...changes,
  });
}

test("training begins where the source has come to, and the spec says where from", async () => {
  const lossOf = async (run: Run) => (await eventsOf(run.dir)).find((event) => event.type === "step")!.loss;
  const started = await small({ startFrom: source, steps: 1 }).train({ runs: folder });
  // The same minibatch, of the same seed, before anything was learned and after.
  expect(await lossOf(started)).toBeLessThan((await lossOf(source)) - 0.3);
  const { spec } = await readRun(started.dir);
  expect(spec.startWeights).toEqual({ from: 'run "teacher"', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(experimentText(small({ startFrom: source }))).toMatch(/start weights\s+of run "teacher", SHA-256 [0-9a-f]{12}/);
});

test("a run goes on bit for bit once its source is gone", async () => {
  const elsewhere = await mkdtemp(path.join(os.tmpdir(), "tritloom-source-"));
  const gone = await small({ seed: 9 }).train({ runs: elsewhere });
  const options = (stopAt: number): Partial<ExperimentOptions> => ({
    layers: [lstm({ units: 6, quantiser: ternary({ clip: true }) })],
    startFrom: gone,
    steps: 12,
    validateEvery: 6,
    onStep: ({ step }: StepContext) => {
      if (step === stopAt) {
        throw new Error("stopped");
      }
    },
  });
  const straight = await small({ ...options(0) }).train({ runs: folder });
  const before = new Set(await readdir(folder));
  await expect(small({ ...options(5) }).train({ runs: folder })).rejects.toThrow("stopped");
  await rm(elsewhere, { recursive: true, force: true });
  const [dir] = (await readdir(folder)).filter((name) => !before.has(name));
  const stopped = await openRun(path.join(folder, dir!));
  const resumed = await stopped.resume({ onStep: options(5).onStep! });
  expect(await resumed.deployed()).toEqual(await straight.deployed());
});

test("an imported network starts and teaches; its symbols must be those of the data", async () => {
  const { latent } = await weightsOf(source);
  const deployedModel = await source.deployed();
  const holder = (outputs: readonly string[]) => ({ name: "lstm", weights: latent, deployed: () => ({ ...deployedModel, outputs }) });
  const started = small({ startFrom: holder(deployedModel.outputs), teacher: holder(deployedModel.outputs), layers: [lstm({ units: 6, normaliser: { kind: "weight" } })] });
  expect(started.spec.startWeights!.from).toBe('network "lstm"');
  expect(started.spec.distillation!.teacher.name).toBe('network "lstm"');
  const other = [...deployedModel.outputs.slice(1), "#"];
  expect(() => small({ startFrom: holder(other) })).toThrow(/network "lstm" is no start .*symbol or class 0 is/);
  expect(() => small({ startFrom: holder(other.map((_, index) => String(index))) })).not.toThrow();
  expect(() => small({ teacher: holder(other) })).toThrow(/network "lstm" cannot be the teacher/);
});

/** Some weights of the run's form. */
async function weightsOf(run: Run) {
  const { outputs } = await run.deployed();
  const [inputs, units] = [outputs.length, 6];
  const layer = { inputs, units, inputWeights: new Float32Array(inputs * 24).fill(0.1), recurrentWeights: new Float32Array(units * 24).fill(0.1), bias: new Float32Array(24) };
  const dense = { inputs: units, outputs: inputs, weights: new Float32Array(units * inputs), bias: new Float32Array(inputs) };
  return { latent: { cell: "lstm", layers: [layer], dense } as const };
}

test("what is no network, and a misspelt option, are refused with what was meant", () => {
  expect(() => small({ startfrom: source } as Partial<ExperimentOptions>)).toThrow(/startfrom: did you mean startFrom\?/);
  expect(() => small({ startFrom: "runs/a" as never })).toThrow(/startFrom of tl.experiment\(\) is 'runs\/a': give a run, what tl.importModel\(\) gives, or weights/);
  expect(() => small({ startFrom: { cell: "lstm" } as never })).toThrow(/layers of startFrom of tl.experiment is undefined: give a list/);
  expect(() => small({ startFrom: source, layers: [lstm({ units: 7 })] })).toThrow(/run "teacher" is no start .* "LSTM, 6 units", the experiment's "LSTM, 7 units"/);
});

describe("a teacher", () => {
  const pupil = (changes: Partial<ExperimentOptions> = {}) =>
    small({ layers: [lstm({ units: 5, quantiser: ternary() })], steps: 8, validateEvery: 4, teacher: source, ...changes });

  test("is in the spec with its checksum, and in the run's directory; the run goes on bit for bit without its source", async () => {
    const stopping = (at: number) => ({
      onStep: ({ step }: StepContext) => {
        if (step === at) {
          throw new Error("stopped");
        }
      },
    });
    const straight = await pupil(stopping(0)).train({ runs: folder });
    expect(straight.spec.distillation).toEqual({ teacher: { name: 'run "teacher"', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }, temperature: 2, share: 0.5 });
    const file = path.join(straight.dir, "teacher.safetensors");
    const bytes = await readFile(file);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(straight.spec.distillation!.teacher.sha256);
    expect(bytes).toEqual(await readFile(path.join(source.dir, "model.safetensors")));
    const before = new Set(await readdir(folder));
    await expect(pupil(stopping(5)).train({ runs: folder })).rejects.toThrow("stopped");
    const [dir] = (await readdir(folder)).filter((name) => !before.has(name));
    const stopped = await openRun(path.join(folder, dir!));
    const own = path.join(stopped.dir, "teacher.safetensors");
    await writeFile(own, bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)));
    await expect(stopped.resume(stopping(5))).rejects.toThrow(/teacher.safetensors is not the teacher that the run began with/);
    await rm(own);
    await expect(stopped.resume(stopping(5))).rejects.toThrow(/cannot be resumed without its teacher, run "teacher"/);
    await writeFile(own, bytes);
    expect(await (await stopped.resume(stopping(5))).deployed()).toEqual(await straight.deployed());
  });

  test("with other options than there are, or of other data, is refused", () => {
    expect(() => pupil({ distillation: { temprature: 3 } as never })).toThrow(/distillation of tl.experiment\(\) has no option "temprature".*did you mean temperature\?/);
    expect(() => pupil({ distillation: { share: 1.5 } })).toThrow(/share of distillation of tl.experiment\(\) is 1.5/);
    expect(() => small({ distillation: { share: 0.5 } })).toThrow(/needs a teacher: give teacher: run/);
    expect(() => pupil({ teacher: source.dir as never })).toThrow(/teacher of tl.experiment\(\) is '.*': give a run/);
    const other = characterModel(data.fromString("other", "pack my box with five dozen liquor jugs. ".repeat(60)), { sequenceLength: 8, batchSize: 4 });
    expect(() => pupil({ task: other })).toThrow(/run "teacher" cannot be the teacher of this experiment/);
  });
});

function experimentText(one: Experiment): string {
  return String(one[displaySymbol]()["text/plain"]);
}
