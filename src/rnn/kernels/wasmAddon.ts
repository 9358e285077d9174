import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { addonFolders } from "./nativeAddon.js";
import type { AddonValue, Floats, KernelAddon, PackedAddon, PassHandle } from "./nativeAddon.js";
import { KernelArgumentError } from "./nativeArguments.js";
import { Instance, Memory, Module } from "./webAssembly.js";

/**
 * native/ compiled to WebAssembly, behind the addon's interface. The module computes in its own memory: arrays are
 * copied in before a call and results out after it. Its threads are workers that share that memory.
 */

/** native/wasm_exports.cc and wasm_thread_pool.cc; addresses are numbers of bytes, and 0 where there is nothing. */
interface ModuleExports {
  readonly __stack_pointer: { value: number };
  _initialize(): void;
  allocate(bytes: number): number;
  release(address: number): void;
  setThreads(count: number): void;
  workersReady(): number;
  createPass(values: number): number;
  preparePass(pass: number): void;
  forwardPass(pass: number, values: number): void;
  backwardPass(pass: number, values: number): void;
  disposePass(pass: number): void;
  createPacked(values: number): number;
  addPackedLayer(network: number, values: number): void;
  setPackedOutput(network: number, values: number): void;
  addPackedPlane(network: number, values: number): void;
  setPackedValues(network: number, values: number): void;
  finishPacked(network: number): number;
  readPacked(network: number, values: number): void;
  packedState(network: number, values: number): void;
  setPackedState(network: number, values: number): void;
  disposePacked(network: number): void;
  multiply(values: number): void;
  softmaxCrossEntropy(values: number): number;
  adamUpdate(values: number): void;
}

/** An array that the module fills, among the arguments. */
interface Result {
  readonly result: Floats;
}
type Value = AddonValue | boolean;
/** Exports that take the address of a pass or network and that of the arguments. */
type Operation =
  | `${"forward" | "backward"}Pass`
  | "addPackedLayer"
  | "setPackedOutput"
  | "addPackedPlane"
  | "setPackedValues"
  | "readPacked"
  | "packedState"
  | "setPackedState";
/** What follows the compute, which is one here. */
type AfterCompute<Arguments extends readonly unknown[]> = Arguments extends readonly [object, ...infer Rest] ? Rest : never;

const pageBytes = 65536;
/** As scripts/nativeTargets.mjs links it: all that 32-bit addresses reach but one page. */
const mostPages = 65535;
const initialPages = 512;
const stackBytes = 1 << 18;
const alignment = 64;
/** An array may not be longer, or sizes could overflow 32 bits: 2 GB. */
const mostFloats = 2 ** 29;

/** Runs in each worker, for as long as the process lives. */
const workerSource = `
const { workerData } = require("node:worker_threads");
const { module, memory, stackTop } = workerData;
const outOfMemory = () => { throw new Error("out of memory in a worker"); };
const { exports } = new WebAssembly.Instance(module, { env: { memory }, host: { outOfMemory } });
exports.__stack_pointer.value = stackTop;
try { exports.runWorker(); } catch (error) { exports.reportFailure(); throw error; }
`;

/** A pass, or a network of packed inference. */
class WasmPass {
  constructor(
    readonly kind: "Pass" | "Packed",
    public address: number,
  ) {}
}

function refuseMemory(bytes: number): never {
  const megabytes = Math.ceil(bytes / 1e6);
  throw new Error(
    `Out of memory in the WebAssembly compute kernel, which has 4 GB at most, at ${megabytes} MB more: ` +
      "make the batch, the sequence or the layer smaller",
  );
}

function isResult(value: Value | Result): value is Result {
  return typeof value === "object" && value !== null && "result" in value;
}

function arrayOf(value: Value | Result): Exclude<AddonValue, number> {
  if (isResult(value)) {
    return value.result;
  }
  return typeof value === "object" ? value : null;
}

/** What C++ reads for an argument whose array, if it is one, lies at `place`. */
function addressOf(value: Value | Result, place: number): number {
  if (typeof value === "object") {
    return arrayOf(value) === null ? 0 : place;
  }
  return Number(value);
}

/** Refuses a pass whose arrays 32-bit sizes would not count. */
function checkReach([timesteps = 0, batch = 0, inputs = 0, units = 0]: readonly number[]): void {
  const padded = (size: number): number => Math.ceil(size / 16) * 16;
  const rows = padded(timesteps * batch);
  const longest = Math.max(rows, padded(units), inputs) * 4 * padded(units);
  if (Math.max(longest, rows * padded(inputs)) > mostFloats) {
    refuseMemory(4 * longest);
  }
}

