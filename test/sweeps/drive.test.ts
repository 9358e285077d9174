import { type FileHandle, open, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it, vi } from "vitest";
import type { TrialResult } from "../../src/sweeps/contract.js";
import { chooseAhead, driveSweep } from "../../src/sweeps/drive.js";
import type { SweepEngine, TrialEvent, TrialJob } from "../../src/sweeps/engine.js";
import { EventQueue } from "../../src/sweeps/eventQueue.js";
import { recordResult } from "../../src/sweeps/results.js";
import { random, tpe } from "../../src/sweeps/searches.js";
import { logUniform } from "../../src/sweeps/space.js";
import { summaryOf } from "../../src/sweeps/summary.js";
import { createSweep, readSweep } from "../../src/sweeps/sweepDirectory.js";
import { trialId } from "../../src/sweeps/trialId.js";
import { smallSpec } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { madeOf, sweepSpec } from "./sweepOf.js";

const folder = temporaryFolder();
const space = { rate: logUniform(1e-4, 1) };
const cell = madeOf(({ rate }) => ({ optimiser: { ...smallSpec().optimiser, learningRate: { kind: "constant", rate: rate as number } }, layers: smallSpec().layers }), space);

/** Says everything at least once: every end twice, and ends of jobs that nobody asked for. */
class FakeEngine implements SweepEngine {
  readonly name = "fake";
  readonly slots = 2;
  readonly submitted: string[] = [];
  private readonly jobs: TrialJob[] = [];
  private readonly queue = new EventQueue<TrialEvent>();

  /** @param pick which of the jobs that wait ends next */
  constructor(private readonly pick: (waiting: number) => number) {}

  submit(job: TrialJob): void {
    this.submitted.push(job.key);
    this.jobs.push(job);
    setImmediate(() => void this.endOne());
  }

  events(): AsyncIterable<TrialEvent> {
    return this.queue;
  }

  async stop(): Promise<void> {
    this.queue.end();
  }

  private async endOne(): Promise<void> {
    const [job] = this.jobs.splice(this.pick(this.jobs.length), 1);
    const { trial, steps, sweep, key, spec } = job!;
    const { rate } = spec.optimiser.learningRate as { rate: number };
    const result: TrialResult = { version: 1, trial, steps, seconds: 1, outcome: "value", value: (Math.log10(rate) + 2) ** 2, reached: steps };
    await recordResult(sweep, result);
    this.queue.push({ type: "ended", key: "0000000000000000@1", result });
    this.queue.push({ type: "ended", key, result });
    this.queue.push({ type: "ended", key, result: { ...result, value: -1 } });
  }
}

async function driven(name: string, pick: (waiting: number) => number) {
  const dir = path.join(folder.path, name);
  const sweep = await createSweep({ dir }, sweepSpec({ search: tpe(24), window: 4 }, space));
  const engine = new FakeEngine(pick);
  await chooseAhead(sweep, cell);
  const why = await driveSweep(sweep, { engine, cell, signal: new AbortController().signal, onChange: () => {} });
  await sweep.close();
  return { why, engine, reading: await readSweep(dir) };
}

it("chooses the same candidates in whatever order trials end, gives each job once, and counts each result once", async () => {
  const inOrder = await driven("in-order", () => 0);
  const reversed = await driven("reversed", (waiting) => waiting - 1);
  const points = ({ reading }: typeof inOrder) => reading.ledger.candidates.map(({ point }) => point);
  expect(points(reversed)).toEqual(points(inOrder));
  for (const { why, engine, reading } of [inOrder, reversed]) {
    expect([why, engine.submitted.length, new Set(engine.submitted).size, reading.ledger.results.size]).toEqual(["finished", 24, 24, 24]);
    const { best, trials, secondsLeft } = summaryOf(reading);
    expect([trials.finished, secondsLeft]).toEqual([24, null]);
    expect(best!.mean).toBeGreaterThanOrEqual(0);
    expect(best!.mean).toBeLessThan(0.05);
  }
});

it("waits for the disk once for all candidates that are chosen before anything is trained, and each is a line of the log at once", async () => {
  const dir = path.join(folder.path, "ahead");
  const sweep = await createSweep({ dir }, sweepSpec({ search: random(30) }, space));
  const handle = await open(path.join(dir, "log.jsonl"));
  const synced = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, "datasync");
  await handle.close();
  const seen: number[] = [];
  await chooseAhead(sweep, {
    ...cell,
    make: async (point, number) => {
      seen.push((await readSweep(dir)).ledger.candidates.length);
      return cell.make(point, number);
    },
  });
  expect(synced).toHaveBeenCalledTimes(1);
  expect(seen).toEqual(Array.from({ length: 30 }, (_, number) => number));
  vi.restoreAllMocks();
  await sweep.close();
  expect((await readFile(path.join(dir, "log.jsonl"), "utf8")).trimEnd().split("\n")).toHaveLength(30);
});

it("names a trial by what it trains alone", () => {
  const spec = smallSpec();
  const { name, ...rest } = spec;
  expect(trialId({ ...rest, name: `${name} again` })).toBe(trialId(spec));
  expect(trialId({ ...spec, seed: 2 })).not.toBe(trialId(spec));
  expect(trialId(spec)).toMatch(/^[0-9a-f]{16}$/);
});
