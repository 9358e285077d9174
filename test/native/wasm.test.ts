import { beforeAll, describe, expect, it } from "vitest";
import { type GruCase, randomGru } from "./gruCases.js";
import { type LstmCase, randomCase } from "./lstmCases.js";
import { buildWasm, threadsToJoin, wasmWith } from "./wasmKernel.js";

beforeAll(buildWasm, 600_000);

const kinds = ["symbols", "dense"] as const;

function everything(threads: number, lstm: LstmCase, gru: GruCase): Buffer[] {
  const kernel = wasmWith({ threads });
  const lstmPass = kernel.lstm(lstm.shape);
  const gruPass = kernel.gru(gru.shape);
  const arrays = [
    ...Object.values(lstmPass.forward(lstm.weights, lstm.input, lstm.options)),
    ...Object.values(lstmPass.backward(lstm.gradHidden)),
    ...Object.values(gruPass.forward(gru.weights, gru.input, gru.options)),
    ...Object.values(gruPass.backward(gru.gradHidden)),
  ];
  const flat = arrays.flatMap((array) => (array instanceof Float32Array ? [array] : Object.values<Float32Array>(array)));
  const bytes = flat.map((array) => Buffer.from(array.slice().buffer));
  lstmPass.dispose();
  gruPass.dispose();
  return bytes;
}

describe("threads in WebAssembly", () => {
  it.each(kinds)("change no bit: %s", async (kind) => {
    const size = { timesteps: 12, batch: 30, inputs: 20, units: 150 };
    const lstm = randomCase(size, { normalisation: "batch", cellNormalisation: "layer", kind });
    const gru = randomGru({ sizes: size, reset: "before", normalisation: "layer", kind, everyOption: false });
    const single = everything(1, lstm, gru);
    wasmWith({ threads: 4 });
    await threadsToJoin(4);
    for (const threads of [2, 3, 4, 1]) {
      const bytes = everything(threads, lstm, gru);
      expect(bytes.map((array, index) => array.equals(single[index]!))).toEqual(single.map(() => true));
    }
  });
});
