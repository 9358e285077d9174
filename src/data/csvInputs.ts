import path from "node:path";
import { CsvError, type CsvRow, csvRows } from "./csv/rows.js";
import type { GivenSequences, SequenceShape } from "./givenSequences.js";
import { classNumbers } from "./givenSequences.js";
import { SequenceError } from "./sequences.js";
import type { TableForm } from "./tableForm.js";
import { readText } from "./textCorpus.js";

export interface CsvInputOptions {
  /** The column of the labels, where the file has them: its name in the header, or its number from 0. Default: as in training. */
  readonly label?: string | number | undefined;
  /** Whether the first row names the columns. Default: as in training. */
  readonly header?: boolean | undefined;
  /** Between fields, one character. Default: as in training, else a comma. */
  readonly delimiter?: string | undefined;
}

/** What the model was trained on. */
export interface CsvTraining {
  readonly shape: SequenceShape;
  readonly classes: readonly string[];
  /** How the training file was read, where there was one. */
  readonly tableForm: TableForm | undefined;
}

/** Where the values and the label of a row are. */
interface Columns {
  /** Of the file. */
  readonly count: number;
  /** [T * I] columns in the order in which the model reads their values. */
  readonly values: readonly number[];
  readonly label: number | undefined;
  /** Names of the file's columns; null where it has no header. */
  readonly header: readonly string[] | null;
  readonly notes: readonly string[];
}

/**
 * Sequences to predict in a CSV file, one in each row. The columns are those of the training file: found by their names where
 * both files have a header, else in the same order. The column of the labels may be missing.
 * @throws CorpusError when the file is missing, empty or not UTF-8; SequenceError that names file, line, column and value, and
 * says what the model expects
 */
export async function readCsvInputs(file: string, training: CsvTraining, options: CsvInputOptions = {}): Promise<GivenSequences> {
  const absolute = path.resolve(file);
  const delimiter = options.delimiter ?? training.tableForm?.delimiter ?? ",";
  const rows = readRows(await readText(absolute), absolute, delimiter);
  const [first] = rows;
  if (first === undefined) {
    throw new SequenceError(`${absolute} has no rows: give a CSV file with one sequence in each row.`);
  }
  const columns = columnsOf(first, absolute, training, options);
  const sequences = columns.header === null ? rows : rows.slice(1);
  if (sequences.length === 0) {
    throw new SequenceError(`${absolute} has a header but no row below it: give one sequence in each row.`);
  }
  const size = columns.values.length;
  const values = new Float32Array(sequences.length * size);
  sequences.forEach((row, n) => values.set(valuesOf(row, columns, absolute), n * size));
  const { label, notes } = columns;
  if (label === undefined) {
    return { values, labels: undefined, notes };
  }
  const labels = sequences.map(({ fields }) => fields[label]!);
  classNumbers(labels, training.classes, (index) => placeOf(absolute, sequences[index]!.line, label, columns));
  return { values, labels, notes };
}

function readRows(text: string, file: string, delimiter: string): CsvRow[] {
  try {
    return [...csvRows(text, delimiter)];
  } catch (error) {
    throw error instanceof CsvError ? new SequenceError(`${file}, ${error.message}: double the quotes inside a quoted field.`) : error;
  }
}

/** Digits with an optional sign, fraction and exponent, as in the training file. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function isNumber(field: string): boolean {
  return decimal.test(field.trim());
}

function columnsOf(first: CsvRow, file: string, training: CsvTraining, options: CsvInputOptions): Columns {
  const trained = training.tableForm?.header ?? null;
  if (trained === null || options.header === false) {
    return orderedColumns(first, file, training, { ...options, header: options.header ?? looksLikeHeader(first.fields, trained) });
  }
  if (!looksLikeHeader(first.fields, trained)) {
    throw new SequenceError(
      `${file}, line ${first.line} has numbers where the training file had the names of its columns (${listed(trained)}): put that row ` +
        "first, or give header: false where the columns are the same in the same order.",
    );
  }
  const isUnique = new Set(trained).size === trained.length;
  return isUnique ? namedColumns(first, file, trained, options.label ?? training.tableForm!.label) : orderedColumns(first, file, training, { ...options, header: true });
}

/** Columns that had names in training have them again; where nothing is known, a row without any number is no sequence. */
function looksLikeHeader(fields: readonly string[], trained: readonly string[] | null): boolean {
  return trained === null ? !fields.some(isNumber) : !fields.every(isNumber);
}