export class WasmAddon implements KernelAddon, PackedAddon {
  private readonly module: Module;
  private readonly memory: Memory;
  private readonly exports: ModuleExports;
  private workers = 0;
  /** Passes that nobody disposed of. */
  private readonly forgotten = new FinalizationRegistry<WasmPass>((pass) => this.free(pass));

  /** @param maximum pages of 64 kB that its memory may grow to */
  constructor(bytes: Uint8Array<ArrayBuffer>, maximum = mostPages) {
    this.module = new Module(bytes);
    this.memory = new Memory({ initial: initialPages, maximum, shared: true });
    const host = { outOfMemory: (wanted: number) => refuseMemory(wanted >>> 0) };
    const instance = new Instance(this.module, { env: { memory: this.memory }, host });
    this.exports = instance.exports as ModuleExports;
    this.exports._initialize();
  }

  instructionSets(): string[] {
    return ["simd128"];
  }

  compute(): object {
    return this;
  }

  /** Workers join as they start; until then calls run on those that are there, with the same results. */
  setThreads(count: number): void {
    for (; this.workers < count - 1; this.workers++) {
      const stack = this.exports.allocate(stackBytes);
      const stackTop = (stack + stackBytes) & ~(alignment - 1);
      const worker = new Worker(workerSource, { eval: true, workerData: { module: this.module, memory: this.memory, stackTop } });
      worker.on("error", (error) => {
        process.emitWarning(`A thread of the WebAssembly compute kernel ended: ${String(error)}`);
      });
      worker.unref();
    }
    this.exports.setThreads(count);
  }

  /** Threads that take part in a call that starts now. */
  threadsReady(): number {
    return this.exports.workersReady() + 1;
  }

  createPass(_compute: object, cell: number, ...shape: number[]): PassHandle {
    checkReach(shape);
    const pass = this.hold("Pass", this.call((address) => this.exports.createPass(address), [cell, ...shape]));
    try {
      this.call(() => this.exports.preparePass(this.addressOfPass(pass)), []);
    } catch (error) {
      this.dispose(pass);
      throw error;
    }
    return pass;
  }

  forwardPass(pass: PassHandle, given: readonly AddonValue[], results: readonly Floats[]): void {
    this.run("forwardPass", pass, [...given, ...results.map((result) => ({ result }))]);
  }

  backwardPass(pass: PassHandle, given: readonly AddonValue[], results: readonly Floats[]): void {
    this.run("backwardPass", pass, [...given, ...results.map((result) => ({ result }))]);
  }

  disposePass(pass: PassHandle): void {
    this.dispose(pass);
  }

  multiply(_compute: object, ...[a, b, result, ...form]: AfterCompute<Parameters<KernelAddon["multiply"]>>): void {
    this.call((address) => this.exports.multiply(address), [a, b, { result }, ...form]);
  }

  softmaxCrossEntropy(
    _compute: object,
    ...[logits, targets, gradient, ...sizes]: AfterCompute<Parameters<KernelAddon["softmaxCrossEntropy"]>>
  ): number {
    return this.call((address) => this.exports.softmaxCrossEntropy(address), [logits, targets, { result: gradient }, ...sizes]);
  }

  adamUpdate(
    _compute: object,
    ...[parameters, gradient, moment1, moment2, ...numbers]: AfterCompute<Parameters<KernelAddon["adamUpdate"]>>
  ): void {
    const values = [{ result: parameters }, gradient, { result: moment1 }, { result: moment2 }, ...numbers];
    this.call((address) => this.exports.adamUpdate(address), values);
  }

  packedInstructionSets(): string[] {
    return this.instructionSets();
  }

  createPacked(_instructionSet: number, ...values: AddonValue[]): PassHandle {
    return this.hold("Packed", this.call((address) => this.exports.createPacked(address), values));
  }

  addPackedLayer(network: PassHandle, ...values: AddonValue[]): void {
    this.run("addPackedLayer", network, values);
  }

  setPackedOutput(network: PassHandle, ...values: AddonValue[]): void {
    this.run("setPackedOutput", network, values);
  }

  addPackedPlane(network: PassHandle, ...values: AddonValue[]): void {
    this.run("addPackedPlane", network, values);
  }

