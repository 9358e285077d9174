import { types } from "node:util";
import { attempt } from "../foreignValue.js";

/** A value that was reached without running code of the notebook's. */
export interface Reached {
  readonly value: unknown;
}

/**
 * A member of a value, own or inherited. Getters of classes and objects are not called, since they may do anything, and
 * proxies are not asked.
 */
export function memberOf(owner: unknown, name: string): Reached | undefined {
  for (const holder of holders(owner)) {
    const member = attempt(() => Object.getOwnPropertyDescriptor(holder, name), undefined);
    if (member !== undefined) {
      return "value" in member ? { value: member.value } : isBinding(member) ? attempt(() => ({ value: member.get!() as unknown }), undefined) : undefined;
    }
  }
  return undefined;
}

/** Names of the members of a value, its own first, then those that it inherits, each in alphabetical order. */
export function memberNames(owner: unknown): string[] {
  const names = holders(owner).flatMap((holder) => attempt(() => Object.getOwnPropertyNames(holder), []).filter(isSpelled).sort());
  return [...new Set(names)];
}

/** The exports of a bundled module: getters that give a binding of its, which nobody can redefine. */
function isBinding({ get, set, configurable, enumerable }: PropertyDescriptor): boolean {
  return get !== undefined && set === undefined && configurable === false && enumerable === true;
}

/** The value and its prototypes; that of objects last of all. */
function holders(value: unknown): object[] {
  const found: object[] = [];
  for (let holder = boxed(value); holder !== null && !types.isProxy(holder); holder = Object.getPrototypeOf(holder) as object | null) {
    found.push(holder);
  }
  return found;
}

function boxed(value: unknown): object | null {
  return value === undefined || value === null ? null : (Object(value) as object);
}

/** What can stand behind a dot. */
function isSpelled(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name) && !name.startsWith("__");
}
