import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { findWasm, WasmAddon } from "../../src/rnn/kernels/wasmAddon.js";
import { AddonEngine } from "../../src/rnn/inference/packed/addonEngine.js";
import type { PackedEngine } from "../../src/rnn/inference/packed/engine.js";
import { InferenceError } from "../../src/rnn/inference/packed/inferenceError.js";
import { packModel, type PackedModel } from "../../src/rnn/inference/packed/packedModel.js";
import { PackedStream } from "../../src/rnn/inference/packed/packedStream.js";
import { wasmEngine } from "../../src/rnn/inference/packed/wasmEngine.js";
import "../native/instructionSets.js";
import { type LayerForm, randomModel } from "./packedModels.js";

const input = { kind: "one-hot", size: 9 } as const;
const engine = "wasm";

function modelOf(layers: readonly LayerForm[], seed = 1): PackedModel {
  return packModel(randomModel({ input, layers, outputs: 5 }, seed));
}

describe("memory of packed inference in WebAssembly", () => {
  const small = modelOf([{ cell: "gru-before", units: 12 }]);
  const middle = modelOf([{ cell: "lstm", units: 512, matrix: { levels: "full-precision" } }]);
  const wide = { cell: "lstm", units: 1000, matrix: { levels: "full-precision" } } as const;
  const large = modelOf([wide, { cell: "lstm", units: 20 }, wide, wide]);

  it("is given back: by streams that were disposed of, and by a model for which it did not suffice", async () => {
    const bytes = new Uint8Array(await readFile(findWasm()!));
    const addon = new WasmAddon(bytes, 1100); // 38 MB beside the 34 it starts with
    const open = (model: PackedModel): PackedEngine => new AddonEngine(addon, "wasm", "simd128", model, 2);
    const logitsOf = (model: PackedModel): Float32Array => {
      const opened = open(model);
      const logits = new Float32Array(3 * 2 * 5);
      opened.read(Int32Array.of(0, 8, 3, 4, 4, 1), 3, 0, true, logits);
      opened.dispose();
      return logits;
    };
    const [first, second] = [logitsOf(small), logitsOf(middle)];
    for (let round = 0; round < 10; round++) {
      // 4 MB that fit, and 50 MB of which the first 16 do.
      expect(logitsOf(middle)).toEqual(second);
      expect(() => open(large)).toThrow(/^Out of memory in the WebAssembly compute kernel/);
    }
    expect(logitsOf(small)).toEqual(first);
  });

  it("is refused to more streams than its addresses reach", () => {
    expect(() => wasmEngine(small, 50_000_000)).toThrow(InferenceError);
    expect(() => wasmEngine(small, 50_000_000)).toThrow(
      "The states of 50000000 streams of 12 units do not fit into the memory of WebAssembly; take at most 44739242 streams",
    );
  });
});

it("streams in WebAssembly that run at once do not disturb one another", () => {
  const models = [
    modelOf([{ cell: "lstm", units: 33 }], 1),
    modelOf([{ cell: "gru-after", units: 70, matrix: { levels: "binary" } }], 2),
    modelOf([{ cell: "lstm", units: 8, normalisation: "layer" }, { cell: "gru-before", units: 5 }], 3),
  ];
  const symbols = [4, 0, 8, 8, 1, 7];
  const alone = models.map((model) => [...new PackedStream(model, { engine }).read(Int32Array.from(symbols))]);
  const streams = models.map((model) => new PackedStream(model, { engine }));
  const together = models.map((): number[] => []);
  for (const symbol of symbols) {
    streams.forEach((stream, index) => together[index]!.push(...stream.step(Int32Array.of(symbol))));
  }
  expect(together).toEqual(alone);
  streams[1]!.dispose();
  streams[0]!.reset();
  expect([...streams[0]!.read(Int32Array.from(symbols))]).toEqual(alone[0]);
});