  setPackedValues(network: PassHandle, ...values: AddonValue[]): void {
    this.run("setPackedValues", network, values);
  }

  finishPacked(network: PassHandle): number {
    const address = this.addressOfPass(network);
    return this.call(() => this.exports.finishPacked(address), []);
  }

  readPacked(network: PassHandle, ...[symbols, values, timesteps, first, every, result]: AfterCompute<Parameters<PackedAddon["readPacked"]>>): void {
    this.run("readPacked", network, [symbols, values, timesteps, first, every, { result }]);
  }

  packedState(network: PassHandle, layer: number, hidden: Float32Array, cell: Floats): void {
    this.run("packedState", network, [layer, { result: hidden }, { result: cell }]);
  }

  setPackedState(network: PassHandle, ...values: AddonValue[]): void {
    this.run("setPackedState", network, values);
  }

  disposePacked(network: PassHandle): void {
    this.dispose(network);
  }

  private hold(kind: WasmPass["kind"], address: number): PassHandle {
    const pass = new WasmPass(kind, address);
    const handle = { pass };
    this.forgotten.register(handle, pass, pass);
    return handle;
  }

  private run(name: Operation, handle: PassHandle, values: readonly (Value | Result)[]): void {
    const address = this.addressOfPass(handle);
    this.call((at) => this.exports[name](address, at), values);
  }

  private addressOfPass(handle: PassHandle): number {
    const { address } = (handle as { pass: WasmPass }).pass;
    if (address === 0) {
      throw new KernelArgumentError("WebAssembly compute kernel: the pass has been disposed of");
    }
    return address;
  }

  private dispose(handle: PassHandle): void {
    const { pass } = handle as { pass: WasmPass };
    this.forgotten.unregister(pass);
    this.free(pass);
  }

  private free(pass: WasmPass): void {
    if (pass.address !== 0) {
      this.exports[`dispose${pass.kind}`](pass.address);
      pass.address = 0;
    }
  }

  /** Arguments as doubles, then the arrays, each on a cache line's boundary; all in one piece of memory. */
  private call<T>(run: (address: number) => T, values: readonly (Value | Result)[]): T {
    const stackPointer = this.exports.__stack_pointer.value;
    let end = values.length * Float64Array.BYTES_PER_ELEMENT;
    const places = values.map((value) => {
      const place = Math.ceil(end / alignment) * alignment;
      end = place + (arrayOf(value)?.byteLength ?? 0);
      return place;
    });
    if (end > mostPages * pageBytes - alignment) {
      refuseMemory(end);
    }
    const allocated = this.exports.allocate(end + alignment);
    const base = Math.ceil((allocated >>> 0) / alignment) * alignment;
    try {
      const numbers = values.map((value, index) => addressOf(value, base + places[index]!));
      new Float64Array(this.memory.buffer, base, values.length).set(numbers);
      for (const [index, value] of values.entries()) {
        const array = arrayOf(value);
        if (array !== null) {
          this.viewOf(array, numbers[index]!).set(array);
        }
      }
      const returned = run(base);
      for (const [index, value] of values.entries()) {
        if (isResult(value)) {
          value.result?.set(this.viewOf(value.result, numbers[index]!));
        }
      }
      return returned;
    } finally {
      // An error that came out of the module has left its frames behind.
      this.exports.__stack_pointer.value = stackPointer;
      this.exports.release(allocated);
    }
  }

  private viewOf(array: Float32Array | Int32Array | Uint8Array, address: number): Float32Array | Int32Array | Uint8Array {
    const { buffer } = this.memory;
    const { length } = array;
    if (array instanceof Uint8Array) {
      return new Uint8Array(buffer, address, length);
    }
    return array instanceof Int32Array ? new Int32Array(buffer, address, length) : new Float32Array(buffer, address, length);
  }
}

/** The module's file, or undefined where it is not built. */
export function findWasm(): string | undefined {
  return addonFolders
    .map((folder) => fileURLToPath(new URL(`${folder}tritloom.wasm`, import.meta.url)))
    .find((path) => existsSync(path));
}

const loaded = new Map<string, WasmAddon>();

/**
 * One for the process: its threads are shared, as the native addon's are.
 * @throws Error where the file is no WebAssembly that this program can run
 */
export function loadWasm(path: string): WasmAddon {
  let addon = loaded.get(path);
  if (addon === undefined) {
    addon = new WasmAddon(new Uint8Array(readFileSync(path)));
    loaded.set(path, addon);
  }
  return addon;
}
