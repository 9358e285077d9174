import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importModel } from "../../../src/api/importModel.js";
import { readSourceBytes } from "../../../src/interop/sources/readSource.js";
import { SourceFileError } from "../../../src/interop/sources/sourceFile.js";
import keras2 from "./keras2.json" with { type: "json" };
import keras3 from "./keras3.json" with { type: "json" };

const here = path.dirname(fileURLToPath(import.meta.url));
const file = (name: string): string => path.join(here, name);

describe.each([keras2, keras3])("networks of Keras $keras give its own values (make_keras.py made them)", ({ cases }) => {
  it.each(cases)("$file: $name", async ({ file: name, inputs, logits: expected }) => {
    const { logits } = (await importModel(file(name))).trace(inputs);
    expect(logits.length).toBe(expected.length);
    expect(Math.max(...expected.map((value, index) => Math.abs(value - logits[index]!)))).toBeLessThan(1e-5);
  });
});

describe("what cannot be imported is refused in words", () => {
  it.each([
    ["keras3_bidirectional.keras", /layer "bidirectional" \(Bidirectional\) cannot be imported: only LSTM or GRU/],
    ["keras2_activation.h5", /\(LSTM\) has recurrent_activation="hard_sigmoid": only "sigmoid"/],
  ])("%s", async (name, message) => {
    await expect(importModel(file(name))).rejects.toThrow(message);
  });

  it.each(["keras2_gru1.keras", "keras3_lstm.weights.h5"])("%s: no beginning of it is read, each is refused", async (name) => {
    const bytes = await readFile(file(name));
    const refused = Array.from(bytes, (_, length) => isRefused(name, bytes.subarray(0, length)));
    expect(refused.indexOf(false)).toBe(-1);
  });
});

function isRefused(name: string, bytes: Uint8Array): boolean {
  try {
    readSourceBytes(name, bytes);
    return false;
  } catch (error) {
    return error instanceof SourceFileError;
  }
}
