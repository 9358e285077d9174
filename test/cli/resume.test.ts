import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { ternary } from "../../src/quantisers/quantisers.js";
import { lstm } from "../../src/cells/lstm.js";
import { characterModel } from "../../src/api/tasks.js";
import { experiment, type ExperimentOptions } from "../../src/api/experiment.js";
import { setCellHost } from "../../src/display/host.js";
import { data } from "../../src/api/data.js";
import { readRun } from "../../src/runs/readRun.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { program } from "./program.js";

const root = temporaryFolder();
const never = new AbortController().signal;

/** Trains in this process; with an aborted signal the run is left interrupted before its first step. */
async function train(steps: number, interrupt: AbortSignal): Promise<string> {
  setCellHost({ display: () => ({ update: () => {} }), report: () => {}, interrupt });
  const task = characterModel(data.fromString("fox", "the quick brown fox; ".repeat(60)), { sequenceLength: 8, batchSize: 4 });
  const options: ExperimentOptions = { task, layers: [lstm({ units: 12, quantiser: ternary() })], steps, validateEvery: 10, seed: 3 };
  return (await experiment(options).train({ runs: root.path })).dir;
}

let resuming: ReturnType<typeof resume>;
afterEach(() => resuming.kill("SIGKILL"));

function resume(dir: string) {
  return spawn(process.execPath, [program, "resume", dir, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
}

async function ended(child: typeof resuming) {
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stderr, report: JSON.parse(stdout.trimEnd().split("\n").at(-1)!) };
}

const modelOf = (dir: string) => readFile(path.join(dir, "model.safetensors"));

it("ends a run with the same weights as one that never stopped, and refuses it from then on", async () => {
  const straight = await train(20, never);
  const dir = await train(20, AbortSignal.abort());
  expect((await readRun(dir)).state).toBe("interrupted");

  resuming = resume(dir);
  const { code, stderr, report } = await ended(resuming);
  const { validation } = report;
  const { how: validationHow } = (await readRun(dir)).log.lastValidation!;
  expect(validationHow).toMatchObject({ weights: { rule: "redrawn" }, statistics: "minibatch" });
  expect(report).toEqual({ ok: true, dir, state: "finished", steps: 20, measure: "BPC", validation: expect.any(Number), validationBpc: validation, validationHow });
  expect([code, stderr]).toEqual([0, expect.stringContaining("step 20/20")]);
  expect(await modelOf(dir)).toEqual(await modelOf(straight));

  resuming = resume(dir);
  expect(await ended(resuming)).toMatchObject({ code: 1, report: { ok: false, error: { message: expect.stringMatching(/is finished/) } } });
});

it("stops on an interrupt with a checkpoint, and says so", async () => {
  const dir = await train(1_000_000, AbortSignal.abort());
  resuming = resume(dir);
  resuming.stderr.on("data", (progress) => String(progress).includes("step ") && resuming.kill("SIGINT"));
  const { code, report } = await ended(resuming);
  expect([code, report.ok, report.error.message]).toEqual([1, false, expect.stringMatching(/is interrupted: resume it/)]);
  expect((await readRun(dir)).state).toBe("interrupted");
});

it("names a run that has no checkpoint to go on from", async () => {
  const dir = await train(20, AbortSignal.abort());
  await rm(path.join(dir, "checkpoint.safetensors"));
  resuming = resume(dir);
  const { code, report } = await ended(resuming);
  expect([code, report.error.message]).toEqual([1, `The run ${dir} stopped before its first checkpoint: start it anew.`]);
});
