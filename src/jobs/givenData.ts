import { existsSync } from "node:fs";
import path from "node:path";
import type { SequenceValues } from "../data/arraySequences.js";
import type { DataPart, SequenceData, TaskData } from "../data/contract.js";
import { type CsvInputOptions, readCsvInputs } from "../data/csvInputs.js";
import { classNumbers, flatSequence, givenArrays, type GivenSequences, type SequenceShape } from "../data/givenSequences.js";
import { givenText } from "../data/givenText.js";
import { standardise } from "../data/scaling.js";
import { dataParts } from "../data/sequences.js";
import { tableFormFromTensors } from "../data/sequenceTensors.js";
import type { TableForm } from "../data/tableForm.js";
import { readText } from "../data/textCorpus.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import type { ClassificationSpec, LanguageModelSpec } from "../experiment/taskSpec.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import type { RecurrentKernel } from "../rnn/kernels/contract.js";
import { runFiles } from "../runs/runFiles.js";
import { readSafetensors } from "../files/safetensors.js";
import { checkOptions, shown } from "../experiment/options.js";
import { Sequences } from "./sequences.js";
import { asTask } from "./taskData.js";
import { Text } from "./text.js";

/** A part of a run's own data. */
export type PartName = "training" | "validation" | "test";
export const partNames: readonly PartName[] = ["training", "validation", "test"];

/** One tensor of TensorFlow.js, whichever copy of the library made it. */
interface TensorLike {
  readonly shape: readonly number[];
  dataSync(): ArrayLike<number>;
}

/** Data to predict, evaluate or trace. */
export type GivenData =
  /** A part of the run's own data. */
  | PartName
  /** Any other string: for a model of characters or words a text, for one of classes the path of a CSV file. */
  | (string & {})
  | Text
  | Sequences
  | { readonly text: string }
  /** A UTF-8 file, relative to the notebook's folder. */
  | { readonly textFile: string }
  /** A CSV file with the columns of the training data; that of the labels may be missing. */
  | ({ readonly csv: string } & CsvInputOptions)
  /** N sequences, each of T * I numbers or T timesteps of I numbers, and the class of each where it is known. */
  | { readonly sequences: ArrayLike<SequenceValues>; readonly labels?: ArrayLike<string | number> }
  | readonly SequenceValues[]
  /** [N, T, I] or [N, T * I] */
  | TensorLike;

/** What predictions are made with. */
export interface TrainedModel {
  readonly dir: string;
  readonly spec: Pick<ExperimentSpec, "name" | "task" | "layers">;
  readonly deployed: DeployedModel;
  readonly kernel: RecurrentKernel;
  /** The run's own data. */
  data(): Promise<TaskData>;
}

/** Sequences as a model reads them, all in one part. */
export interface ReadSequences {
  readonly kind: "sequences";
  readonly name: string;
  readonly data: SequenceData;
  readonly part: DataPart;
  /** Whether the labels in `data` are true ones; else they are all 0. */
  readonly isLabelled: boolean;
  readonly notes: readonly string[];
}

/** A text as a model reads it. */
export interface ReadText {
  readonly kind: "symbols";
  readonly name: string;
  readonly task: LanguageModelSpec["kind"];
  /** [N] */
  readonly ids: Int32Array;
  readonly notes: readonly string[];
}

export type ReadData = ReadSequences | ReadText;

const partOf: Readonly<Record<PartName, DataPart>> = { training: "train", validation: "validation", test: "test" };

/** Whether a value names a part of a run's own data. */
export function isPartName(value: unknown): value is PartName {
  return typeof value === "string" && (partNames as readonly string[]).includes(value);
}

/** A part's name as it is in the data. */
export function dataPart(part: PartName): DataPart {
  return partOf[part];
}

/**
 * Data as the model reads it: scaled, grouped, ordered and encoded as that of training was.
 * @param word as the cell writes it, "run.predict"
 * @throws TypeError for what is no data; CorpusError and SequenceError that name place, value and remedy
 */
export async function readGiven(word: string, model: TrainedModel, given: GivenData): Promise<ReadData> {
  const { task } = model.spec;
  if (isPartName(given)) {
    return readPart(model, given);
  }
  return task.kind === "classification" ? readSequences(word, model, task, given) : readLanguage(word, model, task, given);
}

