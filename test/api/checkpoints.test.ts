import { cpSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { CheckpointClock } from "../../src/jobs/checkpointClock.js";
import { data } from "../../src/api/data.js";
import { experiment, type Experiment } from "../../src/api/experiment.js";
import { setCellHost } from "../../src/display/host.js";
import { adam, bestOf, exponentialAverage, plateau } from "../../src/api/optimisers.js";
import { ternary } from "../../src/quantisers/quantisers.js";
import { lstm } from "../../src/cells/lstm.js";
import { openRun } from "../../src/api/run.js";
import { characterModel } from "../../src/api/tasks.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { readRun } from "../../src/runs/readRun.js";
import { eventsOf } from "../runs/events.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
beforeEach(() => setCellHost({ display: () => ({ update: () => {} }), report: () => {}, interrupt: new AbortController().signal }));
afterEach(() => void vi.restoreAllMocks());

describe("a checkpoint is due", () => {
  /** The seconds at which checkpoints are written where each step takes so many. */
  function writtenAt(stepSeconds: readonly number[]): number[] {
    let now = 1000;
    const clock = new CheckpointClock(() => now);
    return stepSeconds.flatMap((seconds) => {
      now += seconds;
      if (!clock.isDue()) {
        return [];
      }
      clock.written();
      return [now - 1000];
    });
  }

  it.each([
    ["never in a minute", Array(590).fill(0.1), []],
    ["each minute of quick steps", Array(1300).fill(0.1), [60, 120]],
    ["before a slow step would end too late", Array(7).fill(25), [50, 100, 150]],
    ["after each step that takes longer than a minute", [70, 90, 65], [70, 160, 225]],
  ] as const)("%s", (_, steps, written) => {
    expect(writtenAt(steps).map(Math.round)).toEqual(written);
  });
});

/** All that training carries from step to step: drawn weights, dropout, states, moments, averages, plateaus, the best so far. */
function rich(): Experiment {
  return experiment({
    task: characterModel(data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60)), { sequenceLength: 8, batchSize: 4 }),
    layers: [
      lstm({ units: 12, quantiser: ternary(), initialState: "carried", dropout: 0.2, recurrentDropout: 0.1 }),
      lstm({ units: 8, quantiser: ternary(), initialState: "carried" }),
    ],
    optimiser: adam({ learningRate: plateau(0.05) }),
    averaging: exponentialAverage(0.9),
    deterministicTail: 0.3,
    shipping: bestOf(2),
    stopAfter: 3,
    steps: 20,
    validateEvery: 5,
    seed: 3,
  });
}

const shippedBy = (dir: string) => readFile(path.join(dir, "model.safetensors"));
const checkpoints = async (dir: string) => (await eventsOf(dir)).flatMap(({ type, step }) => (type === "checkpoint" ? [step] : []));

test("a run killed between two validations goes on from a minute's checkpoint to the same bits, and checkpoints change no figure", async () => {
  const quick = await rich().train({ runs: path.join(root.path, "quick") });
  expect(await checkpoints(quick.dir)).toEqual([5, 10, 15, 20]);

  const [slow, killed] = ["slow", "killed"].map((name) => path.join(root.path, name)) as [string, string];
  let seconds = 0;
  vi.spyOn(performance, "now").mockImplementation(() => seconds * 1000);
  const step = Trainer.prototype.step;
  vi.spyOn(Trainer.prototype, "step").mockImplementation(function (this: Trainer) {
    seconds += 25;
    if (this.stepsDone === 8) {
      cpSync(slow, killed, { recursive: true, filter: (file) => !file.endsWith("owner.json") });
    }
    return step.call(this);
  });
  const run = await rich().train({ runs: slow });
  vi.restoreAllMocks();
  expect(await checkpoints(run.dir)).toEqual([2, 4, 5, 7, 9, 10, 12, 14, 15, 17, 19, 20]);
  expect(await shippedBy(run.dir)).toEqual(await shippedBy(quick.dir));

  const dir = path.join(killed, path.basename(run.dir));
  expect(await readRun(dir)).toMatchObject({ state: "crashed", ending: { kind: "killed" } });
  const resumed = await (await openRun(dir)).resume();
  const events = await eventsOf(resumed.dir);
  expect(events.findLast(({ type }) => type === "started")).toMatchObject({ step: 7 });
  const validations = async (of: string) => (await eventsOf(of)).flatMap((event) => (event.type === "validation" ? [[event.step, event.bpc]] : []));
  expect(await validations(dir)).toEqual(await validations(quick.dir));
  expect(await shippedBy(dir)).toEqual(await shippedBy(quick.dir));
});