/** By their names, in any order. */
function namedColumns({ line, fields: header }: CsvRow, file: string, trained: readonly string[], label: string | number): Columns {
  const labelName = typeof label === "number" ? trained[label]! : label;
  const features = trained.filter((name) => name !== labelName);
  const missing = features.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new SequenceError(
      `${file}, line ${line} has no column ${listed(missing)}; the model was trained on ${listed(features)}, and this file has ${listed(header)}. ` +
        "Name the columns as the training file does.",
    );
  }
  const unused = header.filter((name) => name !== labelName && !features.includes(name));
  const at = header.indexOf(labelName);
  return {
    count: header.length,
    values: features.map((name) => header.indexOf(name)),
    label: at < 0 ? undefined : at,
    header,
    notes: unused.length === 0 ? [] : [`Columns that the model was not trained on are left out: ${listed(unused)}.`],
  };
}

/** By their number: all but that of the label are values. */
function orderedColumns({ line, fields: first }: CsvRow, file: string, { shape, tableForm }: CsvTraining, options: CsvInputOptions): Columns {
  const header = options.header === true ? first : null;
  const size = shape.timesteps * shape.width;
  const label = labelColumn(first.length === size + 1 ? (options.label ?? trainedLabel(tableForm)) : options.label, header, file, first.length);
  const values = Array.from(first.keys()).filter((column) => column !== label);
  if (values.length !== size) {
    const besides = label === undefined ? "" : " besides the label's";
    const remedy = first.length === size + 1 ? " Say which column has the labels." : " Give as many columns, and check the delimiter.";
    throw new SequenceError(
      `${file}, line ${line} has ${values.length} columns of values${besides}; the model was trained on ${size}, which is ${shape.timesteps} ` +
        `timesteps of ${shape.width}.${remedy}`,
    );
  }
  return { count: first.length, values, label, header, notes: [] };
}

/** The number of the label's column in the training file. */
function trainedLabel(form: TableForm | undefined): number | undefined {
  const { label, header = null } = form ?? {};
  return typeof label === "string" ? header?.indexOf(label) : label;
}

function labelColumn(label: string | number | undefined, header: readonly string[] | null, file: string, count: number): number | undefined {
  if (label === undefined) {
    return undefined;
  }
  const column = typeof label === "number" ? label : (header ?? []).indexOf(label);
  if (!(Number.isInteger(column) && column >= 0 && column < count)) {
    const known = header === null ? `it has ${count} columns, numbered from 0` : `its columns are ${listed(header)}`;
    throw new SequenceError(`${file} has no label column ${JSON.stringify(label)}: ${known}.`);
  }
  return column;
}

function valuesOf({ line, fields }: CsvRow, columns: Columns, file: string): Float32Array {
  if (fields.length !== columns.count) {
    throw new SequenceError(`${file}, line ${line} has ${fields.length} columns; the first row has ${columns.count}. Give every row the same columns.`);
  }
  return Float32Array.from(columns.values, (column) => {
    const field = fields[column]!.trim();
    const value = isNumber(field) ? Math.fround(Number(field)) : NaN;
    if (!Number.isFinite(value)) {
      const found = field === "" ? "nothing" : JSON.stringify(field);
      throw new SequenceError(`${placeOf(file, line, column, columns)} has ${found} where a number should be. Give decimal numbers within float32's range.`);
    }
    return value;
  });
}

function placeOf(file: string, line: number, column: number, { header }: Columns): string {
  return `${file}, line ${line}, column ${column}${header === null ? "" : ` (${JSON.stringify(header[column])})`}`;
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, 8).map((name) => JSON.stringify(name)).join(", ");
  return names.length > 8 ? `${some} and ${names.length - 8} more` : some;
}
