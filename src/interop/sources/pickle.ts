import { SourceFileError } from "./sourceFile.js";

/**
 * A reader of Python's pickles (the module `pickletools` has the opcodes in words), for what `torch.save` writes of tensors, dicts, lists
 * and plain values. It runs nothing: what a pickle calls is looked up in a list of a few names that make tensors, and any other
 * name is refused.
 */

/** A value of Python, as far as a checkpoint of tensors has any. Dicts are maps. */
export type PickleValue = unknown;

/** A class or function of Python, by "module.name". */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

export interface PickleHandlers {
  /** The value that a call gives. @throws for a name that is not known */
  call(name: string, given: readonly PickleValue[]): PickleValue;
  /** The value that a persistent id stands for. */
  persistent(id: PickleValue): PickleValue;
  /** @throws for a class or function that is refused */
  checkGlobal(name: string): void;
}

const mark = Symbol("mark");

/** A pickle holds more than this only when it is made to take long. */
const mostOperations = 5_000_000;

/** @throws SourceFileError for an opcode that is not known or has nothing to work on; what the handlers throw */
export function readPickle(bytes: Uint8Array, handlers: PickleHandlers): PickleValue {
  return new PickleMachine(bytes, handlers).run();
}

type Operation = (machine: PickleMachine) => void;

class PickleMachine {
  private readonly view: DataView;
  private at = 0;
  private stack: PickleValue[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly bytes: Uint8Array,
    readonly handlers: PickleHandlers,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (let count = 0; count < mostOperations; count++) {
      const code = this.number(1);
      if (code === stop) {
        return this.pop();
      }
      const operation = operations[code];
      if (operation === undefined) {
        throw fault(`its pickle has the opcode 0x${code.toString(16).padStart(2, "0")} at byte ${this.at - 1}, which no file of plain tensors has`);
      }
      operation(this);
    }
    throw fault("its pickle has too many operations");
  }

  take(length: number): Uint8Array {
    if (length < 0 || this.at + length > this.bytes.length) {
      throw fault("its pickle ends too early");
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** An unsigned number of so many bytes, little-endian. */
  number(length: 1 | 2 | 4): number {
    this.take(length);
    const at = this.at - length;
    return length === 1 ? this.view.getUint8(at) : length === 2 ? this.view.getUint16(at, true) : this.view.getUint32(at, true);
  }

  long(): number {
    this.take(8);
    return Number(this.view.getBigUint64(this.at - 8, true));
  }

  int32(): number {
    return this.number(4) | 0;
  }

  double(): number {
    this.take(8);
    return this.view.getFloat64(this.at - 8, false);
  }

  text(length: number): string {
    return Buffer.from(this.take(length)).toString("utf8");
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) {
      throw fault("its pickle ends too early");
    }
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length === 0 || this.stack.at(-1) === mark) {
      throw fault("its pickle takes a value where there is none");
    }
    return this.stack.pop();
  }

  /** All since the last mark, which goes too. */
  popMarked(): PickleValue[] {
    const at = this.stack.lastIndexOf(mark);
    if (at < 0) {
      throw fault("its pickle takes values where there are none");
    }
    return this.stack.splice(at).slice(1);
  }

