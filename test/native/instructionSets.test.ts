import { describe, expect, it } from "vitest";
import { hasMixedPrecision, nativeInstructionSets } from "../../src/rnn/kernels/native.js";
import { packedInstructionSets } from "../../src/rnn/inference/packed/nativeEngine.js";
import { engineForms, kernelForms, processorFlags } from "./instructionSets.js";
import { kernelWith } from "./lstmCases.js";

const flags = processorFlags();
const has = (...names: readonly string[]): boolean => names.every((name) => flags.has(name));
const avx2 = has("avx2", "fma");
const avx512 = avx2 && has("avx512f", "avx512dq", "avx512bw", "avx512vl");
const only = (present: boolean, name: string): string[] => (present ? [name] : []);

describe("the forms that the tests of C++ run", () => {
  const training = [...only(avx512, "avx512"), ...only(avx2, "avx2"), "scalar"];

  it("are every instruction set that the processor has, scalar code and WebAssembly", () => {
    expect(nativeInstructionSets()).toEqual(training);
    expect(kernelForms.map(({ name }) => name)).toEqual([...training.map((set) => `native ${set}`), "wasm simd128"]);
  });

  it("are so for packed inference, with permutations of bytes and TypeScript beside them", () => {
    const packed = [...only(avx512 && has("avx512vbmi"), "avx512vbmi"), ...training];
    expect(packedInstructionSets()).toEqual(packed);
    expect(engineForms.map(({ name }) => name)).toEqual([...packed.map((set) => `native ${set}`), "wasm simd128", "typescript"]);
  });

  it("have mixed precision where the processor has bfloat16", () => {
    expect(hasMixedPrecision()).toBe(avx512 && has("avx512_bf16"));
  });

  it("are refused by name where the processor has them not", () => {
    for (const instructionSet of ["avx512", "avx2", "neon"].filter((set) => !training.includes(set))) {
      expect(() => kernelWith({ instructionSet })).toThrow(`TRITLOOM_SIMD is "${instructionSet}"`);
    }
  });
});
