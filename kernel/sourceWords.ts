import { types } from "node:util";
import { attempt, isError, propertyOf } from "./foreignValue.js";

/** What a cell's names are called in the code that runs: properties of the shared scope, some called as values. */
const calledValue = /\((__(?:scope|declare|constant)\.[^()]*) \?\? null\)/g;
const scopeObjects = /\b__(?:scope|declare|constant)\./g;
const guardedAwaits = /\b__await\(\.\.\.\)/g;
const engineSymbols = / \(cannot read property Symbol\(Symbol\.\w+\)\)/g;

/** An engine's message about rewritten code, in the words of the source: "(__scope.run ?? null) is not a function" is "run is not a function". */
export function inSourceWords(message: string): string {
  return message
    .replace(calledValue, "$1")
    .replace(scopeObjects, "")
    .replace(guardedAwaits, "(await ...)")
    .replace(engineSymbols, "");
}

/** Rewords the message of an error that a cell has caught, where the engine wrote it. Never throws. */
export function putInSourceWords(caught: unknown): void {
  attempt(() => {
    const message = isError(caught) ? propertyOf(caught, "message") : undefined;
    const reworded = typeof message === "string" ? inSourceWords(message) : message;
    if (reworded !== message) {
      (caught as Error).message = reworded as string;
    }
  }, undefined);
}

/**
 * The same, with the remedy where a method of a Promise was called as if it were the value.
 * @param valueOf of a name that cells share; undefined where there is none
 */
export function withAwaitHint(message: string, valueOf: (name: string) => unknown): string {
  const [, name] = /^([\w$]+)\.[\w$]+ is not a function$/.exec(message) ?? [];
  return name !== undefined && types.isPromise(valueOf(name)) ? `${message}: ${name} is a Promise; write await before what makes it` : message;
}
