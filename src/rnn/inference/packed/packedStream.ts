import { roundedInWords, roundsValues } from "../../activationRounding.js";
import { roundToFormat, stateRounding } from "../../fixedState.js";
import type { FixedPoint } from "../../kernels/contract.js";
import type { PackedEngine } from "./engine.js";
import { InferenceError } from "./inferenceError.js";
import { nativeEngine } from "./nativeEngine.js";
import { trainedLength, type PackedModel } from "./packedModel.js";
import { TypescriptEngine } from "./typescriptEngine.js";
import { wasmEngine } from "./wasmEngine.js";

export interface PackedStreamOptions {
  /** Streams side by side; 1 where it is left out. */
  readonly batch?: number;
  /**
   * Left out: native code where it is built, else WebAssembly, else TypeScript, which is many times slower.
   * `PackedStream.engine` says which runs.
   */
  readonly engine?: "native" | "wasm" | "typescript";
  /** The instruction set of the native engine, one of packedInstructionSets(). Default: $TRITLOOM_SIMD, else the best. */
  readonly instructionSet?: string;
}

/** Where the streams are, to go on from later. */
export interface PackedState {
  /** Timesteps read since the initial state. */
  readonly timestep: number;
  /** [B, H] each; `cell` only of an LSTM. */
  readonly layers: readonly { readonly hidden: Float32Array; readonly cell?: Float32Array }[];
}

/** What the streams need to know of the model once the engine has its weights. */
interface StreamShape {
  readonly batch: number;
  readonly outputs: number;
  readonly input: { readonly kind: "symbols"; readonly count: number } | { readonly kind: "dense"; readonly width: number };
  readonly trainedLength: number;
  readonly everyTimestep: boolean;
  readonly units: readonly number[];
}

/**
 * Streams of symbols or values through a packed model, one timestep or a piece at a time; the state is kept from call
 * to call. The numbers of a vector that bit planes multiply are off by at most E, relative to its largest magnitude:
 * 2^-24 (binary planes: 2^-23) with AVX-512 VBMI, 2^-18 with other vector units and WebAssembly, nothing in scalar x64
 * code and TypeScript. A product is within E sum|W| and the usual bound of a sum of floats; docs/engine.md, "Packed
 * inference and its rounding", derives from it how far a logit may be from the exact one.
 */
export class PackedStream {
  private readonly running: PackedEngine;
  private readonly shape: StreamShape;
  private readonly initial: PackedState;
  private readonly stepLogits: Float32Array;
  private timestep = 0;
  private disposed = false;

  /** @throws InferenceError for a batch that is no positive integer, or an engine that this machine lacks */
  constructor(model: PackedModel, options: PackedStreamOptions = {}) {
    const { batch = 1 } = options;
    if (!Number.isSafeInteger(batch) || batch < 1) {
      throw new InferenceError(`Packed inference: batch is ${batch}; it must be a positive integer`);
    }
    const { input } = model;
    this.shape = {
      batch,
      outputs: model.outputs.length,
      input: input.kind === "dense" ? input : { kind: "symbols", count: input.symbols.length },
      trainedLength: trainedLength(model),
      everyTimestep: model.readout === "every-timestep",
      units: model.layers.map(({ units }) => units),
    };
    this.initial = initialState(model, batch);
    this.stepLogits = new Float32Array(batch * model.outputs.length);
    this.running = chooseEngine(model, batch, options);
    this.reset();
  }

  /** Which engine runs: "native avx512vbmi", "typescript" and so on. */
  get engine(): string {
    return this.running.name;
  }

  /** Bytes of weights and constants that the engine holds. */
  get bytes(): number {
    return this.running.bytes;
  }

  /**
   * One timestep of every stream.
   * @param input [B] symbols, or [B, I] values of a model with dense input
   * @returns logits [B, V], valid until the next call
   * @throws InferenceError for an input of another kind or size, an unknown symbol, a value that is not finite, or a
   * timestep past the trained length of a model with constants for each
   */
  step(input: Int32Array | Float32Array): Float32Array {
    this.advance(input, 1, true, this.stepLogits);
    return this.stepLogits;
  }

  /**
   * Reads on from where the last call ended.
   * @param input [T, B] symbols or [T, B, I] values, T at least 1
   * @returns logits [T, B, V], or [B, V] after the last timestep of a model that is read out there
   * @throws InferenceError as step
   */
  read(input: Int32Array | Float32Array): Float32Array {
    const { batch, outputs, everyTimestep } = this.shape;
    const timesteps = input.length / this.inputWidth();
    const logits = new Float32Array((everyTimestep ? Math.ceil(timesteps) : 1) * batch * outputs);
    this.advance(input, timesteps, everyTimestep, logits);
    return logits;
  }

  /** Back to the model's initial state. */
  reset(): void {
    this.setState(this.initial);
  }

  /** A copy of the present state. */
  get state(): PackedState {
    this.checkLive();
    const layers = this.initial.layers.map(({ hidden, cell }, layer) => {
      const copy = { hidden: hidden.slice(), ...(cell === undefined ? {} : { cell: cell.slice() }) };
      this.running.copyState(layer, copy.hidden, copy.cell);
      return copy;
    });
    return { timestep: this.timestep, layers };
  }

  /** @throws InferenceError for a state of another model or batch */
  setState(state: PackedState): void {
    this.checkLive();
    this.checkState(state);
    state.layers.forEach(({ hidden, cell }, layer) => this.running.setState(layer, hidden, cell));
    this.timestep = state.timestep;
  }

  dispose(): void {
    if (!this.disposed) {
      this.disposed = true;
      this.running.dispose();
    }
  }

