import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { chooseKernel } from "../../src/rnn/kernels/choose.js";
import { AddonKernel } from "../../src/rnn/kernels/native.js";
import { findWasm, WasmAddon } from "../../src/rnn/kernels/wasmAddon.js";
import { randomCase } from "./lstmCases.js";
import { buildWasm, wasmWith } from "./wasmKernel.js";

beforeAll(async () => {
  await Promise.all([buildNative("dist/native"), buildWasm()]);
}, 600_000);

afterEach(() => {
  vi.unstubAllEnvs();
});

const run = promisify(execFile);
const layerForm = { normalisation: "batch", cellNormalisation: "batch", kind: "symbols" } as const;

describe("memory of WebAssembly", () => {
  const small = randomCase({ timesteps: 5, batch: 4, inputs: 3, units: 8 }, layerForm);
  const big = randomCase({ timesteps: 40, batch: 32, inputs: 10, units: 96 }, layerForm);
  const huge = { ...big.shape, timesteps: 900 };

  it("is given back: by disposed passes, and by one that it did not suffice for", async () => {
    const bytes = new Uint8Array(await readFile(findWasm()!));
    const kernel = new AddonKernel(new WasmAddon(bytes, 1000), "wasm", "simd128", 1); // 65 MB
    const round = (example: typeof big) => {
      const pass = kernel.lstm(example.shape);
      const { hidden } = pass.forward(example.weights, example.input);
      pass.backward(example.gradHidden);
      pass.dispose();
      return hidden;
    };
    const hidden = round(small).slice();
    for (let count = 0; count < 10; count++) {
      round(big);
      // A pass of 100 MB.
      expect(() => kernel.lstm(huge)).toThrow(/^Out of memory in the WebAssembly compute kernel.* make the batch, the sequence or the layer smaller$/);
    }
    expect(round(small)).toEqual(hidden);
  });

  it("is refused to shapes beyond its addresses", () => {
    expect(() => wasmWith().lstm({ ...big.shape, timesteps: 2000, batch: 500, units: 512 })).toThrow("Out of memory");
  });

  it("is not reached through a pass that was disposed of", () => {
    const pass = wasmWith().gru({ ...small.shape, reset: "after" });
    pass.dispose();
    pass.dispose();
    expect(() => pass.backward(small.gradHidden)).toThrow("disposed of");
  });
});

describe("the kernel that is chosen", () => {
  it("is native code, then WebAssembly, then TensorFlow.js operations, and the user reads why", async () => {
    expect(await chooseKernel()).toMatchObject({ kernel: { name: expect.stringMatching(/^native /) } });
    vi.stubEnv("TRITLOOM_NATIVE", "off");
    expect(await chooseKernel()).toMatchObject({
      kernel: { name: "wasm simd128" },
      note: "Training runs in WebAssembly, slower than native code, because the native compute kernel is switched off by TRITLOOM_NATIVE=off.",
    });
    vi.stubEnv("TRITLOOM_WASM", "off");
    const last = await chooseKernel();
    expect(last.kernel.name).toMatch(/^tensor /);
    expect(last.note).toContain("TensorFlow.js operations");
    expect(last.note).toContain("TRITLOOM_NATIVE=off, and the WebAssembly compute kernel is switched off by TRITLOOM_WASM=off");
  });
});

describe("a process whose kernel has threads", () => {
  it("ends when its work is done", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tritloom-wasm-"));
    try {
      await mkdir(join(folder, "native"));
      await cp(findWasm()!, join(folder, "native/tritloom.wasm"));
      const contents = `
        import { loadWasmKernel } from "./wasm.js";
        const square = { rows: 300, columns: 300, values: new Float32Array(90000).fill(1) };
        const kernel = loadWasmKernel({ threads: 3 });
        const until = Date.now() + 500;
        let product;
        while (Date.now() < until) {
          product = kernel.multiply(square, square);
        }
        console.log(product[0], product[89999]);
      `;
      const stdin = { contents, resolveDir: "src/rnn/kernels", loader: "ts" as const };
      await build({ stdin, bundle: true, platform: "node", format: "esm", outfile: join(folder, "main.mjs"), logLevel: "warning" });
      const { stdout, stderr } = await run(process.execPath, [join(folder, "main.mjs")], { timeout: 30_000 });
      expect([stdout, stderr]).toEqual(["300 300\n", ""]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
