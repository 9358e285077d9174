import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, expectTypeOf, it, test } from "vitest";
import * as tl from "../../src/api/index.js";
import { setCellHost } from "../../src/display/host.js";
import { temporaryFolder } from "../temporaryFolder.js";

const folder = temporaryFolder();
const fox = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
const task = tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 });
const layers = [tl.lstm({ units: 8 })];
const wrong = (value: unknown): never => value as never;
const experiment = ({ units }: { units: number }) => tl.experiment({ task, layers: [tl.lstm({ units })], steps: 20, validateEvery: 10 });
const space = { units: [4, 6] };

let shown: Record<string, string>[];
let reports: unknown[];
let stop: AbortController;
beforeEach(() => {
  [shown, reports, stop] = [[], [], new AbortController()];
  const update = (bundle: Record<string, string>) => void shown.push(bundle);
  setCellHost({ display: (bundle) => (update(bundle), { update }), report: (report) => reports.push(report), interrupt: stop.signal });
});

describe("a sweep is checked before anything starts", () => {
  test.each<[string, object, RegExp]>([
    ["a misspelt option", { experiment, space, engin: 1 }, /tl\.sweep\(\) has no option "engin"; .*did you mean engine\?/],
    ["no trial function", { experiment: tl.experiment, space, steps: 1 }, /has no option "steps"/],
    ["an experiment in place of a function", { experiment: experiment({ units: 4 }), space }, /needs experiment: \(p\) => tl\.experiment\(\{ \.\.\. \}\), not an object of the class Experiment/],
    ["an empty list", { experiment, space: { units: [] } }, /units in space of tl\.sweep\(\) needs a list of at least one value/],
    ["a grid of what has no end", { experiment, space: { units: [4], rate: tl.uniform(0, 1) } }, /tl\.grid\(\) cannot try every value of rate/],
    ["another search", { experiment, space, search: "random" }, /search of tl\.sweep\(\) is "random": give tl\.random\(50\)/],
    ["another stop", { experiment, space, stop: { min: 1 } }, /stop of tl\.sweep\(\)/],
    ["a value that is none", { experiment, space: { units: [4, NaN] } }, /units in space of tl\.sweep\(\) has NaN, which no experiment can use/],
    ["a stop that nothing says how", { experiment, space, stop: {} }, /^stop of tl\.sweep\(\) is the object \{\}: give tl\.asha\(\{ min: 100 \}\)\.$/],
    ["no text for a name", { experiment, space, name: 5 }, /name of tl\.sweep\(\) is a text, as name: "widths and rates", not 5/],
    ["no text for a directory", { experiment, space, dir: null }, /dir of tl\.sweep\(\) is a text, as dir: "sweeps\/widths", not null/],
    ["no seeds", { experiment, space, seeds: 0 }, /seeds of tl\.sweep\(\) is 0/],
    ["another objective", { experiment, space, objective: "test" }, /objective of tl\.sweep\(\) takes "validation", not 'test'/],
    ["another engine", { experiment, space, engine: "local" }, /engine of tl\.sweep\(\) is "local": give tl\.local\(\)/],
    ["what the trial function throws", { experiment: () => tl.experiment({ task, layers, steps: wrong("20") }), space }, /steps of tl\.experiment\(\) is "20"/],
    ["a parameter that there is not", { experiment: (p: { unit: number }) => experiment({ units: p.unit }), space }, /has no "unit"; it has units\. Did you mean units\?/],
    ["no experiment from the function", { experiment: () => layers[0], space }, /must return tl\.experiment\(\{ \.\.\. \}\), not the object/],
    ["a function of the cell", { experiment: () => tl.experiment({ task, layers, steps: 2, onStep: () => {} }), space }, /tl\.sweep\(\) trains in a process of its own, .*onStep/],
    ["rungs that nobody reaches", { experiment, space, stop: tl.asha({ min: 2, reduction: 3 }) }, /Of 2 trials tl\.asha\(\{ min: 2, reduction: 3 \}\) would train none to its end/],
  ])("%s", async (_, options, message) => {
    await expect(tl.sweep(wrong({ dir: path.join(folder.path, "sweep"), ...options }))).rejects.toThrow(message);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ["no workers", () => tl.local({ workers: 0 }), /workers of tl\.local\(\) is 0/],
    ["a Redis that is none", () => tl.redis("queue.lab"), /tl\.redis\(\) takes the URL of a Redis.*give "redis:\/\/host:6379"/],
    ["a misspelt option of a dimension", () => tl.integer(1, 8, wrong({ logs: true })), /tl\.integer\(\) has no option "logs"; .*did you mean log\?/],
    ["a misspelt option of an engine", () => tl.local(wrong({ worker: 1 })), /tl\.local\(\) has no option "worker"; .*did you mean workers\?/],
  ])("%s", (_, mistake, message) => {
    expect(mistake).toThrow(message);
  });
});

it("tells what its trial function is told once, however many candidates have it", async () => {
  stop.abort();
  const short = tl.data.fromString("short", "the quick brown fox; ".repeat(100));
  await tl.sweep({
    experiment: (p) => tl.experiment({ task: tl.characterModel(short, { sequenceLength: p.timesteps }), layers: [tl.lstm({ units: p.units })], steps: 20 }),
    space: { units: [4, 6, 8], timesteps: [32, 64] },
    engine: tl.local({ workers: 1 }),
    dir: path.join(folder.path, "short"),
  });
  const notes = shown.map((bundle) => bundle["text/plain"]!).filter((text) => text.startsWith("Note: "));
  expect(notes).toEqual([expect.stringMatching(/batchSize is 6, the windows of 32/), expect.stringMatching(/batchSize is 3, the windows of 64/)]);
});

