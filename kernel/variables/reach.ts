import { types } from "node:util";
import { hiddenReferences } from "./hiddenReferences.js";
import { arrayLength, bufferBytes, descriptorOf, eachEntry, eachMember, isObject, isPlain, mapSize, ownValue, setSize, typedBytes } from "./read.js";
import { type TensorEngine, tensorFacts } from "./tensorLedger.js";

/** Objects and elements that one walk looks at: a fraction of a second. */
const mostSteps = 500_000;
/** Lists longer than this are numbers or texts throughout where so many of their elements, evenly spread, are. */
const longList = 10_000;
const sampled = 1_000;
/** Functions, instances and the like that one walk asks the engine about, which takes a quarter of a millisecond each. */
const mostHolders = 2_000;
/** The engine's answer has all entries and texts of an object in it: of a larger one it takes seconds. */
const mostEntries = 1_000;
const mostCharacters = 1_000_000;

/**
 * Walks from values to the tensors that they reach: through properties, elements, entries, prototypes, and on request through what
 * only the JavaScript engine sees. No code of a cell runs.
 */
export class Reach {
  /** Ids of the tensors found. */
  readonly tensors = new Set<number>();
  /** Bytes of the typed arrays and buffers found. */
  arrayBytes = 0;
  /** False when the walk gave up before it had seen everything. */
  isComplete = true;
  private readonly seen = new Set<object>();
  private readonly prototypes = new Set<object>();
  private readonly waiting: unknown[] = [];
  /** What may hold references that no property shows. */
  private holders: object[] = [];
  private heldBack = mostHolders;
  /** Some may, but are too large to ask the engine about. */
  private isTooLarge = false;
  private steps: number;

  /**
   * @param passedOver objects that are not looked into, for example the exports of large libraries
   * @param steps objects and elements to look at
   */
  constructor(
    private readonly engine: TensorEngine | undefined,
    private readonly passedOver: ReadonlySet<object> = new Set(),
    steps = mostSteps,
  ) {
    this.steps = steps;
  }

  from(value: unknown): void {
    this.waiting.push(value);
    while (this.waiting.length > 0 && this.isComplete) {
      this.visit(this.waiting.pop());
    }
  }

  /** Goes on through closures, private fields, results of promises and whatever else no property shows. */
  throughHidden(): void {
    this.isComplete &&= !this.isTooLarge;
    while (this.holders.length > 0 && this.isComplete) {
      const holders = this.holders;
      this.holders = [];
      this.heldBack -= holders.length;
      const found = this.heldBack >= 0 ? hiddenReferences(holders) : undefined;
      this.isComplete = found !== undefined;
      found?.forEach((value) => this.from(value));
    }
  }

  private visit(value: unknown): void {
    if (!isObject(value) || this.seen.has(value) || this.passedOver.has(value)) {
      return;
    }
    this.seen.add(value);
    this.count();
    const tensor = tensorFacts(value, this.engine);
    if (tensor) {
      this.tensors.add(tensor.id);
    } else if (types.isProxy(value)) {
      this.holders.push(value);
    } else {
      this.visitParts(value);
    }
  }

  private visitParts(value: object): void {
    if (types.isTypedArray(value)) {
      this.arrayBytes += typedBytes(value);
    } else if (types.isAnyArrayBuffer(value)) {
      this.arrayBytes += bufferBytes(value);
    } else if (Array.isArray(value)) {
      this.visitElements(value);
    } else {
      this.visitMembers(value);
    }
  }

  private visitElements(array: readonly unknown[]): void {
    const length = arrayLength(array);
    if (length > longList && isOfPrimitives(array, length)) {
      return;
    }
    for (let index = 0; index < length && this.isComplete; index++) {
      this.count();
      this.pushProperty(array, index);
    }
  }

  private visitMembers(value: object): void {
    if (types.isMap(value)) {
      eachEntry(value, (held, key) => this.waiting.push(held, key));
    } else if (types.isSet(value)) {
      eachMember(value, (held) => this.waiting.push(held));
    }
    // The stack of an error is made when it is read, by a function that a program may have set, and holds no objects.
    const isError = types.isNativeError(value);
    const keys = Reflect.ownKeys(value).filter((key) => !(isError && key === "stack"));
    for (const key of keys) {
      this.count();
      this.pushProperty(value, key);
    }
    if (!isPlain(value)) {
      this.hold(value, keys);
      this.pushPrototype(value);
    }
  }

  /** Entries of maps and sets have been visited: those of a class of the cell's may have private fields besides. */
  private hold(value: object, keys: readonly PropertyKey[]): void {
    const size = types.isMap(value) ? mapSize(value) : types.isSet(value) ? setSize(value) : undefined;
    if (size !== undefined && builtIn.has(Reflect.getPrototypeOf(value))) {
      return;
    }
    const isLarge = (size ?? 0) > mostEntries || keys.some((key) => isLongText(ownValue(value, key)));
    this.isTooLarge ||= isLarge;
    if (!isLarge) {
      this.holders.push(value);
    }
  }

  /** What methods and accessors of classes reach, the instances and the module show. */
  private pushProperty(value: object, key: PropertyKey): void {
    const { enumerable = false, ...descriptor } = descriptorOf(value, key) ?? {};
    for (const part of [descriptor.value, descriptor.get, descriptor.set] as unknown[]) {
      const isMethod = typeof part === "function" && (!enumerable || this.prototypes.has(value));
      if (isObject(part) && !isMethod) {
        this.waiting.push(part);
      }
    }
  }

  private pushPrototype(value: object): void {
    const prototype = Reflect.getPrototypeOf(value);
    if (prototype !== null && !builtIn.has(prototype)) {
      this.prototypes.add(prototype);
      this.waiting.push(prototype);
    }
  }

  private count(): void {
    this.steps -= 1;
    this.isComplete &&= this.steps > 0;
  }
}

function isLongText(value: unknown): boolean {
  return typeof value === "string" && value.length > mostCharacters;
}

function isOfPrimitives(array: readonly unknown[], length: number): boolean {
  return !Array.from({ length: sampled }, (_, place) => ownValue(array, Math.floor((place * length) / sampled))).some(isObject);
}

/** Built-in prototypes hold nothing of a cell's. */
const builtIn = new Set<unknown>([Object, Function, Array, Map, Set, Promise, Date, RegExp, Error, WeakMap, WeakSet].map(({ prototype }) => prototype as unknown));
