import { shown } from "../experiment/shown.js";
import { checkOptions } from "../experiment/options.js";
import { isPlainObject, nearestName } from "../experiment/optionNames.js";

/** What a sweep varies: a dimension for each name, or simply a list of values. */

/** Any number between two bounds; `log`: its logarithm is uniform. */
export interface RealDimension {
  readonly kind: "real";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** Any whole number between two bounds, both included. */
export interface IntegerDimension {
  readonly kind: "integer";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** One of a list of values of any kind, without an order. */
export interface ChoiceDimension<Value = unknown> {
  readonly kind: "choice";
  readonly values: readonly Value[];
}

export type Dimension = RealDimension | IntegerDimension | ChoiceDimension;

/** The dimensions of a sweep by their names; a plain list is a choice. */
export type SearchSpace = Readonly<Record<string, Dimension | readonly unknown[]>>;

/** What the trial function of a sweep gets: a value for each name of the space. */
export type ParametersOf<Space extends SearchSpace> = {
  -readonly [Name in keyof Space]: Space[Name] extends ChoiceDimension<infer Value>
    ? Value
    : Space[Name] extends readonly (infer Value)[]
      ? Value
      : number;
};

/** A space as it is searched: in the order in which its names were written. */
export type CheckedSpace = Readonly<Record<string, Dimension>>;

/** A place in a space: the number of a real or integer dimension, the index of a choice. */
export type Point = Readonly<Record<string, number>>;

/** A number from `low` to `high`, all equally likely. */
export function uniform(low: number, high: number): RealDimension {
  requireBounds("tl.uniform", low, high);
  return { kind: "real", low, high, log: false };
}

/** A number from `low` to `high`, both above 0, whose order of magnitude is equally likely: for learning rates. */
export function logUniform(low: number, high: number): RealDimension {
  requireBounds("tl.logUniform", low, high);
  requireAboveZero("tl.logUniform", low);
  return { kind: "real", low, high, log: true };
}

/** A whole number from `low` to `high`, both included; `log: true` where its order of magnitude is to be equally likely. */
export function integer(low: number, high: number, options: { log?: boolean } = {}): IntegerDimension {
  requireBounds("tl.integer", low, high);
  for (const bound of [low, high]) {
    if (!Number.isSafeInteger(bound)) {
      throw new TypeError(`tl.integer() takes whole numbers, not ${shown(bound)}: for others there is tl.uniform(low, high)`);
    }
  }
  checkOptions("tl.integer", options, { log: true });
  const { log = false } = options;
  if (typeof log !== "boolean") {
    throw new TypeError(`log of tl.integer() is true or false, not ${shown(log)}`);
  }
  if (log) {
    requireAboveZero("tl.integer", low);
  }
  return { kind: "integer", low, high, log };
}

/** One of a list of values, without an order; a plain list says the same. */
export function choice<const Value>(values: readonly Value[]): ChoiceDimension<Value> {
  requireChoices("tl.choice()", values);
  return { kind: "choice", values };
}

/**
 * Checks a space before anything starts.
 * @throws TypeError that names the dimension, what it is and what to give
 */
export function checkedSpace(space: SearchSpace): CheckedSpace {
  if (!isPlainObject(space)) {
    throw new TypeError(`space of tl.sweep() is an object of what varies, as { units: [64, 128] }, not ${shown(space)}`);
  }
  const entries = Object.entries(space);
  if (entries.length === 0) {
    throw new TypeError("space of tl.sweep() is empty: name at least one thing that varies, as { units: [64, 128] }");
  }
  return Object.fromEntries(entries.map(([name, dimension]) => [name, checkedDimension(name, dimension)]));
}

function checkedDimension(name: string, dimension: unknown): Dimension {
  if (Array.isArray(dimension)) {
    requireChoices(`${name} in space of tl.sweep()`, dimension);
    return { kind: "choice", values: Array.from(dimension as unknown[]) };
  }
  if (isPlainObject(dimension) && ["real", "integer", "choice"].includes(dimension["kind"] as string)) {
    return dimension as unknown as Dimension;
  }
  throw new TypeError(
    `${name} in space of tl.sweep() is ${shown(dimension)}: give a list of values, [64, 128], tl.uniform(low, high), ` +
      "tl.logUniform(low, high) or tl.integer(low, high); what does not vary is written in the experiment itself",
  );
}

/** How many points a space has; infinite with a real dimension of more than one number. */
export function pointsOf(space: CheckedSpace): number {
  return Object.values(space).reduce((product, dimension) => product * valuesOf(dimension), 1);
}

/** How many values a dimension has. */
export function valuesOf(dimension: Dimension): number {
  switch (dimension.kind) {
    case "real":
      return dimension.low === dimension.high ? 1 : Infinity;
    case "integer":
      return dimension.high - dimension.low + 1;
    case "choice":
      return dimension.values.length;
  }
}

/** The values that the trial function gets at a point. */
export function parametersAt(space: CheckedSpace, point: Point): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => [name, dimension.kind === "choice" ? dimension.values[point[name]!] : point[name]]),
  );
}

