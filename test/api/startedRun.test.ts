import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, it } from "vitest";
import * as tl from "../../src/api/index.js";
import { setCellHost } from "../../src/display/host.js";
import { readOwner } from "../../src/runs/owner.js";
import { temporaryFolder } from "../temporaryFolder.js";

const folder = temporaryFolder();
const fox = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
const task = tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 });
const small = (options: Partial<tl.ExperimentOptions> = {}) => tl.experiment({ task, layers: [tl.lstm({ units: 8 })], steps: 20, validateEvery: 10, ...options });
const never = new AbortController().signal;

let shown: Record<string, string>[];
beforeEach(() => {
  shown = [];
  const update = (bundle: Record<string, string>) => void shown.push(bundle);
  setCellHost({ display: (bundle) => (update(bundle), { update }), report: () => {}, interrupt: never });
});

const modelOf = (dir: string) => readFile(path.join(dir, "model.safetensors"));

it("trains in a process of its own, with the same weights, and can be stopped, followed and resumed from anywhere", async () => {
  const long = { steps: 2000, validateEvery: 500 };
  const run = await small(long).start({ runs: folder.path });
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

it("says at once what is wrong, and leaves no run behind", async () => {
  await expect(small({ onStep: () => {} }).start({ runs: folder.path })).rejects.toThrow(
    /experiment\.start\(\) trains in a process of its own, which has no function of a cell, and this experiment has onStep: leave it out/,
  );
  const { task: _task, ...rest } = small().spec;
  const vanished = new tl.Experiment({ ...rest, task: { ...small().spec.task, corpus: { name: "gone", source: { kind: "file", path: path.join(folder.path, "gone.txt") }, sha256: "0".repeat(64) } } as never }, { ...task, source: { kept: () => ({}) } } as never, task.data());
  await expect(vanished.start({ runs: path.join(folder.path, "runs") })).rejects.toThrow(/gone\.txt/);
  expect(await readdir(path.join(folder.path, "runs"))).toEqual([]);
});
