import * as z from "zod";
import { isPlainObject, unknownInWords } from "./optionNames.js";
import { isPromise, shown } from "./shown.js";

/**
 * What is wrong with a value by its schema, in the words in which cells write values. A schema may say how its values are made:
 * `.meta({ makers: ["tl.adam()", "tl.sgd()"] })`, or in words what to give: `.meta({ give: "..." })`.
 */

/** One wrong field. */
export interface Fault {
  /** As JavaScript writes it: "layers[0].units"; "" for the whole value. */
  readonly path: string;
  /** What it is and what to give: 'is "8": give a whole number above 0, without quotes' */
  readonly text: string;
}

type Wanted = z.core.JSONSchema.BaseSchema & { readonly makers?: readonly string[]; readonly give?: string };

/** The faults that zod's issues with a value are, in the API's words. */
export function faultsOf(schema: z.ZodType, value: unknown, issues: readonly z.core.$ZodIssue[]): readonly Fault[] {
  const whole = jsonSchemaOf(schema);
  const faults = issues.map((issue) => faultOf(whole, value, issue));
  const [seen, distinct]: [Set<string>, Fault[]] = [new Set(), []];
  for (const fault of faults) {
    // Several checks may refuse the same field, and one sentence is enough.
    if (!seen.has(fault.path)) {
      distinct.push(fault);
    }
    seen.add(fault.path);
  }
  return distinct;
}

/**
 * The value, as the schema gives it.
 * @param place as the cell writes it: "tl.lstm()"
 * @param rename how an option is called that the schema calls otherwise
 * @throws TypeError with a line for each fault
 */
export function requireValid<T>(place: string, schema: z.ZodType<T>, value: unknown, rename: (path: string) => string = (path) => path): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const faults = faultsOf(schema, value, parsed.error.issues).map(({ path, text }) => ({ path: rename(path), text }));
    throw new TypeError([...new Set(faults.map((fault) => faultInWords(place, fault)))].join("\n"));
  }
  return parsed.data;
}

/** 'units of tl.lstm() is "8": give a whole number above 0, without quotes.' */
export function faultInWords(place: string, { path, text }: Fault): string {
  return `${path === "" ? place : `${path} of ${place}`} ${text}${text.endsWith("?") ? "" : "."}`;
}

const jsonSchemas = new WeakMap<z.ZodType, Wanted>();

function jsonSchemaOf(schema: z.ZodType): Wanted {
  const known = jsonSchemas.get(schema) ?? (z.toJSONSchema(schema, { unrepresentable: "any", io: "input", reused: "inline" }) as Wanted);
  jsonSchemas.set(schema, known);
  return known;
}

function faultOf(whole: Wanted, value: unknown, issue: z.core.$ZodIssue): Fault {
  const path = misplaced(value, issue);
  const found = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
  const wanted = schemaAt(whole, value, path);
  return { path: pathInWords(path), text: textOf(wanted, found, issue) };
}

/** The field that is wrong: not the kind of an object that has none. */
function misplaced(value: unknown, { code, path, ...issue }: z.core.$ZodIssue): readonly PropertyKey[] {
  const isKind = code === "invalid_union" && "discriminator" in issue && issue.discriminator === path.at(-1);
  const owner = path.slice(0, -1).reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
  return isKind && !(isPlainObject(owner) && path.at(-1)! in owner) ? path.slice(0, -1) : path;
}

function textOf(wanted: Wanted | undefined, found: unknown, issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys" && isPlainObject(found)) {
    return unknownInWords(issue.keys, Object.keys(wanted?.properties ?? {}));
  }
  if (issue.code === "custom") {
    return `is ${shown(found)}: ${issue.message}`;
  }
  if (isPromise(found)) {
    return `is ${shown(found)}`;
  }
  const what = found === undefined ? "is missing" : `is ${asWritten(found)}`;
  return `${what}: ${remedy(wanted, found)}`;
}

function asWritten(value: unknown): string {
  return typeof value === "string" && value.length < 80 ? JSON.stringify(value) : shown(value);
}

function remedy(wanted: Wanted = {}, found: unknown): string {
  const makers = makersOf(wanted);
  const made = makers && makerMeant(makers, found);
  if (made !== undefined) {
    return typeof found === "function" ? `call it, ${made}` : `give ${made}`;
  }
  const isQuoted = typeof found === "string" && found.trim() !== "" && Number.isFinite(Number(found)) && isNumeric(wanted);
  return `give ${makers ? makersInWords([...besidesMakers(wanted), ...makers]) : inWords(wanted)}${isQuoted ? ", without quotes" : ""}`;
}

/** What a field takes that no word of the API makes: a number as well as `tl.constant(0.002)`. */
function besidesMakers(wanted: Wanted): string[] {
  const plain = wanted.makers ? [] : (alternatives(wanted) ?? []).filter((other) => makersOf(other) === undefined);
  return plain.map(inWords);
}

function makersInWords(makers: readonly string[]): string {
  return makers.length > 6 ? `${makers.slice(0, 3).join(", ")} or another of their kind` : listed(makers);
}

