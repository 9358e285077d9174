import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { program } from "./program.js";

const folder = "test/interop/sources";

function tritloom(...args: string[]) {
  return spawnSync(process.execPath, [program, "import", ...args], { encoding: "utf8" });
}

test("tritloom import tells layers and shapes, and names the word of the API", () => {
  const { status, stdout } = tritloom(`${folder}/keras2_embedding.h5`);
  expect(status).toBe(0);
  expect(stdout).toMatch(/Keras\n +embedding +5 symbols, 3 units\n +layer 1 +3 inputs, 4 units: tl\.lstm\(\{ units: 4 \}\)\n +dense +4 inputs, 5 outputs\n/);
  const { stdout: json } = tritloom(`${folder}/onnx_gru0.onnx`, "--json");
  expect(JSON.parse(json)).toMatchObject({ ok: true, format: "ONNX", cell: "gru", resetAfter: false, layers: [{ inputs: 3, units: 4 }], dense: { inputs: 4, outputs: 2 } });
});

test("a file that is refused ends with 1 and one line", () => {
  const { status, stderr } = tritloom(`${folder}/pytorch_module.pt`);
  expect(status).toBe(1);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain('torch.save(model.state_dict(), "lstm.pt")');
});
