import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The addon that native/ is compiled to: what it exports, and where it lies. */

/** Opaque values that C++ hands out. */
export type Compute = object;
export type PassHandle = object;
export type Floats = Float32Array | null;
export type AddonValue = Floats | Int32Array | Uint8Array | number;

/** native/addon*.cc say what each argument is. */
export interface Addon {
  instructionSets(): string[];
  compute(index: number): Compute;
  setThreads(count: number): void;
  createPass(compute: Compute, cell: number, ...shape: number[]): PassHandle;
  /** Reads `given` and fills `results`. */
  forwardPass(pass: PassHandle, given: readonly AddonValue[], results: readonly Floats[]): void;
  backwardPass(pass: PassHandle, given: readonly AddonValue[], results: readonly Floats[]): void;
  disposePass(pass: PassHandle): void;
  packedInstructionSets(): string[];
  createPacked(...values: AddonValue[]): PassHandle;
  addPackedLayer(network: PassHandle, ...values: AddonValue[]): void;
  setPackedOutput(network: PassHandle, columns: number, bias: Float32Array): void;
  addPackedPlane(
    network: PassHandle,
    matrix: number,
    positive: Uint8Array,
    negative: Uint8Array | null,
    scales: Float32Array,
    perColumn: number,
  ): void;
  setPackedValues(network: PassHandle, matrix: number, values: Float32Array): void;
  finishPacked(network: PassHandle): number;
  readPacked(
    network: PassHandle,
    symbols: AddonValue,
    values: AddonValue,
    timesteps: number,
    firstTimestep: number,
    every: number,
    logits: Float32Array,
  ): void;
  packedState(network: PassHandle, layer: number, hidden: Float32Array, cell: Floats): void;
  setPackedState(network: PassHandle, layer: number, hidden: Float32Array, cell: Floats): void;
  disposePacked(network: PassHandle): void;
  multiply(
    compute: Compute,
    a: Float32Array,
    b: Float32Array,
    result: Float32Array,
    rows: number,
    depth: number,
    columns: number,
    transposeA: boolean,
    transposeB: boolean,
  ): void;
  softmaxCrossEntropy(compute: Compute, logits: Float32Array, targets: Int32Array, gradient: Floats, rows: number, classes: number): number;
  adamUpdate(
    compute: Compute,
    parameters: Float32Array,
    gradient: Float32Array,
    moment1: Float32Array,
    moment2: Float32Array,
    count: number,
    stepSize: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
}

/** What a compute kernel calls; WebAssembly has it too. */
export type KernelAddon = Pick<
  Addon,
  | "instructionSets"
  | "compute"
  | "setThreads"
  | `${"create" | "forward" | "backward" | "dispose"}Pass`
  | "multiply"
  | "softmaxCrossEntropy"
  | "adamUpdate"
>;

/** What packed inference calls; WebAssembly has it too. */
export type PackedAddon = Pick<
  Addon,
  | "packedInstructionSets"
  | "createPacked"
  | "addPackedLayer"
  | "setPackedOutput"
  | "addPackedPlane"
  | "setPackedValues"
  | "finishPacked"
  | "readPacked"
  | "packedState"
  | "setPackedState"
  | "disposePacked"
>;

/** Beside the bundles in dist/ and dist/api/, and from the sources in the repository's dist/. */
export const addonFolders = ["./native/", "../native/", "../../../dist/native/"];

/** The addon for this machine, or undefined where it is not built. */
export function findAddon(): string | undefined {
  const file = `tritloom-${process.platform}-${process.arch}.node`;
  return addonFolders
    .map((folder) => fileURLToPath(new URL(`${folder}${file}`, import.meta.url)))
    .find((path) => existsSync(path));
}

/** @throws Error where the file is no addon that this system can load */
export function loadAddon(path: string): Addon {
  return createRequire(import.meta.url)(path) as Addon;
}
