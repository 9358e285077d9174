import { availableParallelism } from "node:os";
import type { GruPass, GruShape, LstmPass, LstmShape, Matrix, MinGruPass, MinGruShape, RecurrentKernel } from "./contract.js";
import { findAddon, loadAddon } from "./nativeAddon.js";
import type { Addon, Compute, KernelAddon } from "./nativeAddon.js";
import { checkFloats, checkIndices, checkLength, checkMatrix, KernelArgumentError } from "./nativeArguments.js";
import { gruCell, lstmCell, minGruCell } from "./nativeCells.js";
import { nativePass } from "./nativePass.js";

/** Why there is no native kernel, in words for the user. */
export interface MissingKernel {
  readonly missing: string;
}

export interface NativeOptions {
  /** "avx512", "avx2" or "scalar"; else $TRITLOOM_SIMD, else the best that this processor runs. */
  readonly instructionSet?: string;
  /** Threads of the process; else $TRITLOOM_THREADS, else the cores this process may use. Results do not depend on it. */
  readonly threads?: number;
  /**
   * "mixed" rounds the factors of the recurrence's products to bfloat16 in training, which about doubles their rate; else
   * $TRITLOOM_PRECISION, else "full". What ships is evaluated in full precision either way.
   */
  readonly precision?: string;
}

/** The instruction set of mixed precision: AVX-512 but for the products, see native/gemm_mixed.cc. */
const mixedSet = "avx512bf16";

type MultiplyOptions = NonNullable<Parameters<RecurrentKernel["multiply"]>[2]>;

/** A kernel whose work C++ does, as an addon or as WebAssembly. */
export class AddonKernel implements RecurrentKernel {
  readonly name: string;
  readonly threads: number;
  private readonly addon: KernelAddon;
  private readonly compute: Compute;
  /** How passes compute that training takes gradients of. */
  private readonly trainingCompute: Compute;

  constructor(addon: KernelAddon, family: "native" | "wasm", instructionSet: string, threads: number, mixed = false) {
    const computeOf = (set: string): Compute => addon.compute(addon.instructionSets().indexOf(set));
    this.name = `${family} ${instructionSet}${mixed ? " mixed" : ""}`;
    this.threads = threads;
    this.addon = addon;
    this.compute = computeOf(instructionSet);
    this.trainingCompute = mixed ? computeOf(mixedSet) : this.compute;
    addon.setThreads(threads);
  }

  lstm(shape: LstmShape): LstmPass {
    return nativePass(this.addon, this.computeFor(shape), lstmCell, shape);
  }

  gru(shape: GruShape): GruPass {
    return nativePass(this.addon, this.computeFor(shape), gruCell, shape);
  }

  minGru(shape: MinGruShape): MinGruPass {
    return nativePass(this.addon, this.computeFor(shape), minGruCell, shape);
  }

  /** Constants are folded in for inference only. */
  private computeFor({ normalisation }: LstmShape | GruShape | MinGruShape): Compute {
    return normalisation === "affine" ? this.compute : this.trainingCompute;
  }

  multiply(a: Matrix, b: Matrix, options: MultiplyOptions = {}): Float32Array {
    checkMatrix("multiply: a", a);
    checkMatrix("multiply: b", b);
    const { transposeA = false, transposeB = false } = options;
    const [rows, depth] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
    const [bDepth, columns] = transposeB ? [b.columns, b.rows] : [b.rows, b.columns];
    if (depth !== bDepth) {
      throw new KernelArgumentError(`multiply: op(a) is ${rows} x ${depth}, op(b) ${bDepth} x ${columns}; they do not fit`);
    }
    const out = options.out ?? new Float32Array(rows * columns);
    checkFloats("multiply: out", out, rows * columns);
    if (out.buffer === a.values.buffer || out.buffer === b.values.buffer) {
      throw new KernelArgumentError("multiply: out shares its memory with a factor; give it memory of its own");
    }
    this.addon.multiply(this.compute, a.values, b.values, out, rows, depth, columns, transposeA, transposeB);
    return out;
  }

  softmaxCrossEntropy(logits: Matrix, targets: Int32Array, gradLogits?: Float32Array): number {
    checkMatrix("logits", logits);
    checkIndices("targets", targets, logits.rows, logits.columns);
    if (gradLogits !== undefined) {
      checkFloats("gradLogits", gradLogits, logits.values.length);
    }
    const gradient = gradLogits ?? null;
    return this.addon.softmaxCrossEntropy(this.compute, logits.values, targets, gradient, logits.rows, logits.columns);
  }

