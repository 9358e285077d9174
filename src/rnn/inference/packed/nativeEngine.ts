import { findAddon, loadAddon, type Addon } from "../../kernels/nativeAddon.js";
import { AddonEngine } from "./addonEngine.js";
import type { PackedEngine } from "./engine.js";
import { InferenceError } from "./inferenceError.js";
import type { PackedModel } from "./packedModel.js";

/** The instruction sets with which packed inference runs here, the best first; none where the addon is not built. */
export function packedInstructionSets(): readonly string[] {
  const path = findAddon();
  return path === undefined ? [] : loadAddon(path).packedInstructionSets();
}

/**
 * The native engine, or undefined where the addon is not built, does not load, or TRITLOOM_NATIVE is "off".
 * @param instructionSet one of packedInstructionSets(); else $TRITLOOM_SIMD, else the best
 * @throws InferenceError for one that this processor lacks
 */
export function nativeEngine(model: PackedModel, batch: number, instructionSet?: string): PackedEngine | undefined {
  const addon = process.env.TRITLOOM_NATIVE === "off" ? undefined : addonOrNone();
  if (addon === undefined) {
    return undefined;
  }
  const available = addon.packedInstructionSets();
  const wanted = instructionSet ?? (process.env.TRITLOOM_SIMD || available[0]!);
  if (!available.includes(wanted)) {
    throw new InferenceError(
      `The instruction set "${wanted}" is not one of this processor's: ${available.join(", ")}; leave it out, or TRITLOOM_SIMD unset, for the best`,
    );
  }
  return new AddonEngine(addon, "native", wanted, model, batch);
}

function addonOrNone(): Addon | undefined {
  const path = findAddon();
  try {
    return path === undefined ? undefined : loadAddon(path);
  } catch {
    return undefined;
  }
}
