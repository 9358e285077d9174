import { types } from "node:util";

/**
 * Reads of values that a cell made, none of which runs a line of the cell's code: no getter, no trap of a proxy, no method
 * that a program may have replaced. Built-in methods are taken here before the first cell runs.
 */

export type Slot = { readonly kind: "value"; readonly value: unknown } | { readonly kind: "getter" };

const { getOwnPropertyDescriptor, getPrototypeOf, apply } = Reflect;
const { keys: keysOf, getOwnPropertySymbols: symbolsOf } = Object;

/** Prototypes that are looked through for an inherited property. */
const longestChain = 50;

/** Anything that can have properties. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** An object whose properties can be looked at; a proxy answers with its own code. */
export function isReadable(value: unknown): value is object {
  return isObject(value) && !types.isProxy(value);
}

/** An own property; undefined where there is none, or the object is a proxy. */
export function ownSlot(target: object, key: PropertyKey): Slot | undefined {
  if (types.isProxy(target)) {
    return undefined;
  }
  const descriptor = descriptorOf(target, key);
  if (descriptor === undefined) {
    return undefined;
  }
  return "value" in descriptor ? { kind: "value", value: descriptor.value } : { kind: "getter" };
}

/** An own property as it is defined. An export of a module that has not been evaluated yet has no value, and throws. */
export function descriptorOf(target: object, key: PropertyKey): PropertyDescriptor | undefined {
  try {
    return getOwnPropertyDescriptor(target, key);
  } catch {
    return undefined;
  }
}

/** The value of an own property that is no getter, else undefined. */
export function ownValue(target: unknown, key: PropertyKey): unknown {
  const slot = isReadable(target) ? ownSlot(target, key) : undefined;
  return slot?.kind === "value" ? slot.value : undefined;
}

/** The value of a property, own or inherited, that is no getter, else undefined. */
export function dataValue(target: object, key: PropertyKey): unknown {
  let object: object | null = target;
  for (let depth = 0; object !== null && depth < longestChain && !types.isProxy(object); depth++) {
    const slot = ownSlot(object, key);
    if (slot !== undefined) {
      return slot.kind === "value" ? slot.value : undefined;
    }
    object = getPrototypeOf(object);
  }
  return undefined;
}

/** Names of an object's own enumerable properties, symbols last. */
export function ownNames(target: object): PropertyKey[] {
  if (types.isProxy(target)) {
    return [];
  }
  const symbols = symbolsOf(target).filter((key) => descriptorOf(target, key)?.enumerable);
  return [...stringNames(target), ...symbols];
}

/** A module that has not been evaluated yet throws. */
function stringNames(target: object): string[] {
  try {
    return keysOf(target);
  } catch {
    return [];
  }
}

/** The name of the nearest class that an object belongs to; undefined for one without a prototype. */
export function className(target: object): string | undefined {
  const constructor = dataValue(target, "constructor");
  if (!isReadable(constructor) || typeof constructor !== "function") {
    return getPrototypeOf(target) === null ? undefined : "Object";
  }
  const name = ownValue(constructor, "name");
  return typeof name === "string" && name !== "" ? name : "(anonymous class)";
}

/** Whether an object is a literal, or as one: `{}`, `Object.create(null)`. */
export function isPlain(target: object): boolean {
  const prototype = getPrototypeOf(target);
  return prototype === Object.prototype || prototype === null;
}

/** Elements of an array, holes included. */
export function arrayLength(array: readonly unknown[]): number {
  return ownValue(array, "length") as number;
}

const getterOf = (prototype: object, key: string): (() => unknown) => getOwnPropertyDescriptor(prototype, key)!.get!;

const mapSizeGetter = getterOf(Map.prototype, "size");
const setSizeGetter = getterOf(Set.prototype, "size");
const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype)!;
const typedLengthGetter = getterOf(typedArrayPrototype, "length");
const typedBytesGetter = getterOf(typedArrayPrototype, "byteLength");
const bufferBytesGetter = getterOf(ArrayBuffer.prototype, "byteLength");
const regExpSourceGetter = getterOf(RegExp.prototype, "source");
/** In the order of ECMA-262, 22.2.6.4. */
const regExpFlags = Object.entries({ d: "hasIndices", g: "global", i: "ignoreCase", m: "multiline", s: "dotAll", u: "unicode", v: "unicodeSets", y: "sticky" }).map(
  ([flag, name]) => [flag, getterOf(RegExp.prototype, name)] as const,
);
const sharedBytesGetter = getterOf(SharedArrayBuffer.prototype, "byteLength");
const { forEach: mapForEach } = Map.prototype;
const { forEach: setForEach } = Set.prototype;
const { toString: sourceText } = Function.prototype;
const { toISOString, getTime } = Date.prototype;

export function mapSize(map: ReadonlyMap<unknown, unknown>): number {
  return apply(mapSizeGetter, map, []) as number;
}

export function setSize(set: ReadonlySet<unknown>): number {
  return apply(setSizeGetter, set, []) as number;
}

/** Calls back for each entry, in order. */
export function eachEntry(map: ReadonlyMap<unknown, unknown>, visit: (value: unknown, key: unknown) => void): void {
  apply(mapForEach, map, [visit]);
}

/** Calls back for each member, in order. */
export function eachMember(set: ReadonlySet<unknown>, visit: (value: unknown) => void): void {
  apply(setForEach, set, [visit]);
}

/** Elements of a typed array; 0 for one whose buffer is gone. */
export function typedLength(array: NodeJS.TypedArray): number {
  return apply(typedLengthGetter, array, []) as number;
}

export function typedBytes(array: NodeJS.TypedArray): number {
  return apply(typedBytesGetter, array, []) as number;
}

export function bufferBytes(buffer: ArrayBuffer | SharedArrayBuffer): number {
  return apply(types.isSharedArrayBuffer(buffer) ? sharedBytesGetter : bufferBytesGetter, buffer, []) as number;
}

/** The source of a function, or "[native code]" in a function's form. */
export function functionSource(value: (...values: never[]) => unknown): string {
  return apply(sourceText, value, []) as string;
}

export function isClass(value: (...values: never[]) => unknown): boolean {
  return /^class\b/.test(functionSource(value));
}

/** The time as ISO 8601, or "Invalid Date". */
export function dateText(date: Date): string {
  return Number.isNaN(apply(getTime, date, [])) ? "Invalid Date" : (apply(toISOString, date, []) as string);
}

/** The expression as it is written, with its flags; `flags` itself reads properties that a program may have replaced. */
export function regExpText(expression: RegExp): string {
  const flags = regExpFlags.map(([flag, getter]) => (apply(getter, expression, []) === true ? flag : ""));
  return `/${apply(regExpSourceGetter, expression, []) as string}/${flags.join("")}`;
}
