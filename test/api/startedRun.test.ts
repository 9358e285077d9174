import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as tl from "../../src/api/index.js";
import { setCellHost } from "../../src/display/host.js";
import { trainRun } from "../../src/jobs/trainRun.js";
import { readOwner } from "../../src/runs/owner.js";
import { temporaryFolder } from "../temporaryFolder.js";

const folder = temporaryFolder();
const fox = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
const task = tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 });
const small = (options: Partial<tl.ExperimentOptions> = {}) => tl.experiment({ task, layers: [tl.lstm({ units: 8 })], steps: 20, validateEvery: 10, ...options });
const never = new AbortController().signal;

/** Starts a run whose steps take long enough for it to be stopped in the middle, whatever the machine; who resumes it trains at full speed. */
async function startSlowly(experiment: tl.Experiment): Promise<tl.StartedRun> {
  vi.stubEnv("NODE_OPTIONS", `--import=${new URL("../sweeps/slowSteps.mjs", import.meta.url).href}`);
  try {
    return await experiment.start({ runs: folder.path });
  } finally {
    vi.unstubAllEnvs();
  }
}

let shown: Record<string, string>[];
beforeEach(() => {
  shown = [];
  const update = (bundle: Record<string, string>) => void shown.push(bundle);
  setCellHost({ display: (bundle) => (update(bundle), { update }), report: () => {}, interrupt: never });
});

const modelOf = (dir: string) => readFile(path.join(dir, "model.safetensors"));

it("trains in a process of its own, with the same weights, and can be stopped, followed and resumed from anywhere", async () => {
  const long = { steps: 2000, validateEvery: 500 };
  const run = await startSlowly(small(long));
  const owner = await readOwner(run.dir);
  expect(owner!.pid).not.toBe(process.pid);
  expect(await run.stop()).toBe("interrupted");
  expect(() => process.kill(owner!.pid, 0)).toThrow(/ESRCH/);

  const followed = await tl.followRun(run.dir);
  const finished = await (await followed.resume()).done();
  expect(await finished.state()).toBe("finished");
  expect(shown.at(-1)!["text/plain"]).toMatch(/finished 2000\/2000.*trains in a process of its own/s);
  await expect(followed.resume()).rejects.toThrow(/is finished: start a new run to train longer/);

  const here = await small(long).train({ runs: folder.path });
  expect(await modelOf(run.dir)).toEqual(await modelOf(here.dir));
});

describe("begun with the weights of another run, which teaches too", () => {
  const options = { layers: [tl.lstm({ units: 8, quantiser: tl.ternary({ clip: true }), normaliser: tl.weightNorm() })], steps: 3000, validateEvery: 1000 };

  it("trains the same weights as here, without its source, and goes on only with its teacher and its checkpoint", async () => {
    const elsewhere = path.join(folder.path, "elsewhere");
    const source = await small({ layers: [tl.lstm({ units: 8, quantiser: tl.fullPrecision(), normaliser: tl.noNorm() })], name: "float" }).train({ runs: elsewhere });
    const taught = small({ ...options, startFrom: source, teacher: source });
    const here = await taught.train({ runs: folder.path });
    await rm(elsewhere, { recursive: true });
    const run = await startSlowly(taught);
    expect(await run.stop()).toBe("interrupted");

    const [teacherFile, checkpointFile] = ["teacher", "checkpoint"].map((name) => path.join(run.dir, `${name}.safetensors`)) as [string, string];
    const [teacher, checkpoint] = [await readFile(teacherFile), await readFile(checkpointFile)];
    await rm(teacherFile);
    await expect(run.resume()).rejects.toThrow(/^The run .* cannot be resumed without its teacher, run "float": .* Put back a copy of the file\.$/);
    const trained = () => trainRun({ dir: run.dir, spec: run.spec });
    await writeFile(teacherFile, teacher.subarray(0, 400));
    await expect(trained()).rejects.toThrow(/teacher\.safetensors is not the teacher that the run began with.* Put back a copy of the file\.$/);
    await writeFile(teacherFile, teacher);
    for (const harm of [() => writeFile(checkpointFile, checkpoint.subarray(0, 500)), () => rm(checkpointFile, { force: true })]) {
      await harm();
      await expect(trained()).rejects.toThrow(
        /^The run .* begins with weights of run "float", and its checkpoint, which has them, is missing or damaged: start the experiment again in its notebook\.$/,
      );
    }
    await writeFile(checkpointFile, checkpoint);
    await (await run.resume()).done();
    expect(await modelOf(run.dir)).toEqual(await modelOf(here.dir));
  });

  it("is tried before there is a run", async () => {
    const runs = path.join(folder.path, "runs");
    const [inputs, units] = [fox.symbols, 8];
    const layer = { inputs, units, inputWeights: new Float32Array(inputs * 32).fill(0.1), recurrentWeights: new Float32Array(units * 32), bias: new Float32Array(32) };
    const dense = { inputs: units, outputs: inputs, weights: Float32Array.from({ length: units * inputs }, (_, index) => 1e30 * (index % 7)), bias: new Float32Array(inputs) };
    const exploding = small({ ...options, startFrom: { cell: "lstm", layers: [layer], dense } });
    await expect(exploding.start({ runs })).rejects.toThrow(/^Training diverged at step 1/);
    await expect(readdir(runs)).rejects.toThrow("ENOENT");
  });
});

it("says at once what is wrong, and leaves no run behind", async () => {
  await expect(small({ onStep: () => {} }).start({ runs: folder.path })).rejects.toThrow(
    /experiment\.start\(\) trains in a process of its own, which has no function of a cell, and this experiment has onStep: leave it out/,
  );
  const { task: _task, ...rest } = small().spec;
  const vanished = new tl.Experiment({ ...rest, task: { ...small().spec.task, corpus: { name: "gone", source: { kind: "file", path: path.join(folder.path, "gone.txt") }, sha256: "0".repeat(64) } } as never }, { ...task, source: { kept: () => ({}) } } as never, task.data());
  await expect(vanished.start({ runs: path.join(folder.path, "runs") })).rejects.toThrow(/gone\.txt/);
  expect(await readdir(path.join(folder.path, "runs"))).toEqual([]);
});
