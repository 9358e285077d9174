import type { SplitSpec } from "../experiment/taskSpec.js";
import type { DataPart, LabelledSequences, Scaling, SequenceData } from "./contract.js";
import { scalingOf, standardise } from "./scaling.js";
import { dataParts, makeSequenceCorpus, type SequenceCorpus, SequenceError, type SequenceReading } from "./sequences.js";
import type { TableForm } from "./tableForm.js";

/** How sequences become three parts. */
export interface SequenceOptions {
  /** Fractions of train, validation and test. Default 0.8, 0.1, 0.1. */
  readonly split?: Exclude<SplitSpec, string> | undefined;
  /** Every class in each part by these fractions, as far as whole sequences allow. Default true. */
  readonly stratified?: boolean | undefined;
  /** The order in which `count` sequences are dealt out, a permutation of 0 ... count - 1. Default: as given. */
  readonly shuffle?: ((count: number) => Int32Array) | undefined;
  /** `standardise`: zero mean and unit variance of the training part, for each of the values of a timestep. Default `none`. */
  readonly normalise?: "none" | "standardise" | undefined;
}

/** All sequences before they are dealt out. */
export interface UnsplitSequences {
  readonly name: string;
  readonly timesteps: number;
  readonly width: number;
  /** [N, T, I] */
  readonly values: Float32Array;
  /** [N], timesteps at the beginning of each that are no data but zeros; absent where there are none. */
  readonly padding?: Int32Array;
  /** [N] */
  readonly labels: readonly string[];
  readonly reading?: SequenceReading;
  /** How the CSV file was read that they are from. */
  readonly tableForm?: TableForm;
}

/**
 * Sequences in three parts.
 * @throws SequenceError when there is one class only, fractions do not sum to 1, a part stays empty, or a class is not
 * in the training part
 */
export function splitSequences(all: UnsplitSequences, options: SequenceOptions): SequenceCorpus {
  const { name, timesteps, width, reading, tableForm } = all;
  const classes = classesOf(all);
  const numbers = new Map(classes.map((label, number) => [label, number]));
  const labels = Int32Array.from(all.labels, (label) => numbers.get(label)!);
  const fractions = checkFractions(options.split ?? [0.8, 0.1, 0.1]);
  const order = options.shuffle?.(labels.length) ?? Int32Array.from(labels.keys());
  const parts = options.stratified === false ? dealInOrder(order, fractions) : dealByClass(order, labels, fractions);
  checkParts(name, parts, labels, classes);
  const scaling = options.normalise === "standardise" ? standardiseBy(all, parts.train) : undefined;
  const pick = (part: readonly number[]) => pickSequences(all, labels, part);
  const picked = { train: pick(parts.train), validation: pick(parts.validation), test: pick(parts.test) };
  const data: SequenceData = { kind: "sequences", timesteps, width, classes, ...(scaling && { scaling }), ...picked };
  const notes = [...(scaling ? [scalingInWords(scaling)] : []), ...alikeClasses(classes)];
  const source = { kind: "inline" } as const;
  return makeSequenceCorpus(data, { name, licence: "not stated", source, notes, ...(reading && { reading }), ...(tableForm && { tableForm }) });
}

