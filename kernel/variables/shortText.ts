import { types } from "node:util";
import { shortened } from "../foreignValue.js";
import { numbersOf } from "./numbers.js";
import { numberText } from "./numberText.js";
import {
  arrayLength,
  className,
  dataValue,
  dateText,
  eachEntry,
  eachMember,
  isClass,
  isPlain,
  mapSize,
  ownNames,
  ownSlot,
  regExpText,
  setSize,
  typedLength,
  type Slot,
} from "./read.js";
import { sourceText } from "./sourceText.js";
import { type TensorEngine, tensorFacts } from "./tensorLedger.js";

interface Limits {
  /** Elements, entries or properties of one value. */
  readonly parts: number;
  /** Of a string within something else. */
  readonly stringCharacters: number;
  readonly number: (value: number) => string;
}

const mostCharacters = 100;
const mostErrorCharacters = 1_000;
const ofALine: Limits = { parts: 8, stringCharacters: 40, number: numberText };

/** Of a text for the clipboard, as of a message. */
const mostWholeCharacters = 100_000;
const wholeLevels = 8;
const ofAll: Limits = { parts: Infinity, stringCharacters: Infinity, number: (value) => (Object.is(value, -0) ? "-0" : String(value)) };

/**
 * A value in one line: `[1, 2, 3, … 97 more]`, `{ units: 64, cell: "lstm" }`. Runs none of its code.
 * @param room levels of what it contains that are shown
 */
export function shortText(value: unknown, engine: TensorEngine | undefined, room = 2): string {
  return oneLine(new ShortText(engine, ofALine).of(value, room), mostCharacters);
}

/**
 * A value with all its elements; a string as it is, a tensor as its numbers.
 * @throws RangeError for more than the clipboard is meant for
 */
export function wholeText(value: unknown, engine: TensorEngine | undefined): string {
  const text = typeof value === "string" ? value : new ShortText(engine, ofAll, mostWholeCharacters).of(numbersAsArrays(value, engine) ?? value, wholeLevels);
  if (text.length > mostWholeCharacters) {
    throw tooLong();
  }
  return text.toWellFormed();
}

function tooLong(): RangeError {
  return new RangeError(`The value is longer than ${mostWholeCharacters.toLocaleString("en")} characters, too long to copy. Write it to a file in a cell.`);
}

/** The numbers of a tensor in nested arrays; undefined for what is none. */
function numbersAsArrays(value: unknown, engine: TensorEngine | undefined): unknown {
  const numbers = tensorFacts(value, engine) ? numbersOf(value, engine) : undefined;
  if (numbers === undefined) {
    return undefined;
  }
  if (numbers.values.length > mostWholeCharacters) {
    throw tooLong();
  }
  return numbers.shape.toReversed().reduce<readonly unknown[]>((level, side) => grouped(level, side), Array.from(numbers.values))[0];
}

function grouped(values: readonly unknown[], side: number): unknown[] {
  return Array.from({ length: values.length / side }, (_, index) => values.slice(index * side, (index + 1) * side));
}

/** Well-formed text without line breaks and control characters, of at most so many characters. */
export function oneLine(text: string, most: number): string {
  // Cut before the characters are looked at: a string may have a hundred million.
  const line = text.slice(0, most + 1).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ");
  return line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line.toWellFormed();
}

class ShortText {
  private written = 0;

  /** @param most characters after which writing on is no use */
  constructor(
    private readonly engine: TensorEngine | undefined,
    private readonly limits: Limits,
    private readonly most = Infinity,
  ) {}

  of(value: unknown, room: number): string {
    if (typeof value === "function") {
      return types.isProxy(value) ? "Proxy" : functionText(value as (...values: never[]) => unknown);
    }
    return typeof value === "object" && value !== null ? this.ofObject(value, room) : this.counted(primitiveText(value, this.limits));
  }

  private counted(text: string): string {
    this.written += text.length;
    if (this.written > this.most) {
      throw tooLong();
    }
    return text;
  }

  private ofObject(value: object, room: number): string {
    if (types.isProxy(value)) {
      return this.counted("Proxy");
    }
    this.counted("{}");
    const tensor = tensorFacts(value, this.engine);
    if (tensor) {
      return `Tensor ${tensor.dtype} [${tensor.shape.join(", ")}]${tensor.isDisposed ? ", disposed" : ""}`;
    }
    return builtInText(value) ?? this.ofCollection(value, room);
  }

