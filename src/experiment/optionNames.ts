import { shown } from "./shown.js";

export { shown };

/**
 * Refuses options that a function does not know. Cells are not type checked: without this a misspelt option would be left out
 * silently.
 * @param word as the cell writes it: "tl.lstm"
 * @throws TypeError that names word and option, what there is instead, and what comes nearest
 */
export function requireKnownOptions(word: string, options: object, names: readonly string[]): void {
  if (!isPlainObject(options)) {
    const [, inner] = /^(\w+) of /.exec(word) ?? [];
    const example = inner === undefined ? `${word}({ ${names[0]}: ... })` : `${inner}: { ${names[0]}: ... }`;
    throw new TypeError(`${word}() takes an object of options, ${example}, not ${shown(options)}; its options are ${names.join(", ")}`);
  }
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new TypeError(`${word}() ${unknownInWords(unknown, names)}`);
  }
}

/** An object that is no list and no instance of a class: options, or a part of a spec. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has a prototype of its own, which in turn has none.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** 'has no option "quantizer"; its options are units, quantiser; quantizer: did you mean quantiser?' */
export function unknownInWords(unknown: readonly string[], names: readonly string[]): string {
  const meant = unknown.flatMap((name) => {
    const likely = likelyName(name, names);
    return likely === undefined ? [] : [`${name}: did you mean ${likely}?`];
  });
  const options = `has no option ${unknown.map((name) => JSON.stringify(name)).join(", ")}; its options are ${names.join(", ")}`;
  return meant.length === 0 ? options : `${options}; ${meant.join(" ")}`;
}

/** What other libraries call the same thing, without capitals and underlines. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  steps: ["epochs", "epoch", "iterations", "iters", "niter", "maxsteps"],
  learningRate: ["lr", "rate", "alpha", "eta"],
  units: ["hidden", "hiddensize", "hiddenunits", "size", "numunits", "neurons", "cells"],
  batchSize: ["bs", "batch", "minibatch", "batchsize"],
  clipping: ["clip", "clipnorm", "gradclip", "gradientclipping", "maxnorm"],
  sequenceLength: ["seqlen", "length", "timesteps", "window", "bptt"],
  optimiser: ["opt"],
  validateEvery: ["evalevery", "checkpointevery", "logevery"],
  stopAfter: ["patience", "earlystopping"],
  label: ["labels", "class", "classes", "target", "y"],
  delimiter: ["sep", "separator", "comma"],
  sequences: ["values", "data", "x", "inputs"],
  labels: ["y", "targets", "classes"],
  features: ["columns", "values", "x", "inputs"],
  macUnits: ["macs", "pes", "mac"],
  clockMegahertz: ["clock", "frequency", "mhz", "clockmhz", "clk"],
  overwrite: ["force", "replace"],
  statistics: ["stats"],
  forgetShift: ["forgetbias", "unitforgetbias"],
  weightDecay: ["wd", "decay", "l2"],
  accumulate: ["gradientaccumulation", "gradientaccumulationsteps", "accumulationsteps"],
  epsilon: ["eps"],
};

/** The name that was meant; undefined where none is near. */
function likelyName(wrong: string, names: readonly string[]): string | undefined {
  const key = simplified(wrong);
  const initials = (name: string): string => name.replace(/(?<!^)[a-z]/g, "").toLowerCase();
  const same = names.find((name) => synonyms[name]?.includes(key) || (key.length > 1 && initials(name) === key));
  if (same !== undefined) {
    return same;
  }
  const nearest = nearestName(wrong, names);
  const longer = Math.max(key.length, nearest.length);
  const isPart = key.length > 2 && (simplified(nearest).includes(key) || key.includes(simplified(nearest)));
  return isPart || keystrokes(key, simplified(nearest)) <= longer / 2 ? nearest : undefined;
}

function simplified(name: string): string {
  return name.toLowerCase().replace(/[_ -]/g, "");
}

/** The name that fewest keystrokes make of the wrong one; the first of several. */
export function nearestName(wrong: string, names: readonly string[]): string {
  const key = simplified(wrong);
  const distances = names.map((name) => keystrokes(key, simplified(name)));
  return names[distances.indexOf(distances.reduce((least, distance) => Math.min(least, distance), Infinity))]!;
}

/** Characters to insert, delete, replace, or swap with their neighbour (optimal string alignment distance). */
function keystrokes(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const before = rows[row - 1]!;
    const present = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = before[column - 1]! + Number(from[row - 1] !== to[column - 1]);
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? rows[row - 2]![column - 2]! + 1 : Infinity;
      present.push(Math.min(before[column]! + 1, present[column - 1]! + 1, replaced, swapped));
    }
    rows.push(present);
  }
  return rows[from.length]![to.length]!;
}
