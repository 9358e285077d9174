import type { LayerSpec } from "../../experiment/spec.js";
import { roundsValues } from "../activationRounding.js";
import type { RecurrentKernel } from "./contract.js";
import { loadNativeKernel } from "./native.js";
import { tensorKernel } from "./tensorKernel.js";
import { loadWasmKernel } from "./wasm.js";

export interface ChosenKernel {
  readonly kernel: RecurrentKernel;
  /** Why the native kernel is not in use, and what would help; absent when it is. */
  readonly note?: string;
}

/** What the layers need that a kernel may lack, in words; undefined where it has all. */
function lackOf(layers: readonly LayerSpec[], kernel: RecurrentKernel): string | undefined {
  if (kernel.roundsStates === true || !layers.some(roundsValues)) {
    return undefined;
  }
  const ofStates = layers.some(({ state }) => state !== undefined);
  return ofStates ? "its layers keep their states in fixed point (state)" : "its layers round their activations (activations)";
}

/** Whether a kernel can train and evaluate these layers. */
export function canTrain(layers: readonly LayerSpec[], kernel: RecurrentKernel): boolean {
  return lackOf(layers, kernel) === undefined;
}

/**
 * A kernel that can train and evaluate these layers: the given one, or the tensor kernel for what the faster ones do not do,
 * as states in fixed point and rounded activations.
 */
export function kernelFor(layers: readonly LayerSpec[], kernel: RecurrentKernel): ChosenKernel {
  const lack = lackOf(layers, kernel);
  if (lack === undefined) {
    return { kernel };
  }
  const tensor = tensorKernel();
  return {
    kernel: tensor,
    note:
      `This run computes with ${tensor.name}, many times slower than ${kernel.name}, because ${lack}, which only that kernel does.`,
  };
}

/** A kernel whose batch statistics leave padding out: the given one, or the tensor kernel, since the faster ones count every row. */
export function paddingKernel(kernel: RecurrentKernel): RecurrentKernel {
  return kernel.masksStatistics === true ? kernel : tensorKernel();
}

/** The native kernel where it loads, else WebAssembly: neither needs TensorFlow.js. @returns `missing`: why there is neither, in words */
export function compiledKernel(): ChosenKernel | { readonly missing: string } {
  const native = loadNativeKernel();
  if (!("missing" in native)) {
    return { kernel: native };
  }
  const wasm = loadWasmKernel();
  return "missing" in wasm
    ? { missing: `${native.missing}, and ${wasm.missing}` }
    : { kernel: wasm, note: `Training runs in WebAssembly, slower than native code, because ${native.missing}.` };
}

/**
 * The native kernel where it loads, else WebAssembly, else the tensor kernel on the present TensorFlow.js backend; the
 * slower ones, whose results are the same to rounding, with a note for the user.
 */
export async function chooseKernel(): Promise<ChosenKernel> {
  const compiled = compiledKernel();
  return "missing" in compiled
    ? { kernel: tensorKernel(), note: `Training runs in TensorFlow.js operations, many times slower than native code, because ${compiled.missing}.` }
    : compiled;
}