/** The same as tables show them: numbers, texts, true, false and null as they are, anything else in a word. */
export function labelsAt(space: CheckedSpace, point: Point): Record<string, Label> {
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => [name, dimension.kind === "choice" ? labelsOf(dimension.values)[point[name]!]! : point[name]!]),
  );
}

export type Label = string | number | boolean | null;

/** A word for each value of a list, no two alike: "ternary", or where two are ternary all that they hold. */
export function labelsOf(values: readonly unknown[]): Label[] {
  const short = values.map(shortLabel);
  if (new Set(short).size === short.length) {
    return short;
  }
  const long = values.map((value, index) => longLabel(value, short[index]!));
  // Functions, say, no text tells apart.
  return long.map((label, index) => (long.indexOf(label) === long.lastIndexOf(label) ? label : `${label} (${index + 1})`));
}

function isLabel(value: unknown): value is Label {
  return value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
}

function shortLabel(value: unknown): Label {
  if (isLabel(value)) {
    return value;
  }
  const { kind, cell, name } = (value ?? {}) as { kind?: unknown; cell?: unknown; name?: unknown };
  const word = [kind, cell, name].find((each) => typeof each === "string" && each !== "");
  return word === undefined ? longLabel(value, shown(value)) : (word as string);
}

function longLabel(value: unknown, short: Label): Label {
  if (typeof value !== "object" || value === null) {
    return short;
  }
  try {
    return JSON.stringify(value) ?? short;
  } catch {
    return short;
  }
}

function requireBounds(word: string, low: unknown, high: unknown): void {
  for (const bound of [low, high]) {
    if (typeof bound !== "number" || !Number.isFinite(bound)) {
      throw new TypeError(`${word}(low, high) takes two numbers, not ${shown(bound)}`);
    }
  }
  if ((low as number) > (high as number)) {
    throw new TypeError(`${word}(${low}, ${high}) has its bounds the wrong way round: write ${word}(${high}, ${low})`);
  }
}

function requireAboveZero(word: string, low: number): void {
  if (low <= 0) {
    throw new TypeError(`${word}() needs bounds above 0, since it searches by orders of magnitude; its lower one is ${low}`);
  }
}

function requireChoices(place: string, values: unknown): void {
  if (!Array.isArray(values) || values.length === 0) {
    throw new TypeError(`${place} needs a list of at least one value, not ${Array.isArray(values) ? "an empty list" : shown(values)}`);
  }
  if (values.some((value) => Number.isNaN(value))) {
    throw new TypeError(`${place} has NaN, which no experiment can use: leave it out`);
  }
  const seen = new Set<unknown>();
  for (const value of values) {
    const key = isLabel(value) ? value : longLabel(value, shown(value));
    if (seen.has(key) && (isLabel(value) || isPlainObject(value))) {
      throw new TypeError(`${place} has ${shown(value)} twice: give each value once`);
    }
    seen.add(key);
  }
}

/**
 * The parameters of a trial function whose names can be mistyped without an error: reading one that the space does not have throws.
 * @throws on reading: TypeError that names what there is
 */
export function guardedParameters(parameters: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(parameters);
  return new Proxy(parameters, {
    get(target, name) {
      if (typeof name === "string" && !(name in target) && name !== "toJSON") {
        throw new TypeError(`The space of the sweep has no "${name}"; it has ${names.join(", ")}. Did you mean ${nearestName(name, names)}?`);
      }
      return Reflect.get(target, name) as unknown;
    },
  });
}
