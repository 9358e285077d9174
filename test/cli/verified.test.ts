import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readVerification, verificationInWords, verifiedRunSchema } from "../../src/jobs/verifiedRun.js";
import { reporterOf } from "../../src/extension/progressWords.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { verifyAccelerator, type VerifyProgress } from "../../src/hardware/verify/verify.js";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { createRun } from "../../src/runs/runWriter.js";
import { encodeSafetensors } from "../../src/files/safetensors.js";
import { randomDeployedModel, randomModel } from "../hardware/randomModel.js";
import { inlineText, smallResult, smallSpec, smallTask, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { reported, tritloomIn } from "./program.js";

const root = temporaryFolder();
const tritloom = (...args: string[]) => tritloomIn(root.path, args);

const text = inlineText.repeat(40);
const corpus = { ...smallTask.corpus, sha256: createHash("sha256").update(text).digest("hex") };
const modelOf = (seed: number) => deployedModelToTensors(randomDeployedModel({ units: 4, symbols: 7, precision: "ternary", seed }));

let dir: string;
beforeEach(async () => {
  const writer = await createRun(path.join(root.path, "runs"), smallSpec({ task: { ...smallTask, corpus } }), { corpusText: text });
  writer.append(started());
  await writer.model(modelOf(1));
  await writer.finish(smallResult);
  dir = writer.dir;
});

const verify = (...more: string[]) => tritloom("verify", dir, "--macs", "4", "--steps", "12", "--simulator", "icarus", ...more);
const file = (): string => path.join(dir, "verified.json");

describe("a verification", () => {
  it("tells the editor how far it is, timestep by timestep", async () => {
    const { code, stderr } = await verify("--json");
    expect(code).toBe(0);
    const lines = stderr.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^0 % Icarus Verilog \d\S*: compiling$/);
    const timesteps = lines.slice(1).map((line) => /^(\d+) % Icarus Verilog \S+: timestep (\d+) of 12$/.exec(line)!.slice(1).map(Number));
    expect(timesteps).toEqual(Array.from({ length: 13 }, (_, timestep) => [Math.floor((100 * timestep) / 12), timestep]));
    const plain = await verify();
    expect(plain.stderr.trimEnd().split("\n")).toHaveLength(2);
  });

  it("is kept with the run, with what was verified, and holds for that model only", async () => {
    const report = reported(await verify("--json", "--activation-bits", "10"));
    const kept = verifiedRunSchema.parse(JSON.parse(await readFile(file(), "utf8")));
    const sha256 = createHash("sha256").update(await readFile(path.join(dir, "model.safetensors"))).digest("hex");
    expect(kept).toMatchObject({ version: 1, model: { sha256 }, chip: { macUnits: 4, activationBits: 10 }, stalls: false });
    expect(kept).toMatchObject({ ok: true, steps: 12, scheduleCycles: report.scheduleCycles, simulators: report.simulators });
    const listed = async () => reported(await tritloom("runs", "--json")).runs[0].verification;
    expect(await listed()).toEqual({ verified: kept, isOfThisModel: true });
    expect(verificationInWords((await readVerification(dir))!)).toMatch(
      /^equal to the integer model in Icarus Verilog \S+ \(12 timesteps, 4 MAC units of 1 column, delta off, h of 10 bits; 20\d\d-\d\d-\d\d\)$/,
    );
    await writeFile(path.join(dir, "model.safetensors"), encodeSafetensors(modelOf(2)));
    expect(await listed()).toEqual({ verified: kept, isOfThisModel: false });
    expect(verificationInWords((await readVerification(dir))!)).toMatch(/^of an earlier model of this run only, verify again: equal/);
  });

  it("that cannot be read claims nothing", async () => {
    expect(await readVerification(dir)).toBeUndefined();
    await verify();
    const kept = JSON.parse(await readFile(file(), "utf8"));
    for (const broken of ["{", JSON.stringify({ ...kept, version: 2 }), JSON.stringify({ ...kept, ok: "yes" }), JSON.stringify({ ...kept, simulators: [] })]) {
      await writeFile(file(), broken);
      expect(await readVerification(dir)).toBeUndefined();
    }
  });
});

it("progress of a long simulation comes in at most a hundred pieces, in order", async () => {
  const model = randomModel({ units: 3, symbols: 4, precision: "binary" });
  const symbols = Int32Array.from({ length: 450 }, (_, timestep) => timestep % 4);
  const seen: VerifyProgress[] = [];
  const options = { macUnits: 4, simulators: ["icarus"] as const, onProgress: (progress: VerifyProgress) => void seen.push(progress) };
  const { ok, steps } = await verifyAccelerator(fixModel(model), [{ kind: "symbols", symbols }], options);
  expect([ok, steps]).toEqual([true, 450]);
  expect(seen.length).toBeGreaterThan(80);
  expect(seen.length).toBeLessThanOrEqual(102);
  expect(seen.map(({ share }) => share)).toEqual(seen.map(({ share }) => share).toSorted((a, b) => a - b));
  expect(seen.at(-1)).toMatchObject({ share: 1, words: expect.stringMatching(/timestep 450 of 450$/) });
});

it("the editor's bar moves by the share that is told, and other words leave it", () => {
  const reports: object[] = [];
  const report = reporterOf({ report: (value) => void reports.push(value) });
  ["Making it", "0 % A: compiling", "12 % A: timestep 1 of 8\n25 % A: timestep 2 of 8", "25 % B: compiling"].forEach(report);
  expect(reports).toEqual([
    { message: "Making it" },
    { message: "A: compiling", increment: 0 },
    { message: "A: timestep 2 of 8", increment: 25 },
    { message: "B: compiling", increment: 0 },
  ]);
});
