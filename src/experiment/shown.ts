/** Whether somebody forgot to write await, in whatever realm the Promise was made. */
export function isPromise(value: unknown): boolean {
  return value instanceof Promise || tagOf(value) === "[object Promise]";
}

/** A wrong argument as an error message shows it, in one line. */
export function shown(value: unknown): string {
  if (isPromise(value)) {
    return "a Promise: write await before what makes it";
  }
  if (typeof value === "function") {
    return `the function ${value.name || "without a name"}`;
  }
  if (typeof value === "object" && value !== null) {
    return shownObject(value);
  }
  const text = shownPrimitive(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function shownPrimitive(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
    case "bigint":
      return `${value}n`;
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function shownObject(value: object): string {
  try {
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      return `a list of ${(value as ArrayLike<unknown>).length}`;
    }
    const name = (value.constructor as { readonly name?: string } | undefined)?.name ?? "";
    const keys = Object.keys(value);
    const inside = keys.length === 0 ? "{}" : `{ ${keys.slice(0, 5).join(", ")}${keys.length > 5 ? ", ..." : ""} }`;
    return name === "" || name === "Object" ? `the object ${inside}` : `an object of the class ${name}`;
  } catch {
    // A revoked Proxy, or one whose traps throw.
    return "an object that cannot be read";
  }
}

function tagOf(value: unknown): string | undefined {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return undefined;
  }
}
