import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { RecurrentKernel } from "../../src/rnn/kernels/contract.js";
import { nativeInstructionSets } from "../../src/rnn/kernels/native.js";
import { packedInstructionSets } from "../../src/rnn/inference/packed/nativeEngine.js";
import type { PackedStreamOptions } from "../../src/rnn/inference/packed/packedStream.js";
import { kernelWith } from "./lstmCases.js";
import { buildWasm, wasmWith } from "./wasmKernel.js";

/**
 * Every form in which C++ runs on this machine: each instruction set that the processor has, `scalar` and WebAssembly.
 * instructionSets.test.ts compares the lists with what the system says of the processor.
 */

// Before tests are named: which there are depends on the processor.
await Promise.all([
  buildNative("dist/native").then((path) => expect(path, "a C++ compiler is needed to test native code").toBeDefined()),
  buildWasm(),
]);

export interface KernelForm {
  /** As the kernel names itself. */
  readonly name: string;
  readonly open: (options?: { readonly threads?: number }) => RecurrentKernel;
}

export const kernelForms: readonly KernelForm[] = [
  ...nativeInstructionSets().map((instructionSet) => ({
    name: `native ${instructionSet}`,
    open: (options = {}) => kernelWith({ ...options, instructionSet }),
  })),
  { name: "wasm simd128", open: wasmWith },
];

export interface EngineForm {
  /** As the engine names itself. */
  readonly name: string;
  readonly options: Pick<PackedStreamOptions, "engine" | "instructionSet">;
}

export const engineForms: readonly EngineForm[] = [
  ...packedInstructionSets().map((instructionSet) => ({ name: `native ${instructionSet}`, options: { engine: "native", instructionSet } as const })),
  { name: "wasm simd128", options: { engine: "wasm" } },
  { name: "typescript", options: { engine: "typescript" } },
];

/** What the system says that the processor has, in Linux's words. */
export function processorFlags(): ReadonlySet<string> {
  if (process.platform === "linux") {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"));
    return new Set(line?.[1]?.split(/\s+/));
  }
  const names = execFileSync("sysctl", ["-a", "machdep.cpu"], { encoding: "utf8" }).toLowerCase().split(/\s+/);
  return new Set(names.map((name) => name.replace("_vbmi", "vbmi").replace("avx1.0", "avx")));
}
