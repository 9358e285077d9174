import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { createRun } from "../../src/runs/runWriter.js";
import { testimonies } from "../interop/witness.js";
import { randomModel } from "../rnn/packedModels.js";
import { inlineText, smallResult, smallSpec, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { program } from "./program.js";

const root = temporaryFolder();
const model = randomModel({ input: { kind: "one-hot", size: 4 }, layers: [{ cell: "lstm", units: 6 }], outputs: 4 }, 1);

async function tritloom(...args: string[]) {
  const child = spawn(process.execPath, [program, "onnx", ...args], { cwd: root.path, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

/** The last line on standard output. */
const reported = ({ stdout }: { stdout: string }) => JSON.parse(stdout.trimEnd().split("\n").at(-1)!);

async function makeRun(isFinished: boolean): Promise<string> {
  const writer = await createRun(path.join(root.path, "runs"), smallSpec(), { corpusText: inlineText });
  writer.append(started());
  if (isFinished) {
    await writer.model(deployedModelToTensors(model));
    await writer.finish(smallResult);
  } else {
    await writer.interrupted(3);
  }
  return writer.dir;
}

describe("tritloom onnx", () => {
  it("writes a file of each dialect that others run, and does not overwrite unasked", async () => {
    const run = await makeRun(true);
    const done = await tritloom(run, "--out", "m.onnx", "--json");
    const file = path.join(root.path, "m.onnx");
    expect([done.code, reported(done)]).toEqual([
      0,
      {
        ok: true,
        file,
        dialect: "onnx",
        bytes: expect.any(Number),
        inputs: ["symbols", "initial_hidden_0", "initial_cell_0"],
        outputs: ["logits", "final_hidden_0", "final_cell_0"],
      },
    ]);
    const again = await tritloom(run, "--out", "m.onnx", "--json");
    expect([again.code, reported(again)]).toEqual([1, { ok: false, error: { name: "OnnxExportError", message: expect.stringContaining(file) } }]);
    expect((await tritloom(run, "--out", "m.onnx", "--overwrite")).code).toBe(0);
    const quantised = reported(await tritloom(run, "--qonnx", "--json"));
    expect([quantised.dialect, path.basename(quantised.file), await readdir(run)]).toEqual([
      "qonnx",
      "model.qonnx.onnx",
      expect.arrayContaining(["model.qonnx.onnx"]),
    ]);
    const [whole, step] = await testimonies([
      { file, program: "onnxruntime", runs: [{ symbols: { type: "int64", shape: [1, 1], values: [2] } }] },
      { file: quantised.file, program: "qonnx", runs: [{ symbols: { type: "int64", shape: [1], values: [2] } }] },
    ]);
    whole!.runs[0]!.logits!.values.forEach((logit, index) => expect(step!.runs[0]!.logits!.values[index]).toBeCloseTo(logit, 4));
  });

  it("tells in one line what cannot be done, by exit code", async () => {
    const [finished, interrupted] = [await makeRun(true), await makeRun(false)];
    const cases: [string[], number, RegExp][] = [
      [["nothing"], 2, /There is no run in .*nothing/],
      [[], 2, /onnx needs RUN/],
      [[finished, "--dialect", "qonnx"], 2, /Unknown option '--dialect'; the options of onnx are --out, --qonnx, --overwrite/],
      [[interrupted], 1, /has no finished model, it is interrupted/],
      [[finished, "--out", "nowhere/m.onnx"], 1, /nowhere.m\.onnx: There is no such folder/],
    ];
    for (const [args, code, message] of cases) {
      const ended = await tritloom(...args);
      expect([ended.code, ended.stdout, ended.stderr]).toEqual([code, "", expect.stringMatching(message)]);
      expect(ended.stderr.trimEnd()).not.toContain("\n");
    }
  });
});
