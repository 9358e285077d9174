import { inspect, types } from "node:util";

/** A wrong argument as an error message shows it, in one line. */
export function shown(value: unknown): string {
  if (types.isPromise(value)) {
    return "a Promise: write await before what makes it";
  }
  if (typeof value === "function") {
    return `the function ${value.name || "without a name"}`;
  }
  if (typeof value === "object" && value !== null) {
    return shownObject(value);
  }
  const text = inspect(value, { breakLength: Infinity });
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function shownObject(value: object): string {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `a list of ${(value as ArrayLike<unknown>).length}`;
  }
  if (types.isProxy(value)) {
    return "a Proxy";
  }
  const name = (value.constructor as { readonly name?: string } | undefined)?.name ?? "";
  const keys = Object.keys(value);
  const inside = keys.length === 0 ? "{}" : `{ ${keys.slice(0, 5).join(", ")}${keys.length > 5 ? ", ..." : ""} }`;
  return name === "" || name === "Object" ? `the object ${inside}` : `an object of the class ${name}`;
}
