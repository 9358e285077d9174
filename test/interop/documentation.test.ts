import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { interopPackages } from "../../scripts/setup-interop.mjs";
import { exportOnnx } from "../../src/interop/exportOnnx.js";
import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { randomModel } from "../rnn/packedModels.js";
import { referenceLogits } from "../rnn/packedReference.js";
import { temporaryFolder } from "../temporaryFolder.js";

/** The Python of docs/interop.md, as a reader would run it. */

const folder = temporaryFolder();
let packages: string;
beforeAll(async () => {
  packages = await interopPackages();
}, 600_000);

async function documented(which: number): Promise<string> {
  const page = await readFile(new URL("../../docs/interop.md", import.meta.url), "utf8");
  return [...page.matchAll(/```python\n(.*?)```/gs)][which]![1]!;
}

function python(program: string): string[] {
  const env = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" };
  const { status, stdout, stderr } = spawnSync("python3", ["-"], { input: program, cwd: folder.path, env, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return stdout.trimEnd().split("\n");
}

/** The likeliest output after each of some symbols of one stream. */
function likeliest(model: DeployedModel, symbols: readonly number[]): number[] {
  const classes = model.outputs.length;
  const logits = referenceLogits(model, Int32Array.from(symbols), symbols.length, 1);
  return symbols.map((_, t) => {
    const row = logits.subarray(t * classes, (t + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}

const model = randomModel({ input: { kind: "one-hot", size: 5 }, layers: [{ cell: "lstm", units: 20, matrix: { levels: "ternary" } }], outputs: 5 }, 12);

it("runs a stream on in ONNX Runtime", async () => {
  await exportOnnx(model, { file: path.join(folder.path, "model.onnx"), dialect: "onnx", name: "documented" });
  expect(python(await documented(0))).toEqual(likeliest(model, [0, 1, 2]).map((output) => `s${output}`));
});

it("reads datatypes and runs a timestep in qonnx", async () => {
  await exportOnnx(model, { file: path.join(folder.path, "lstm.qonnx.onnx"), dialect: "qonnx", name: "documented" });
  expect(python(await documented(1))).toEqual(["TERNARY", String(likeliest(model, [0])[0])]);
});