async function readPart({ data, spec }: TrainedModel, part: PartName): Promise<ReadData> {
  const own = await data();
  const name = `${part} part`;
  return own.kind === "sequences"
    ? { kind: "sequences", name, data: own, part: dataPart(part), isLabelled: true, notes: [] }
    : { kind: "symbols", name, task: spec.task.kind as LanguageModelSpec["kind"], ids: own[dataPart(part)], notes: [] };
}

async function readLanguage(word: string, { deployed }: TrainedModel, { kind }: LanguageModelSpec, given: GivenData): Promise<ReadText> {
  const { name, text } = await textOf(word, given);
  const { ids, unknownWords } = givenText(kind, deployed.outputs, text, name);
  const notes = unknownWords === 0 ? [] : [`Words that were read as <unk>, because the model does not know them: ${unknownWords.toLocaleString("en-US")}.`];
  return { kind: "symbols", name, task: kind, ids, notes };
}

async function textOf(word: string, given: GivenData): Promise<{ readonly name: string; readonly text: string }> {
  if (given instanceof Text) {
    return { name: `The text "${given.name}"`, text: given.text };
  }
  if (typeof given === "string") {
    requireNoSlip(word, given);
    return { name: "The text", text: given };
  }
  if (isObjectWith(given, "text") && typeof given.text === "string") {
    checkOptions(word, given, { text: true });
    return { name: "The text", text: given.text };
  }
  if (isObjectWith(given, "textFile") && typeof given.textFile === "string") {
    checkOptions(word, given, { textFile: true });
    return { name: path.basename(given.textFile), text: await readText(path.resolve(given.textFile)) };
  }
  throw new TypeError(`${word}() takes ${partsInWords} or a text, as { text: "..." } or { textFile: "a.txt" }, not ${shown(given)}`);
}

const partsInWords = partNames.map((part) => `"${part}"`).join(", ");
/** Longer strings are no slip of the pen. */
const longestSlip = 255;

/** A misspelt part, or a path, would be read as a text without a word. */
function requireNoSlip(word: string, text: string): void {
  const slip = /^(train|tests?|tst|val|valid|evaluation|validate)$/i.test(text);
  const isFile = text.length <= longestSlip && !text.includes("\n") && /\.\w+$/.test(text) && existsSync(text);
  if (slip || isFile) {
    const remedy = isFile ? `{ textFile: ${JSON.stringify(text)} } for the file of that name` : `${partsInWords} for a part of the data`;
    throw new TypeError(`${word}() got ${JSON.stringify(text)}: give ${remedy}, or { text: ${JSON.stringify(text)} } for these characters themselves`);
  }
}

async function readSequences(word: string, model: TrainedModel, task: ClassificationSpec, given: GivenData): Promise<ReadSequences> {
  const own = await model.data();
  if (own.kind !== "sequences") {
    throw new Error("A classification's data are sequences: the run's spec and data do not belong together");
  }
  const shape = givenShape(own, task);
  const { name, read } = await sequencesOf(word, model, { own, shape }, given);
  const { values, padding, labels, notes } = read;
  if (own.scaling !== undefined) {
    standardise({ ...shape, values, ...(padding && { padding }) }, own.scaling);
  }
  const place = (index: number): string => `Sequence ${index}`;
  const count = values.length / (shape.timesteps * shape.width);
  const numbers = labels === undefined ? new Int32Array(count) : classNumbers(labels, own.classes, place);
  const none = { values: new Float32Array(0), labels: new Int32Array(0) };
  const data = { ...own, ...shape, train: none, validation: none, test: { values, labels: numbers } };
  return { kind: "sequences", name, data: asTask(data, task), part: "test", isLabelled: labels !== undefined, notes };
}

/** The shape of the sequences as they are given: before timesteps are put side by side. */
function givenShape({ timesteps, width }: SequenceShape, { grouped = 1 }: Pick<ClassificationSpec, "grouped">): SequenceShape {
  return { timesteps: timesteps * grouped, width: width / grouped };
}