  pushMark(): void {
    this.stack.push(mark);
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  keep(key: number): void {
    this.memo.set(key, this.top());
  }

  memoize(): void {
    this.keep(this.memo.size);
  }

  recall(key: number): void {
    if (!this.memo.has(key)) {
      throw fault(`its pickle recalls value ${key}, which it has not kept`);
    }
    this.push(this.memo.get(key));
  }

  global(module: PickleValue, name: PickleValue): void {
    const full = `${String(module)}.${String(name)}`;
    this.handlers.checkGlobal(full);
    this.push(new PickleGlobal(full));
  }

  call(): void {
    const given = this.pop();
    const called = this.pop();
    if (!(called instanceof PickleGlobal) || !Array.isArray(given)) {
      throw fault("its pickle calls what is no function");
    }
    this.push(this.handlers.call(called.name, given));
  }

  setItems(items: readonly PickleValue[]): void {
    const into = this.top();
    if (!(into instanceof Map) || items.length % 2 === 1) {
      throw fault("its pickle sets items of what is no dict");
    }
    for (let index = 0; index < items.length; index += 2) {
      into.set(items[index], items[index + 1]);
    }
  }

  append(items: readonly PickleValue[]): void {
    const into = this.top();
    if (!Array.isArray(into)) {
      throw fault("its pickle appends to what is no list");
    }
    items.forEach((item) => into.push(item));
  }

  /** An OrderedDict of a state dict has attributes beside its items, `_metadata`, that say nothing of weights. */
  build(): void {
    this.pop();
    if (!(this.top() instanceof Map)) {
      throw fault("its pickle sets attributes of what is no dict");
    }
  }
}

/** Two's complement, little-endian, of any length; far more than a size needs is read as a number all the same. */
function integerOf(bytes: Uint8Array): number {
  const { length } = bytes;
  const unsigned = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return length > 0 && bytes[length - 1]! >= 128 ? unsigned - 256 ** length : unsigned;
}

function tupleOf(count: number): Operation {
  return (machine) => machine.push(Array.from({ length: count }, () => machine.pop()).reverse());
}

const stop = 0x2e;

/** The opcodes by their bytes, with their names in pickletools. */
const operations: Readonly<Record<number, Operation>> = {
  /* PROTO */ 0x80: (machine) => void machine.take(1),
  /* FRAME */ 0x95: (machine) => void machine.take(8),
  /* MARK */ 0x28: (machine) => machine.pushMark(),
  /* POP */ 0x30: (machine) => void machine.pop(),
  /* NONE */ 0x4e: (machine) => machine.push(null),
  /* NEWTRUE */ 0x88: (machine) => machine.push(true),
  /* NEWFALSE */ 0x89: (machine) => machine.push(false),
  /* BININT */ 0x4a: (machine) => machine.push(machine.int32()),
  /* BININT1 */ 0x4b: (machine) => machine.push(machine.number(1)),
  /* BININT2 */ 0x4d: (machine) => machine.push(machine.number(2)),
  /* LONG1 */ 0x8a: (machine) => machine.push(integerOf(machine.take(machine.number(1)))),
  /* BINFLOAT */ 0x47: (machine) => machine.push(machine.double()),
  /* SHORT_BINSTRING */ 0x55: (machine) => machine.push(machine.text(machine.number(1))),
  /* BINUNICODE */ 0x58: (machine) => machine.push(machine.text(machine.number(4))),
  /* SHORT_BINUNICODE */ 0x8c: (machine) => machine.push(machine.text(machine.number(1))),
  /* BINUNICODE8 */ 0x8d: (machine) => machine.push(machine.text(machine.long())),
  /* EMPTY_DICT */ 0x7d: (machine) => machine.push(new Map()),
  /* EMPTY_LIST */ 0x5d: (machine) => machine.push([]),
  /* EMPTY_TUPLE */ 0x29: (machine) => machine.push([]),
  /* TUPLE */ 0x74: (machine) => machine.push(machine.popMarked()),
  /* TUPLE1 */ 0x85: tupleOf(1),
  /* TUPLE2 */ 0x86: tupleOf(2),
  /* TUPLE3 */ 0x87: tupleOf(3),
  /* APPEND */ 0x61: (machine) => machine.append([machine.pop()]),
  /* APPENDS */ 0x65: (machine) => machine.append(machine.popMarked()),
  /* SETITEM */ 0x73: (machine) => machine.setItems([machine.pop(), machine.pop()].reverse()),
  /* SETITEMS */ 0x75: (machine) => machine.setItems(machine.popMarked()),
  /* BINPUT */ 0x71: (machine) => machine.keep(machine.number(1)),
  /* LONG_BINPUT */ 0x72: (machine) => machine.keep(machine.number(4)),
  /* MEMOIZE */ 0x94: (machine) => machine.memoize(),
  /* BINGET */ 0x68: (machine) => machine.recall(machine.number(1)),
  /* LONG_BINGET */ 0x6a: (machine) => machine.recall(machine.number(4)),
  /* GLOBAL */ 0x63: (machine) => machine.global(machine.line(), machine.line()),
  /* STACK_GLOBAL */ 0x93: (machine) => {
    const [module, name] = [machine.pop(), machine.pop()].reverse();
    machine.global(module, name);
  },
  /* BINPERSID */ 0x51: (machine) => machine.push(machine.handlers.persistent(machine.pop())),
  /* REDUCE */ 0x52: (machine) => machine.call(),
  /* BUILD */ 0x62: (machine) => machine.build(),
};

function fault(words: string): SourceFileError {
  return new SourceFileError(words);
}
