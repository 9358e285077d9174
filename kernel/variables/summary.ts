import { types } from "node:util";
import type { ValueSummary, VariableKind } from "../../src/variables/contract.js";
import { counted } from "./numberText.js";
import { ownText } from "./productValues.js";
import { Reach } from "./reach.js";
import { arrayLength, bufferBytes, className, isClass, mapSize, ownNames, setSize, typedBytes, typedLength } from "./read.js";
import { oneLine, shortText } from "./shortText.js";
import { type TensorFacts, tensorFacts, type TensorLedger } from "./tensorLedger.js";

/** Steps from one variable to the tensors that its bytes are counted of. */
const mostSteps = 20_000;
const mostNameCharacters = 60;

/** What a value is, in a few words. Never throws, and runs no code of the value. */
export function summaryOf(value: unknown, ledger: TensorLedger, passedOver?: ReadonlySet<object>): ValueSummary {
  const tensor = tensorFacts(value, ledger.engine);
  if (tensor) {
    return tensorSummary(tensor, shortValues(tensor, ledger));
  }
  const { kind, type, size = "" } = shapeOf(value);
  const text = ownText(value) ?? shortText(value, ledger.engine);
  return { kind, type: oneLine(type, mostNameCharacters), size, value: text, bytes: bytesOf(value, ledger, passedOver) };
}

function tensorSummary(tensor: TensorFacts, value: string): ValueSummary {
  const word = tensor.name === undefined ? "Tensor" : "Variable";
  const size = `[${tensor.shape.join(", ")}]`;
  return { kind: "tensor", type: `${word} ${tensor.dtype}`, size, value, bytes: tensor.isDisposed ? 0 : tensor.bytes };
}

/** The elements of a small tensor, else nothing: reading a large one copies it. */
function shortValues(tensor: TensorFacts, { engine }: TensorLedger): string {
  if (tensor.isDisposed) {
    return "disposed";
  }
  if (tensor.size > 1000 || tensor.dtype === "string" || tensor.dtype === "complex64" || engine === undefined) {
    return "";
  }
  try {
    return shortText(engine.readSync(tensor.dataId), engine);
  } catch {
    // A backend that computes elsewhere has no values that are there at once.
    return "";
  }
}

type Form = { readonly kind: VariableKind; readonly type: string; readonly size?: string };

function shapeOf(value: unknown): Form {
  switch (typeof value) {
    case "undefined":
      return { kind: "nothing", type: "undefined" };
    case "string":
      return { kind: "string", type: "string", size: counted(value.length, "character") };
    case "number":
    case "bigint":
      return { kind: "number", type: typeof value };
    case "boolean":
    case "symbol":
      return { kind: "boolean", type: typeof value };
    default:
      return value === null ? { kind: "nothing", type: "null" } : objectForm(value as object);
  }
}

function objectForm(value: object): Form {
  if (types.isProxy(value)) {
    return { kind: "object", type: "Proxy" };
  }
  if (typeof value === "function") {
    return isClass(value as () => unknown) ? { kind: "class", type: "class" } : { kind: "function", type: "function" };
  }
  if (types.isModuleNamespaceObject(value)) {
    return { kind: "object", type: "Module", size: counted(ownNames(value).length, "export") };
  }
  return collectionForm(value) ?? { kind: "object", type: className(value) ?? "Object without prototype", size: propertiesSize(value) };
}

function propertiesSize(value: object): string {
  const isBuiltIn = types.isDate(value) || types.isRegExp(value) || types.isPromise(value) || types.isNativeError(value);
  return isBuiltIn ? "" : counted(ownNames(value).length, "property", "properties");
}

function collectionForm(value: object): Form | undefined {
  const type = className(value) ?? "Object without prototype";
  if (Array.isArray(value)) {
    return { kind: "array", type, size: counted(arrayLength(value), "element") };
  }
  if (types.isTypedArray(value)) {
    return { kind: "array", type, size: counted(typedLength(value), "element") };
  }
  if (types.isMap(value)) {
    return { kind: "array", type, size: counted(mapSize(value), "entry", "entries") };
  }
  if (types.isSet(value)) {
    return { kind: "array", type, size: counted(setSize(value), "member") };
  }
  return types.isAnyArrayBuffer(value) ? { kind: "array", type, size: counted(bufferBytes(value), "byte") } : undefined;
}

/** Bytes of the tensors and typed arrays that a value reaches through its properties; null where there are none, or too many to count. */
function bytesOf(value: unknown, ledger: TensorLedger, passedOver?: ReadonlySet<object>): number | null {
  if (typeof value !== "object" || value === null) {
    return null;
  }
  if (types.isTypedArray(value)) {
    return typedBytes(value);
  }
  const reach = new Reach(ledger.engine, passedOver, mostSteps);
  reach.from(value);
  const bytes = reach.arrayBytes + ledger.bytesOf(reach.tensors);
  return reach.isComplete && bytes > 0 ? bytes : null;
}