/** Distinct labels, as numbers where they all are. */
function classesOf({ name, labels }: UnsplitSequences): string[] {
  // Copies: pieces of a file's text would keep all of it in memory.
  const classes = Array.from(new Set(labels), (label) => JSON.parse(JSON.stringify(label)) as string);
  if (classes.length < 2) {
    throw new SequenceError(
      `All ${labels.length} sequences of "${name}" have the label ${JSON.stringify(classes[0])}: there is nothing to tell ` +
        "apart. Give sequences of two classes or more, or check which column holds the labels.",
    );
  }
  if (classes.length > 10 && classes.length > labels.length / 2) {
    throw new SequenceError(
      `The ${labels.length} sequences of "${name}" have ${classes.length} different labels, ${classes.slice(0, 3).map((label) => JSON.stringify(label)).join(", ")} and so on: ` +
        "no classes to learn from. Check which column holds the labels; a number to be predicted has to be cut into classes first.",
    );
  }
  const areNumbers = classes.every((label) => label.trim() !== "" && Number.isFinite(Number(label)));
  return classes.sort(areNumbers ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
}

function checkFractions(fractions: Exclude<SplitSpec, string>): Exclude<SplitSpec, string> {
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  if (Math.abs(sum - 1) > 1e-6 || fractions.some((fraction) => !(fraction > 0))) {
    throw new SequenceError(`split is ${fractions.join(", ")}, which sums to ${sum}: give three fractions above 0 that sum to 1.`);
  }
  return fractions;
}

type Parts = Record<DataPart, number[]>;

function dealInOrder(order: Int32Array, [train, validation]: readonly number[]): Parts {
  const trainEnd = Math.round(order.length * train!);
  const validationEnd = Math.round(order.length * (train! + validation!));
  const all = Array.from(order);
  return { train: all.slice(0, trainEnd), validation: all.slice(trainEnd, validationEnd), test: all.slice(validationEnd) };
}

/**
 * Deals the sequences of one class after the other, each to the part that lags most behind its fraction. So each part
 * has its fraction of any run of sequences, hence of each class, but for one or two.
 */
function dealByClass(order: Int32Array, labels: Int32Array, fractions: readonly number[]): Parts {
  const dealt: [number[], number[], number[]] = [[], [], []];
  const byClass = Array.from(order, (sequence, place) => ({ sequence, place })).sort((a, b) => labels[a.sequence]! - labels[b.sequence]!);
  byClass.forEach((card, count) => {
    const lags = fractions.map((fraction, part) => fraction * (count + 1) - dealt[part]!.length);
    dealt[lags.indexOf(Math.max(...lags))]!.push(card.place);
  });
  const inOrder = (places: number[]) => places.sort((a, b) => a - b).map((place) => order[place]!);
  return { train: inOrder(dealt[0]), validation: inOrder(dealt[1]), test: inOrder(dealt[2]) };
}

function checkParts(name: string, parts: Parts, labels: Int32Array, classes: readonly string[]): void {
  const empty = dataParts.find((part) => parts[part].length === 0);
  if (empty !== undefined) {
    throw new SequenceError(
      `The ${empty} part of "${name}" has none of its ${labels.length} sequences: give more sequences, or a larger fraction.`,
    );
  }
  const learned = new Set(parts.train.map((sequence) => labels[sequence]));
  const missing = classes.find((_, label) => !learned.has(label));
  if (missing !== undefined) {
    throw new SequenceError(
      `The training part of "${name}" has no sequence of the class ${JSON.stringify(missing)}, which the other parts have: ` +
        "let the split be stratified, shuffle it, or give more sequences of this class.",
    );
  }
}

function pickSequences({ values, timesteps, width }: UnsplitSequences, labels: Int32Array, part: readonly number[]): LabelledSequences {
  const size = timesteps * width;
  const picked = new Float32Array(part.length * size);
  part.forEach((sequence, at) => picked.set(values.subarray(sequence * size, (sequence + 1) * size), at * size));
  return { values: picked, labels: Int32Array.from(part, (sequence) => labels[sequence]!) };
}

/** Standardises the values in place. @param part the sequences from which mean and deviation are taken */
function standardiseBy(all: UnsplitSequences, part: readonly number[]): Scaling {
  const scaling = scalingOf(all, part);
  standardise(all, scaling);
  return scaling;
}

function scalingInWords({ means, deviations }: Scaling): string {
  const found = means.map((mean, value) => `mean ${mean.toPrecision(6)}, standard deviation ${deviations[value]!.toPrecision(6)}`);
  return `Standardised by the training part: ${found.join("; ")}.`;
}

/** Labels that a person may have meant to be the same. */
function alikeClasses(classes: readonly string[]): string[] {
  const first = new Map<string, string>();
  for (const label of classes) {
    const number = Number(label);
    const key = Number.isFinite(number) ? String(number) : label.toLowerCase();
    const before = first.get(key);
    if (before !== undefined) {
      return [`The labels ${JSON.stringify(before)} and ${JSON.stringify(label)} are two classes: write them alike if they are one.`];
    }
    first.set(key, label);
  }
  return [];
}