  private ofCollection(value: object, room: number): string {
    if (Array.isArray(value)) {
      return this.ofElements(value, arrayLength(value), room);
    }
    if (types.isTypedArray(value)) {
      return this.ofElements(value, typedLength(value), room);
    }
    if (types.isMap(value) || types.isSet(value)) {
      return this.ofEntries(value, room);
    }
    return this.ofProperties(value, room);
  }

  private ofElements(array: object, length: number, room: number): string {
    if (Math.min(length, this.limits.parts) > this.most) {
      throw tooLong();
    }
    if (room === 0) {
      return `[${length === 0 ? "" : "…"}]`;
    }
    const shown = Array.from({ length: Math.min(length, this.limits.parts) }, (_, index) => this.ofSlot(ownSlot(array, index), room - 1));
    return `[${withRest(shown, length)}]`;
  }

  private ofEntries(value: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>, room: number): string {
    const shown: string[] = [];
    const size = types.isMap(value) ? mapSize(value) : setSize(value as ReadonlySet<unknown>);
    if (room === 0) {
      return size === 0 ? "{}" : "{…}";
    }
    if (types.isMap(value)) {
      eachEntry(value, (held, key) => shown.length < this.limits.parts && shown.push(`${this.of(key, 0)} => ${this.of(held, room - 1)}`));
    } else {
      eachMember(value as ReadonlySet<unknown>, (held) => shown.length < this.limits.parts && shown.push(this.of(held, room - 1)));
    }
    return size === 0 ? "{}" : `{ ${withRest(shown, size)} }`;
  }

  private ofProperties(value: object, room: number): string {
    const prefix = isPlain(value) ? "" : `${className(value) ?? ""} `;
    const names = ownNames(value);
    if (names.length === 0 || room === 0) {
      return `${prefix}${names.length === 0 ? "{}" : "{…}"}`;
    }
    const shown = names.slice(0, this.limits.parts).map((name) => `${nameText(name)}: ${this.ofSlot(ownSlot(value, name), room - 1)}`);
    return `${prefix}{ ${withRest(shown, names.length)} }`;
  }

  private ofSlot(slot: Slot | undefined, room: number): string {
    return slot === undefined ? this.counted("empty") : slot.kind === "getter" ? "(getter)" : this.of(slot.value, room);
  }
}

function withRest(shown: readonly string[], total: number): string {
  const rest = total - shown.length;
  return [...shown, ...(rest > 0 ? [`… ${rest.toLocaleString("en")} more`] : [])].join(", ");
}

/** The name of a property as it stands before a colon. */
export function nameText(name: PropertyKey): string {
  return typeof name === "symbol" ? `[${String(name)}]` : shortened(String(name), ofALine.stringCharacters);
}

function primitiveText(value: unknown, { stringCharacters, number }: Limits): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > stringCharacters ? `${value.slice(0, stringCharacters)}…` : value);
    case "number":
      return number(value);
    case "bigint":
      return bigintText(value);
    default:
      return String(value as symbol | boolean | null | undefined);
  }
}

/** The digits of a number of a million digits take seconds. */
function bigintText(value: bigint): string {
  const isLong = BigInt.asIntN(512, value) !== value;
  return isLong ? "a number of more than 150 digits" : `${value}n`;
}

/** "(x) => x * 2", "function train(model, text)", "class Network". */
export function functionText(value: (...values: never[]) => unknown): string {
  const source = sourceText(value);
  const [head] = isClass(value) ? (/^class[^{]*/.exec(source) ?? [source]) : [source];
  return oneLine(head.trim(), mostCharacters);
}

/** What built-in objects tell that have a text of their own; undefined for others. */
function builtInText(value: object): string | undefined {
  if (types.isDate(value)) {
    return dateText(value);
  }
  if (types.isRegExp(value)) {
    return regExpText(value);
  }
  if (types.isNativeError(value)) {
    const [name, message] = [dataValue(value, "name"), dataValue(value, "message")];
    return `${typeof name === "string" ? name : "Error"}: ${typeof message === "string" ? message.slice(0, mostErrorCharacters) : ""}`;
  }
  if (types.isPromise(value)) {
    return "await it to see its value";
  }
  return types.isAnyArrayBuffer(value) ? "bytes" : undefined;
}
