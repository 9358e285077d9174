import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { buildNative } from "../scripts/native.mjs";
import { buildWasmIfPossible } from "../scripts/nativeTargets.mjs";

/** The parts of Tritloom that the benches' processes run, bundled from the sources as they are now. */

const here = dirname(fileURLToPath(import.meta.url));
const file = join(here, "../dist/bench/library.mjs");

const contents = [
  'export { Trainer } from "./rnn/training/trainer.js";',
  'export { loadNativeKernel } from "./rnn/kernels/native.js";',
  'export { loadWasmKernel } from "./rnn/kernels/wasm.js";',
  'export { chooseBackend } from "./rnn/backend.js";',
  'export { loadText, splitCorpus } from "./data/corpus.js";',
  'export { packModel, packedBytes } from "./rnn/inference/packed/packedModel.js";',
  'export { PackedStream } from "./rnn/inference/packed/packedStream.js";',
  'export { packedInstructionSets } from "./rnn/inference/packed/nativeEngine.js";',
  'export { DeployedNetwork } from "./rnn/inference/deployedNetwork.js";',
  'export { shippedValues } from "./rnn/shipping/deployedModel.js";',
  'export { encodeOnnx } from "./interop/onnxFile.js";',
].join("\n");

/** Builds the library, the addon, and the WebAssembly module where zig is installed. */
export async function buildLibrary() {
  if ((await buildNative(join(here, "../dist/native"))) === undefined) {
    throw new Error("The benches measure the native compute kernel, which cannot be built here");
  }
  await buildWasmIfPossible(join(here, "../dist/native"));
  const stdin = { contents, resolveDir: join(here, "../src"), loader: "ts" };
  // Beside dist/native, where addons are looked for, and below node_modules.
  await build({ stdin, bundle: true, platform: "node", format: "esm", packages: "external", outfile: file, logLevel: "warning" });
}

/** What `buildLibrary` built. */
export function importLibrary() {
  return import(pathToFileURL(file).href);
}

/** @param kind "native" or "wasm" @throws Error where it is not there */
export async function loadKernel(kind) {
  const { loadNativeKernel, loadWasmKernel } = await importLibrary();
  const kernel = kind === "wasm" ? loadWasmKernel() : loadNativeKernel();
  if ("missing" in kernel) {
    throw new Error(kernel.missing);
  }
  return kernel;
}
