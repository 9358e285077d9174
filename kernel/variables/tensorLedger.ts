import { arrayLength, isObject, isReadable, ownValue } from "./read.js";

/** What is kept of a tensor: nothing that would keep the tensor or its values alive. */
export interface TensorRecord {
  /** Number of the cell that made it; undefined where no cell ran. */
  readonly cell: number | undefined;
  readonly bytes: number;
  /** Tensors with the same number share their values. */
  readonly buffer: number;
}

/** What the ledger uses of a tensor. */
interface TrackedTensor {
  readonly id: number;
  readonly size: number;
  readonly dtype: string;
  readonly dataId: object;
}

/** TensorFlow.js's engine: `_tfengine` among the globals, one for all copies of the library in a process. */
export interface TensorEngine {
  state: { tensorInfo: WeakMap<object, unknown> };
  trackTensor(tensor: TrackedTensor, backend: unknown): void;
  disposeTensor(tensor: TrackedTensor): void;
  readSync(dataId: object): unknown;
}

const engineKey = "_tfengine";
const bytesPerElement: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, complex64: 8 };

/**
 * Notes for each tensor that is not disposed which cell made it. TensorFlow.js itself counts its tensors but cannot list them, so the
 * engine's two methods that count them are wrapped as soon as a program loads the library.
 */
export class TensorLedger {
  private readonly records = new Map<number, TensorRecord>();
  /** Numbers of values that their backend has not numbered itself. */
  private readonly buffers = new WeakMap<object, number>();
  private lastBuffer = 0;
  private state: TensorEngine["state"] | undefined;
  private known: TensorEngine | undefined;
  /** `variable.assign` disposes of a tensor and counts it again: it stays the one that its cell made. */
  private latestId: number | undefined;
  private latestRecord: TensorRecord | undefined;

  /** @param runningCell the number of the cell that the running code belongs to */
  constructor(private readonly runningCell: () => number | undefined) {}

  /** The library's engine, once a cell has loaded it. */
  get engine(): TensorEngine | undefined {
    return this.known;
  }

  /** Tensors that are not disposed, by their ids. */
  get live(): ReadonlyMap<number, TensorRecord> {
    this.noticeReset();
    return this.records;
  }

  /** Bytes of these tensors, of which some may share their values. */
  bytesOf(ids: Iterable<number>): number {
    const buffers = new Map([...ids].flatMap((id) => this.buffersOf(id)));
    return [...buffers.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  private buffersOf(id: number): [buffer: number, bytes: number][] {
    const record = this.live.get(id);
    return record ? [[record.buffer, record.bytes]] : [];
  }

  /** Waits among the globals for the library. */
  install(globals: object = globalThis): void {
    Object.defineProperty(globals, engineKey, {
      configurable: true,
      get: () => this.known,
      set: (engine: TensorEngine) => this.follow(engine),
    });
  }

  private follow(engine: TensorEngine): void {
    this.known = engine;
    const { trackTensor, disposeTensor } = engine;
    engine.trackTensor = (tensor, backend) => {
      trackTensor.call(engine, tensor, backend);
      this.add(tensor);
    };
    engine.disposeTensor = (tensor) => {
      disposeTensor.call(engine, tensor);
      this.remove(tensor.id);
    };
  }

  private add({ id, size, dtype, dataId }: TrackedTensor): void {
    this.noticeReset();
    const record = this.latestId === id ? this.latestRecord : undefined;
    this.records.set(id, {
      cell: record ? record.cell : this.runningCell(),
      bytes: size * (bytesPerElement[dtype] ?? 0),
      buffer: this.bufferOf(dataId),
    });
  }

  /** Backends in JavaScript number their values, TensorFlow's own does not. */
  private bufferOf(dataId: object): number {
    const own = (dataId as { id?: unknown }).id ?? this.buffers.get(dataId);
    if (typeof own === "number") {
      return own;
    }
    this.lastBuffer -= 1;
    this.buffers.set(dataId, this.lastBuffer);
    return this.lastBuffer;
  }

  private remove(id: number): void {
    const record = this.records.get(id);
    if (record) {
      this.latestId = id;
      this.latestRecord = record;
      this.records.delete(id);
    }
  }

  /** `tf.engine().reset()` forgets all tensors without disposing of them. */
  private noticeReset(): void {
    const state = this.known?.state;
    if (state !== this.state) {
      this.state = state;
      this.records.clear();
    }
  }
}

/** A tensor or variable of TensorFlow.js as it is, without a call of its methods, which a program may have replaced. */
export interface TensorFacts {
  readonly id: number;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly size: number;
  readonly bytes: number;
  readonly isDisposed: boolean;
  /** A variable's name, else undefined. */
  readonly name: string | undefined;
  readonly dataId: object;
}

/** What a tensor's constructor leaves in it. */
interface Fields {
  readonly dataId: object;
  readonly id: number;
  readonly dtype: string;
  readonly size: number;
  readonly isDisposedInternal: boolean;
}

const fieldTypes: Readonly<Record<keyof Fields, string>> = { dataId: "object", id: "number", dtype: "string", size: "number", isDisposedInternal: "boolean" };

function fieldsOf(value: object): Fields | undefined {
  const fields = Object.entries(fieldTypes).map(([name, type]) => [name, ownValue(value, name), type] as const);
  const isOne = fields.every(([, field, type]) => typeof field === type && field !== null);
  return isOne ? (Object.fromEntries(fields) as unknown as Fields) : undefined;
}

/** @returns undefined for what is no tensor of this engine; what only looks like one is none */
export function tensorFacts(value: unknown, engine: TensorEngine | undefined): TensorFacts | undefined {
  // Most values have no such property, and this is asked of each.
  if (engine === undefined || !isReadable(value) || !isObject(ownValue(value, "dataId"))) {
    return undefined;
  }
  const fields = fieldsOf(value);
  const shape = sidesOf(ownValue(value, "shape"));
  if (fields === undefined || shape === undefined || !(fields.isDisposedInternal || engine.state.tensorInfo.has(fields.dataId))) {
    return undefined;
  }
  const { id, dtype, size, dataId, isDisposedInternal: isDisposed } = fields;
  return { id, dtype, shape, size, bytes: size * (bytesPerElement[dtype] ?? 0), isDisposed, name: variableName(value), dataId };
}

function variableName(value: object): string | undefined {
  const name = ownValue(value, "trainable") === undefined ? undefined : ownValue(value, "name");
  return typeof name === "string" ? name : undefined;
}

function sidesOf(shape: unknown): number[] | undefined {
  if (!isReadable(shape) || !Array.isArray(shape)) {
    return undefined;
  }
  const sides = Array.from({ length: arrayLength(shape) }, (_, axis) => ownValue(shape, axis));
  return sides.every((side): side is number => typeof side === "number") ? sides : undefined;
}