  private advance(input: Int32Array | Float32Array, timesteps: number, every: boolean, logits: Float32Array): void {
    this.checkLive();
    this.checkInput(input, timesteps);
    this.checkLength(timesteps);
    this.running.read(input, timesteps, this.timestep, every, logits);
    this.timestep += timesteps;
  }

  private inputWidth(): number {
    const { batch, input } = this.shape;
    return input.kind === "symbols" ? batch : batch * input.width;
  }

  private checkLive(): void {
    if (this.disposed) {
      throw new InferenceError("This packed stream has been disposed of; make another");
    }
  }

  private checkInput(input: Int32Array | Float32Array, timesteps: number): void {
    const { input: wanted, batch } = this.shape;
    if (!(input instanceof (wanted.kind === "symbols" ? Int32Array : Float32Array))) {
      throw new InferenceError(
        wanted.kind === "symbols"
          ? "This model reads symbols: its input is an Int32Array of their numbers"
          : "This model reads values: its input is a Float32Array",
      );
    }
    if (!Number.isInteger(timesteps) || timesteps < 1 || input.length !== timesteps * this.inputWidth()) {
      const each = wanted.kind === "symbols" ? "symbols" : `times ${wanted.width} values`;
      throw new InferenceError(`Input of ${input.length} numbers; a timestep takes ${batch} ${each}, one for each stream`);
    }
    if (wanted.kind === "symbols") {
      checkSymbols(input, wanted.count, batch);
    } else {
      checkFinite(input, this.inputWidth());
    }
  }

  private checkLength(timesteps: number): void {
    const { trainedLength } = this.shape;
    if (this.timestep + timesteps > trainedLength) {
      throw new InferenceError(
        `This model has normaliser constants for each of its ${trainedLength} trained timesteps and was asked for timestep ` +
          `${this.timestep + timesteps}: reset() before it, or train with "shared" statistics to read streams of any length`,
      );
    }
  }

  private checkState({ timestep, layers }: PackedState): void {
    const { batch, units } = this.shape;
    if (!Number.isSafeInteger(timestep) || timestep < 0) {
      throw new InferenceError(`State: timestep is ${timestep}; it must be 0 or a positive integer`);
    }
    if (layers.length !== units.length) {
      throw new InferenceError(`State of ${layers.length} layers; this model has ${units.length}`);
    }
    layers.forEach(({ hidden, cell }, layer) => {
      const size = batch * units[layer]!;
      const needsCell = this.initial.layers[layer]!.cell !== undefined;
      if (hidden.length !== size || cell?.length !== (needsCell ? size : undefined)) {
        throw new InferenceError(
          `State of layer ${layer}: hidden has ${hidden.length} numbers and cell ${cell?.length ?? "none"}; ` +
            `${batch} streams of this model need ${size} and ${needsCell ? size : "none"}`,
        );
      }
    });
  }
}

function checkSymbols(symbols: Int32Array | Float32Array, count: number, batch: number): void {
  for (let index = 0; index < symbols.length; index++) {
    const symbol = symbols[index]!;
    if (symbol < 0 || symbol >= count) {
      throw new InferenceError(
        `Unknown symbol ${symbol} in stream ${index % batch}, timestep ${Math.floor(index / batch)}; this model's are 0 to ${count - 1}`,
      );
    }
  }
}

function checkFinite(values: Int32Array | Float32Array, width: number): void {
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index]!)) {
      throw new InferenceError(
        `The input holds ${values[index]} at place ${index % width} of timestep ${Math.floor(index / width)}; values must be finite`,
      );
    }
  }
}

function initialState(model: PackedModel, batch: number): PackedState {
  const repeated = (state: Float32Array): Float32Array =>
    Float32Array.from({ length: batch * state.length }, (_, index) => state[index % state.length]!);
  const layers = model.layers.map((layer) => ({
    hidden: roundAll(repeated(layer.initialHidden), stateRounding(layer.spec)?.hidden),
    ...("initialCell" in layer ? { cell: roundAll(repeated(layer.initialCell), stateRounding(layer.spec)?.cell) } : {}),
  }));
  return { timestep: 0, layers };
}

function roundAll(state: Float32Array, format: FixedPoint | undefined): Float32Array {
  return format === undefined ? state : state.map((value) => roundToFormat(value, format));
}

const missingEngine = {
  native:
    'The native addon is not built, does not load or is switched off by TRITLOOM_NATIVE; "npm run build" builds it, engine "wasm" or "typescript" does without',
  wasm: 'The WebAssembly module is not built, does not load or is switched off by TRITLOOM_WASM; "npm run build:native -- wasm" builds it, engine "typescript" does without',
};

function chooseEngine(model: PackedModel, batch: number, options: PackedStreamOptions): PackedEngine {
  const { engine } = options;
  const isRounded = model.layers.some(({ spec }) => roundsValues(spec));
  if (engine === "typescript" || (isRounded && engine === undefined)) {
    return new TypescriptEngine(model, batch);
  }
  if (isRounded) {
    throw new InferenceError(`The engine "${engine}" has no ${roundedInWords(model.layers.map(({ spec }) => spec))}, which this model has; leave engine out, or take "typescript"`);
  }
  const compiled = compiledEngine(model, batch, options);
  if (compiled === undefined && engine !== undefined) {
    throw new InferenceError(missingEngine[engine]);
  }
  return compiled ?? new TypescriptEngine(model, batch);
}

/** The engine in C++ that is wanted, or the faster one of those that are here. */
function compiledEngine(model: PackedModel, batch: number, { engine, instructionSet }: PackedStreamOptions): PackedEngine | undefined {
  const native = engine === "wasm" ? undefined : nativeEngine(model, batch, instructionSet);
  return native ?? (engine === "native" ? undefined : wasmEngine(model, batch));
}