interface Expected {
  readonly own: SequenceData;
  readonly shape: SequenceShape;
}

async function sequencesOf(word: string, model: TrainedModel, expected: Expected, given: GivenData): Promise<{ name: string; read: GivenSequences }> {
  const { shape } = expected;
  if (given instanceof Sequences) {
    return { name: given.name, read: wholeSet(given, shape) };
  }
  if (typeof given === "string" || isObjectWith(given, "csv")) {
    return readCsv(word, model, expected, typeof given === "string" ? { csv: given } : given);
  }
  if (isObjectWith(given, "sequences")) {
    checkOptions(word, given, { sequences: true, labels: true });
    return { name: "the sequences", read: givenArrays(listOf(word, given.sequences), given.labels, shape) };
  }
  return { name: "the sequences", read: givenArrays(listOf(word, given), undefined, shape) };
}

async function readCsv(
  word: string,
  { dir, spec }: TrainedModel,
  { own, shape }: Expected,
  { csv, ...options }: { readonly csv: string } & CsvInputOptions,
): Promise<{ name: string; read: GivenSequences }> {
  checkOptions(word, { csv, ...options }, { csv: true, label: true, header: true, delimiter: true, decimal: true, missing: true });
  if (typeof csv !== "string") {
    throw new TypeError(`${word}() takes the path of a CSV file as csv, not ${shown(csv)}`);
  }
  const tableForm = await keptForm({ dir, spec });
  return { name: path.basename(csv), read: await readCsvInputs(csv, { shape, classes: own.classes, tableForm }, options) };
}

/** How the training's CSV file was read, from the run's directory. */
async function keptForm({ dir, spec }: Pick<TrainedModel, "dir" | "spec">): Promise<TableForm | undefined> {
  if (spec.task.kind !== "classification" || spec.task.data.source.kind !== "inline") {
    return undefined;
  }
  const file = path.join(dir, runFiles.data);
  return tableFormFromTensors(await readSafetensors(file), file);
}

/** All three parts of a set, in this order. */
function wholeSet({ name, data }: Sequences, shape: SequenceShape): GivenSequences {
  if (data.scaling !== undefined) {
    throw new TypeError(
      `The sequences "${name}" were standardised by their own training part, and the run's model needs the values as they were: read them without normalise.`,
    );
  }
  if (data.timesteps !== shape.timesteps || data.width !== shape.width) {
    flatSequence(`Sequence 0 of "${name}"`, new Float32Array(data.timesteps * data.width), shape);
  }
  const values = new Float32Array(dataParts.reduce((total, part) => total + data[part].values.length, 0));
  let at = 0;
  for (const part of dataParts) {
    values.set(data[part].values, at);
    at += data[part].values.length;
  }
  const labels = dataParts.flatMap((part) => Array.from(data[part].labels, (label) => data.classes[label]!));
  return { values, labels, notes: [] };
}

/** @throws TypeError for what is no list of sequences */
function listOf(word: string, given: unknown): ArrayLike<SequenceValues> {
  if (isTensor(given)) {
    const [count = 0] = given.shape;
    const values = Float32Array.from(given.dataSync());
    const size = values.length / count;
    return Array.from({ length: count }, (_, n) => values.subarray(n * size, (n + 1) * size));
  }
  const length = typeof given === "object" && given !== null && "length" in given ? given.length : undefined;
  if (typeof length !== "number") {
    throw new TypeError(
      `${word}() takes ${partsInWords} or sequences, as [[...], [...]], { sequences: [...], labels: [...] } or { csv: "a.csv" }, not ${shown(given)}`,
    );
  }
  const list = given as ArrayLike<SequenceValues>;
  if (typeof list[0] === "number") {
    throw new TypeError(`${word}() takes a list of sequences: for one sequence give a list of that one, [sequence]`);
  }
  return list;
}

function isTensor(value: unknown): value is TensorLike {
  return typeof value === "object" && value !== null && "dataSync" in value && "shape" in value && Array.isArray(value.shape);
}

function isObjectWith<K extends string>(value: unknown, key: K): value is Extract<GivenData, Readonly<Record<K, unknown>>> {
  return typeof value === "object" && value !== null && key in value;
}
