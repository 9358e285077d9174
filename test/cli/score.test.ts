import { createHash } from "node:crypto";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { differenceInWords } from "../../src/jobs/integerEvaluation.js";
import type { CharacterModelSpec } from "../../src/experiment/taskSpec.js";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { createRun } from "../../src/runs/runWriter.js";
import { randomDeployedModel } from "../hardware/randomModel.js";
import { inlineText, smallResult, smallSpec, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { type Ended, reported, tritloomIn } from "./program.js";

const root = temporaryFolder();
const tritloom = (...args: string[]): Promise<Ended> => tritloomIn(root.path, args);

/** A tenth of it is the test part, 80 symbols of 7 different ones. */
const text = inlineText.repeat(40);
const units = 16;

async function makeRun(isFinished: boolean): Promise<string> {
  const task = smallSpec().task as CharacterModelSpec;
  const corpus = { ...task.corpus, sha256: createHash("sha256").update(text).digest("hex") };
  const writer = await createRun(path.join(root.path, "runs"), smallSpec({ task: { ...task, corpus } }), { corpusText: text });
  writer.append(started());
  if (isFinished) {
    await writer.model(deployedModelToTensors(randomDeployedModel({ units, symbols: 7, precision: "ternary" })));
    await writer.finish(smallResult);
  } else {
    await writer.interrupted(0);
  }
  return writer.dir;
}

describe("What integers lose", () => {
  it.each([
    [-0.00007, "within 0.0001 bits per prediction"],
    [0, "within 0.0001 bits per prediction"],
    [0.00011, "within 0.0002 bits per prediction"],
    [-0.000499, "within 0.0005 bits per prediction"],
    [0.0005, "0.0005 bits per prediction worse"],
    [0.01234, "0.0123 bits per prediction worse"],
    [-0.0021, "0.0021 bits per prediction better"],
  ])("is told as far as the scores can tell it: %s", (lostBits, words) => {
    expect(differenceInWords(lostBits)).toBe(words);
  });
});

describe("score", () => {
  let run: string;
  beforeEach(async () => {
    run = await makeRun(true);
  });
  const score = async (...options: string[]) => {
    const ended = await tritloom("score", run, ...options, "--json");
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    return reported(ended);
  };

  it("tells the figures of the integers and of the float model on the same timesteps", async () => {
    const whole = await score();
    expect(whole).toMatchObject({ ok: true, part: "test", timesteps: text.length / 10 - 1, recurrentColumns: [units] });
    const { float, integers, lostBits, saturations, ranges } = whole;
    expect(float.bitsPerPrediction).toBeCloseTo(float.loss / Math.LN2, 9);
    expect(lostBits).toBeCloseTo(integers.bitsPerPrediction - float.bitsPerPrediction, 9);
    expect(Math.abs(lostBits)).toBeLessThan(0.01);
    expect(saturations).toEqual({ preactivation: expect.any(Number), cell: 0 });
    expect(ranges).toMatch(/^Ranges .* seen in 80 timesteps of the validation part$/);
    const { stdout } = await tritloom("score", run);
    expect(stdout).toMatch(new RegExp(`^79 timesteps of the test part\\nfloat, deployable +${float.bitsPerPrediction.toFixed(3)}\\n`));
    expect(float.how).toEqual({ weights: { rule: "shipped" }, statistics: "frozen", reading: "stream", mostMinibatches: null });
    expect(stdout).toMatch(/both with +shipped weights, frozen constants, one continuous stream\n/);
    expect(stdout).toContain(`\ndifference           ${differenceInWords(lostBits)}\n`);
  });

  it("reads the part and as many timesteps as it is told", async () => {
    expect(await score("--part", "validation", "--timesteps", "30")).toMatchObject({ part: "validation", timesteps: 30 });
  });

  it("has the widths that it is told", async () => {
    const usual = await score();
    const coarse = await score("--activation-bits", "4", "--cell-bits", "4", "--constant-bits", "4", "--table-entries", "16");
    expect(coarse.float).toEqual(usual.float);
    expect(Math.abs(coarse.lostBits)).toBeGreaterThan(Math.abs(usual.lostBits));
  });

  it("reads the columns that changed: the same integers at a threshold of 0, others above", async () => {
    const usual = await score();
    const exact = await score("--delta", "0");
    expect(exact.integers).toEqual(usual.integers);
    expect(exact.recurrentColumns[0]).toBeLessThanOrEqual(units);
    const skipping = await score("--delta", "300");
    expect(skipping.integers).not.toEqual(usual.integers);
    expect(skipping.recurrentColumns[0]).toBeLessThan(exact.recurrentColumns[0]);
    expect((await tritloom("score", run, "--delta", "300")).stdout).toMatch(new RegExp(`^columns read +${skipping.recurrentColumns[0].toFixed(1)}$`, "m"));
  });

  it("says that an unfinished run has no finished model", async () => {
    const { code, stderr } = await tritloom("score", await makeRun(false));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/has no finished model, it is interrupted/)]);
  });
});

describe("verify with delta updates", () => {
  const random = ["verify", "--random", "3", "--units", "6", "--inputs", "4", "--steps", "6", "--simulator", "icarus", "--json"];

  it("simulates an LSTM, in fewer cycles the more changes are skipped", async () => {
    const exact = reported(await tritloom(...random, "--delta", "0"));
    const skipping = reported(await tritloom(...random, "--delta", "400"));
    for (const { ok, steps, scheduleCycles, simulators } of [exact, skipping]) {
      expect({ ok, steps, simulators }).toEqual({ ok: true, steps: 6, simulators: [{ name: "icarus", version: expect.any(String), cycles: scheduleCycles, mismatches: 0 }] });
    }
    expect(skipping.scheduleCycles).toBeLessThan(exact.scheduleCycles);
  });

  it("refuses a GRU that resets before the product", async () => {
    const { code, stdout } = await tritloom(...random, "--cell", "gru", "--reset", "before", "--delta", "0");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ ok: false, error: { name: "UsageError", message: expect.stringMatching(/^--delta does not go with a GRU that resets before/) } });
  });
});
