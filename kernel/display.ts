import { inspect, types } from "node:util";
import type { MimeBundle } from "./contract.js";
import { attempt, isInstance, propertyOf, shortened, textOf } from "./foreignValue.js";
import { contentsAsText } from "./mimeContent.js";

const displaySymbol = Symbol.for("Jupyter.display");

const inspectOptions = { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100, colors: false };

/** How many characters of a value are shown as text; a console shows five times that. */
const textCharacters = 1_000_000;
const reasonCharacters = 500;

/** A value as text, the way Node's own prompt shows it; tensors by their elements. Never throws itself. */
export function asText(value: unknown): string {
  try {
    const text = describe(value);
    return shortened(text, textCharacters) + (text.length > textCharacters ? `\n${howToSeeAll}` : "");
  } catch (error) {
    return `[a value that cannot be shown: ${textOf(propertyOf(error, "message") ?? error, reasonCharacters)}]`;
  }
}

const howToSeeAll = "[cut off: write the value to a file to see all of it]";

function describe(value: unknown): string {
  if (types.isProxy(value)) {
    return inspect(value, inspectOptions);
  }
  if (isTimer(value)) {
    return "Timeout";
  }
  return isTensor(value) ? tensorText(value) : inspect(value, inspectOptions);
}

/**
 * How a value is shown: by its own `Symbol.for("Jupyter.display")` method, which may be asynchronous, else as text.
 * A bundle's objects become JSON text and its bytes base64.
 */
export function toMimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  const show = ownDisplay(value);
  if (show === undefined) {
    return { "text/plain": asText(value) };
  }
  const shown = show();
  return isInstance(shown, Promise) ? shown.then(checkedBundle) : checkedBundle(shown);
}

/** What `display` accepts besides values: MIME types to contents. */
export function isMimeBundle(value: unknown): value is Record<string, unknown> {
  return attempt(() => {
    if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
      return false;
    }
    const names = Object.keys(value);
    return names.length > 0 && names.every((name) => /^[\w.+-]+\/[\w.+-]+$/.test(name));
  }, false);
}

/** @throws TypeError for what is no bundle, and for contents that cannot be carried */
export function checkedBundle(value: unknown): MimeBundle {
  if (!isMimeBundle(value)) {
    throw new TypeError(
      `Symbol.for("Jupyter.display") gave ${shortened(asText(value), reasonCharacters)}; it must give an object from MIME types to contents.`,
    );
  }
  return contentsAsText(value);
}

function ownDisplay(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    return undefined;
  }
  const read = (): unknown => Reflect.get(value, displaySymbol) as unknown;
  // A revoked proxy throws at everything, and still can be shown.
  const method = types.isProxy(value) ? attempt(read, undefined) : read();
  return typeof method === "function" ? () => Reflect.apply(method, value, []) as unknown : undefined;
}

/** What `setTimeout` gives back, often by accident the last value of a cell: its insides are Node's own. */
function isTimer(value: unknown): boolean {
  return typeof value === "object" && value !== null && "_idleTimeout" in value && "_onTimeout" in value;
}

/** TensorFlow.js tensors and variables, of whichever copy of the library. */
interface TensorLike {
  dtype: string;
  shape: number[];
  isDisposed: boolean;
  toString(verbose?: boolean): string;
}

function isTensor(value: unknown): value is TensorLike {
  return (
    typeof value === "object" &&
    value !== null &&
    "dataId" in value &&
    "dtype" in value &&
    "isDisposed" in value &&
    "shape" in value &&
    Array.isArray(value.shape)
  );
}

function tensorText(tensor: TensorLike): string {
  const title = `Tensor ${tensor.dtype} [${tensor.shape.join(", ")}]`;
  return tensor.isDisposed ? `${title} (disposed)` : `${title}\n${tensor.toString().replace(/^Tensor\n/, "")}`;
}