it("says of a directory that cannot be made why, and what to do", async () => {
  await writeFile(path.join(folder.path, "file"), "");
  await expect(tl.sweep({ experiment, space, dir: path.join(folder.path, "file/sweep") })).rejects.toThrow(/No sweep can be kept in .*file\/sweep: A part of the path is a file; choose another folder\./);
  if (process.platform === "linux") {
    await expect(tl.sweep({ experiment, space, dir: "/proc/nowhere/x" })).rejects.toThrow("No sweep can be kept in /proc/nowhere/x: A folder of the path is not there and cannot be made; choose another folder. (ENOENT)");
  }
});

it("refuses what begins with weights that no spec holds, or has a teacher", async () => {
  const run = await tl.experiment({ task, layers, steps: 1, name: "first" }).train({ runs: path.join(folder.path, "runs") });
  const refused = async (options: Partial<tl.ExperimentOptions>, words: string) => {
    const sweep = tl.sweep({ experiment: () => tl.experiment({ task, layers, steps: 2, ...options }), space, dir: path.join(folder.path, "sweep") });
    await expect(sweep).rejects.toThrow(`tl.sweep() trains from a spec, which holds no weights, and this experiment ${words}: train it with experiment.train() or experiment.start()`);
  };
  await refused({ startFrom: run }, 'begins with the weights of the run "first"');
  await refused({ teacher: run }, 'has the run "first" as its teacher');
  expect(await readdir(folder.path)).toEqual(["runs"]);
});

it("leaves the files of a folder alone in which its first trial cannot be made", async () => {
  await writeFile(path.join(folder.path, "thesis.txt"), "years of work");
  const fails = () => tl.sweep({ experiment: () => tl.experiment({ task, layers, steps: wrong("20") }), space, dir: folder.path });
  await expect(fails()).rejects.toThrow(/steps of tl\.experiment\(\) is "20"/);
  expect(await readdir(folder.path)).toEqual(["thesis.txt"]);
  await expect(tl.openSweep(wrong(5))).rejects.toThrow("tl.openSweep() takes the directory of a sweep, not 5");
});

it("trains what the trial function makes, and says of each other candidate why there is nothing to train, whatever is thrown or given", async () => {
  const values = [4, () => 4, () => 5, undefined, Infinity, 1n, Symbol("odd"), 6];
  const make = async (p: { value: unknown }) => {
    if (p.value === 6) {
      return experiment({ units: 4 });
    }
    if (typeof p.value === "function") {
      throw null;
    }
    return p.value === 4 ? experiment({ units: 4 }) : wrong(p.value);
  };
  const sweep = await tl.sweep({ experiment: make, space: { value: values }, engine: tl.local({ workers: 1 }), dir: path.join(folder.path, "odd") });
  const { candidates, trials } = await sweep.summary();
  expect(candidates.map(({ parameters }) => parameters["value"])).toEqual([4, "the function without a name (2)", "the function without a name (3)", "undefined", "Infinity", "1n", "Symbol(odd)", 6]);
  expect(candidates[1]!.fault).toBe("The trial function threw null.");
  expect(candidates[4]!.fault).toMatch(/must return tl\.experiment\(\{ \.\.\. \}\), not Infinity/);
  expect([trials.finished, trials.failed]).toEqual([2, 6]);
  // The first and the last are the same trial, which was trained once.
  expect(await readdir(path.join(sweep.dir, "runs"))).toHaveLength(1);
});

it("gives mean and spread over seeds, shows how it goes, and goes on where it was stopped", async () => {
  const dir = path.join(folder.path, "sweep");
  const again = () =>
    tl.sweep({
      experiment: (p) => {
        expectTypeOf(p).toEqualTypeOf<{ units: 4 | 6; quantiser: tl.QuantiserSpec }>();
        return tl.experiment({ task, layers: [tl.lstm({ units: p.units, quantiser: p.quantiser })], steps: 20, validateEvery: 10 });
      },
      space: { units: [4, 6], quantiser: [tl.ternary() as tl.QuantiserSpec] },
      seeds: 2,
      engine: tl.local({ workers: 1 }),
      dir,
    });
  stop.abort();
  expect((await (await again()).summary()).trials).toMatchObject({ planned: 4, waiting: 4 });
  expect(reports.at(-1)).toEqual({ kind: "sweep", dir, state: "stopped" });

  stop = new AbortController();
  setCellHost({ display: (bundle) => (shown.push(bundle), { update: (later) => void shown.push(later) }), report: (report) => reports.push(report), interrupt: stop.signal });
  const sweep = await again();
  const { state, trials, candidates, best } = await sweep.summary();
  expect([state, trials.finished]).toEqual(["finished", 4]);
  const [one, other] = candidates[0]!.values as [number, number];
  expect(candidates[0]!.mean).toBe((one + other) / 2);
  expect(candidates[0]!.spread).toBeCloseTo(Math.abs(one - other) / Math.SQRT2, 12);
  const told = reports.flatMap((report) => ((report as { runs?: string[] }).runs ?? []));
  expect(new Set(told)).toEqual(new Set(candidates.flatMap(({ runs }) => runs)));
  const run = await sweep.bestRun();
  expect([run.dir, run.spec.seed]).toEqual([best!.runs[0], 1]);
  expect(run.spec.name).toMatch(/, units \d, quantiser ternary, seed 1$/);
  const text = shown.at(-1)!["text/plain"]!;
  expect(text).toContain("4: 4 finished");
  expect(text).toMatch(/best BPC +\d\.\d{3} ± \d\.\d{3} at units \d, quantiser ternary, after 20 steps/);
  expect(reports.at(-1)).toEqual({ kind: "sweep", dir, state: "finished" });
  await expect(tl.sweep({ experiment, space, dir })).rejects.toThrow(/The sweep in .* is another one: its name, space, seeds differ/);
});
