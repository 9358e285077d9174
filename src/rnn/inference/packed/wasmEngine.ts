import { findWasm, loadWasm, type WasmAddon } from "../../kernels/wasmAddon.js";
import { AddonEngine } from "./addonEngine.js";
import type { PackedEngine } from "./engine.js";
import { InferenceError } from "./inferenceError.js";
import type { PackedModel } from "./packedModel.js";

/** Numbers in one array of the module, whose addresses have 32 bits: 2 GB. */
const mostNumbers = 2 ** 29;

/**
 * The engine in WebAssembly, or undefined where the module is not built, does not load, or TRITLOOM_WASM is "off".
 * @throws InferenceError for more streams than 32-bit addresses reach; Error where its memory of 4 GB does not hold the model and its streams: says what to make smaller
 */
export function wasmEngine(model: PackedModel, batch: number): PackedEngine | undefined {
  const addon = process.env.TRITLOOM_WASM === "off" ? undefined : wasmOrNone();
  if (addon === undefined) {
    return undefined;
  }
  const widest = Math.max(...model.layers.map(({ units }) => units));
  if (batch * widest > mostNumbers) {
    throw new InferenceError(
      `The states of ${batch} streams of ${widest} units do not fit into the memory of WebAssembly; take at most ${Math.floor(mostNumbers / widest)} streams`,
    );
  }
  return new AddonEngine(addon, "wasm", addon.packedInstructionSets()[0]!, model, batch);
}

function wasmOrNone(): WasmAddon | undefined {
  const path = findWasm();
  try {
    return path === undefined ? undefined : loadWasm(path);
  } catch {
    return undefined;
  }
}
