import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importModel } from "../../../src/api/importModel.js";
import { readSourceBytes } from "../../../src/interop/sources/readSource.js";
import { SourceFileError } from "../../../src/interop/sources/sourceFile.js";
import golden from "./pytorch.json" with { type: "json" };

const here = path.dirname(fileURLToPath(import.meta.url));
const file = (name: string): string => path.join(here, name);

/** The largest difference of two lists. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}

describe("networks of PyTorch give its own values (make_pytorch.py made them)", () => {
  it.each(golden.cases)("$name", async ({ file: name, inputs, hidden, logits }) => {
    const trace = (await importModel(file(name))).trace(inputs);
    expect(difference(trace.layers.at(-1)!.hidden, hidden)).toBeLessThan(1e-5);
    expect(difference(trace.logits, logits)).toBeLessThan(1e-5);
  });
});

describe("what cannot be imported is refused in words", () => {
  it.each([
    ["pytorch_bidirectional.pt", /weight_ih_l0_reverse" is of a bidirectional layer.*bidirectional=False/],
    ["pytorch_projection.pt", /weight_hr_l0" is a projection.*proj_size=0/],
    ["pytorch_module.pt", /object of "torch\.nn\.modules\.rnn\.LSTM".*torch\.save\(model\.state_dict\(\), "lstm\.pt"\)/],
    ["pytorch_command.pt", /object of "posix\.system", and nothing but tensors, dicts, lists and numbers is read/],
    ["missing.pt", /missing\.pt cannot be imported: there is no such file/],
    ["pytorch.json", /give a file that ends in .*\.safetensors/],
  ])("%s", async (name, message) => {
    await expect(importModel(file(name))).rejects.toThrow(message);
  });
});

/** The class of what a call throws. */
function outcome(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).constructor;
  }
}

describe("files that are cut short", () => {
  it.each(["pytorch_embedding.safetensors", "pytorch_half.safetensors", "pytorch_cell.pt"])("%s: no beginning of it is read, each is refused in words", async (name) => {
    const bytes = await readFile(file(name));
    const outcomes = Array.from(bytes, (_, length) => outcome(() => readSourceBytes(name, bytes.subarray(0, length))));
    expect(outcomes.findIndex((one) => one !== SourceFileError)).toBe(-1);
  });
});