/** "tl.ternary()" for the function of that name, or its name as a text. */
function makerMeant(makers: readonly string[], found: unknown): string | undefined {
  const name = typeof found === "function" ? found.name : typeof found === "string" ? found : undefined;
  const plain = (text: string): string => text.replace(/^tl\.|\(.*$|[^a-z0-9]/gi, "").toLowerCase();
  return name === undefined || plain(name) === "" ? undefined : makers.find((maker) => plain(maker) === plain(name));
}

function makersOf(wanted: Wanted | undefined): readonly string[] | undefined {
  return wanted?.makers ?? alternatives(wanted)?.map(makersOf).find((makers) => makers !== undefined);
}

function isNumeric(wanted: Wanted | undefined): boolean {
  return wanted?.type === "number" || wanted?.type === "integer" || (alternatives(wanted)?.some(isNumeric) ?? false);
}

function alternatives(wanted: Wanted | undefined): readonly Wanted[] | undefined {
  return (wanted?.anyOf ?? wanted?.oneOf) as Wanted[] | undefined;
}

/** What a schema takes: "a whole number from 1 to 65,536". */
function inWords(wanted: Wanted): string {
  if (wanted.give !== undefined) {
    return wanted.give;
  }
  const choices = wanted.enum ?? (wanted.const === undefined ? undefined : [wanted.const]);
  if (choices !== undefined) {
    return listed(choices.map((choice) => JSON.stringify(choice)));
  }
  const others = alternatives(wanted);
  return others === undefined ? typeInWords(wanted) : kindsOf(others) ?? listed(others.map(inWords));
}

function typeInWords(wanted: Wanted): string {
  switch (wanted.type) {
    case "integer":
    case "number":
      return `${wanted.type === "integer" ? "a whole number" : "a number"}${rangeInWords(wanted)}`;
    case "string":
      return "a text";
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array":
      return "a list, [...]";
    default:
      return `an object { ${Object.keys(wanted.properties ?? {}).join(", ")} }`;
  }
}

/** The values of `kind` by which these objects are told apart, in words. */
function kindsOf(objects: readonly Wanted[]): string | undefined {
  const kinds = objects.map(({ properties }) => (properties?.["kind"] as Wanted | undefined)?.const);
  return kinds.includes(undefined) ? undefined : `an object of the kind ${listed(kinds.map((kind) => JSON.stringify(kind)))}`;
}

function rangeInWords({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Wanted): string {
  // Whole numbers end where float64 has no longer each of them, which nobody needs to be told.
  const isRange = (bound: unknown): bound is number => typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  const number = (bound: number): string => bound.toLocaleString("en-US", { maximumFractionDigits: 20 });
  if (isRange(minimum) && isRange(maximum)) {
    return ` from ${number(minimum)} to ${number(maximum)}`;
  }
  const low = isRange(minimum) ? ` of at least ${number(minimum)}` : isRange(exclusiveMinimum) ? ` above ${number(exclusiveMinimum)}` : "";
  const high = isRange(maximum) ? `at most ${number(maximum)}` : isRange(exclusiveMaximum) ? `below ${number(exclusiveMaximum)}` : "";
  return low !== "" && high !== "" ? `${low} and ${high}` : high === "" ? low : ` ${high}`;
}

function listed(choices: readonly string[]): string {
  return choices.length < 2 ? (choices[0] ?? "nothing") : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}

function pathInWords(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`), "");
}

/** The schema of a field; of several kinds of objects that of the value's own kind. */
function schemaAt(whole: Wanted, value: unknown, path: readonly PropertyKey[]): Wanted | undefined {
  let [wanted, inner]: [Wanted | undefined, unknown] = [ofItsKind(whole, value, path.length > 0), value];
  path.forEach((key, depth) => {
    inner = (inner as Record<PropertyKey, unknown> | null | undefined)?.[key];
    const next = typeof key === "number" ? itemOf(wanted, key) : (wanted?.properties?.[String(key)] as Wanted | undefined);
    wanted = next && ofItsKind(next, inner, depth < path.length - 1);
  });
  return wanted;
}

function itemOf(wanted: Wanted | undefined, index: number): Wanted | undefined {
  return (wanted?.prefixItems?.[index] ?? wanted?.items) as Wanted | undefined;
}

/** @param goesOn whether a field of it is looked for: then the first that is an object serves for a value of no kind */
function ofItsKind(wanted: Wanted, value: unknown, goesOn: boolean): Wanted {
  const others = alternatives(wanted);
  if (others === undefined || !isPlainObject(value)) {
    return wanted;
  }
  const own = others.find(({ properties }) => ["kind", "cell"].some((name) => isConst(properties?.[name] as Wanted | undefined, value[name])));
  return own ?? (goesOn ? kindOnly(others) ?? others.find(({ type }) => type === "object") ?? wanted : wanted);
}

function isConst(wanted: Wanted | undefined, value: unknown): boolean {
  return wanted?.const !== undefined && wanted.const === value;
}

/** A schema of all kinds that there are, for a value whose kind is none of them. */
function kindOnly(objects: readonly Wanted[]): Wanted | undefined {
  const named = ["kind", "cell"].find((name) => objects.some(({ properties }) => (properties?.[name] as Wanted | undefined)?.const !== undefined));
  const kinds = objects.flatMap(({ properties }) => (named === undefined ? [] : [(properties?.[named] as Wanted | undefined)?.const]));
  return named === undefined ? undefined : ({ properties: { [named]: { enum: kinds.filter((kind) => kind !== undefined) } } } as Wanted);
}