  adamUpdate(
    parameters: Float32Array,
    gradient: Float32Array,
    moment1: Float32Array,
    moment2: Float32Array,
    constants: { readonly stepSize: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number },
  ): void {
    const count = parameters.length;
    checkLength("gradient", gradient, count);
    checkLength("moment1", moment1, count);
    checkLength("moment2", moment2, count);
    const { stepSize, beta1, beta2, epsilon } = constants;
    this.addon.adamUpdate(this.compute, parameters, gradient, moment1, moment2, count, stepSize, beta1, beta2, epsilon);
  }
}

function chooseInstructionSet(available: readonly string[], wanted: string | undefined): string {
  const best = available[0];
  if (best === undefined) {
    throw new KernelArgumentError("The native compute kernel has no instruction set for this processor");
  }
  if (wanted === undefined || wanted === "") {
    return best;
  }
  if (!available.includes(wanted)) {
    throw new KernelArgumentError(
      `TRITLOOM_SIMD is "${wanted}"; on this processor it can be ${available.join(", ")}, or unset for the best`,
    );
  }
  return wanted;
}

/** Whether training is in mixed precision. @throws KernelArgumentError where it is wanted and this processor has none */
function choosePrecision(available: readonly string[], wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === "" || wanted === "full") {
    return false;
  }
  if (wanted !== "mixed") {
    throw new KernelArgumentError(`TRITLOOM_PRECISION is "${wanted}"; it can be full, mixed, or unset for full`);
  }
  if (!available.includes(mixedSet)) {
    throw new KernelArgumentError("TRITLOOM_PRECISION is mixed, but this processor has no AVX512_BF16; leave it unset");
  }
  return true;
}

/**
 * @param wanted where it is not given, one for each core that this process may use
 * @throws KernelArgumentError where it is not an integer from 1 to 1024
 */
export function chooseThreads(wanted: number | string | undefined): number {
  if (wanted === undefined || wanted === "") {
    return availableParallelism();
  }
  const threads = Number(wanted);
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new KernelArgumentError(`TRITLOOM_THREADS is "${wanted}"; it must be an integer from 1 to 1024, or unset`);
  }
  return threads;
}

/**
 * The compute kernel in C++, where it is built for this machine.
 * TRITLOOM_NATIVE=off leaves it out; TRITLOOM_SIMD, TRITLOOM_THREADS and TRITLOOM_PRECISION choose what NativeOptions does.
 * @throws KernelArgumentError for an instruction set or precision that this processor lacks, or a bad number of threads
 */
export function loadNativeKernel(options: NativeOptions = {}): RecurrentKernel | MissingKernel {
  if (process.env.TRITLOOM_NATIVE === "off") {
    return { missing: "the native compute kernel is switched off by TRITLOOM_NATIVE=off" };
  }
  const path = findAddon();
  if (path === undefined) {
    return {
      missing: `the native compute kernel is not built for ${process.platform} ${process.arch}; it needs a C++ compiler and "npm run build"`,
    };
  }
  let addon: Addon;
  try {
    addon = loadAddon(path);
  } catch (error) {
    return { missing: `the native compute kernel does not load: ${error instanceof Error ? error.message : String(error)}` };
  }
  const available = addon.instructionSets();
  const { env } = process;
  const instructionSet = chooseInstructionSet(fullSets(available), options.instructionSet ?? env.TRITLOOM_SIMD);
  const threads = chooseThreads(options.threads ?? env.TRITLOOM_THREADS);
  const mixed = choosePrecision(available, options.precision ?? env.TRITLOOM_PRECISION);
  return new AddonKernel(addon, "native", instructionSet, threads, mixed);
}

function fullSets(available: readonly string[]): readonly string[] {
  return available.filter((set) => set !== mixedSet);
}

/** The instruction sets that this processor runs in full precision, the best first; none where the addon is not built. */
export function nativeInstructionSets(): readonly string[] {
  const path = findAddon();
  return path === undefined ? [] : fullSets(loadAddon(path).instructionSets());
}

/** Whether this processor can train in mixed precision. */
export function hasMixedPrecision(): boolean {
  const path = findAddon();
  return path !== undefined && loadAddon(path).instructionSets().includes(mixedSet);
}
