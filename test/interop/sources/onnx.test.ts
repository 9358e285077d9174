import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importModel } from "../../../src/api/importModel.js";
import { readSourceBytes } from "../../../src/interop/sources/readSource.js";
import { SourceFileError } from "../../../src/interop/sources/sourceFile.js";
import golden from "./onnx.json" with { type: "json" };

const here = path.dirname(fileURLToPath(import.meta.url));
const file = (name: string): string => path.join(here, name);

function isRefused(bytes: Uint8Array): boolean {
  try {
    readSourceBytes("a.onnx", bytes);
    return false;
  } catch (error) {
    return error instanceof SourceFileError;
  }
}

describe("networks of ONNX files give what ONNX Runtime computes (make_onnx.py made them)", () => {
  it.each(golden.cases)("$name", async ({ file: name, inputs, outputs }) => {
    const { logits } = (await importModel(file(name))).trace(inputs);
    expect(logits.length).toBe(outputs.length);
    expect(Math.max(...outputs.map((value, index) => Math.abs(value - logits[index]!)))).toBeLessThan(1e-5);
  });
});

describe("graphs that compute something else are refused in words", () => {
  it.each([
    ["onnx_reverse.onnx", /node LSTM "one" has the direction "reverse"/],
    ["onnx_activations.onnx", /node GRU "one" has the activations HardSigmoid, Tanh: only Sigmoid, Tanh/],
    ["onnx_clip.onnx", /node GRU "one" has the attribute clip/],
    ["onnx_relu.onnx", /node Relu cannot be imported: what can is/],
  ])("%s", async (name, message) => {
    await expect(importModel(file(name))).rejects.toThrow(message);
  });

  it("a file that is cut short at any byte is refused", async () => {
    const bytes = await readFile(file("onnx_gru1.onnx"));
    const read = Array.from(bytes, (_, length) => isRefused(bytes.subarray(0, length)));
    expect(read.indexOf(false)).toBe(-1);
  });
});
