import path from "node:path";
import { CsvError, type CsvRow, csvRows } from "./csv.js";
import { splitSequences, type SequenceOptions, type UnsplitSequences } from "./labelledSequences.js";
import { type SequenceCorpus, SequenceError } from "./sequences.js";
import { printableLine } from "../text/printable.js";
import { readText } from "./textCorpus.js";

export interface CsvOptions extends SequenceOptions {
  /** The column of the labels: its name in the header, or its number from 0. All other columns are values in order. */
  readonly label: string | number;
  /** Whether the first row names the columns. Default: exactly when `label` is a name. */
  readonly header?: boolean | undefined;
  /** Values of one timestep, side by side. Default 1. */
  readonly width?: number | undefined;
  /** Between fields, one character. Default a comma. */
  readonly delimiter?: string | undefined;
}

/**
 * A CSV file with one labelled sequence in each row, in three parts; kept with the run.
 * @throws CorpusError when the file is missing, empty or not UTF-8; SequenceError that names file, line, column and
 * value: a row of another length, a field that is no number, no such label column
 */
export async function readSequencesCsv(file: string, options: CsvOptions): Promise<SequenceCorpus> {
  const absolute = path.resolve(file);
  const name = printableLine(path.basename(absolute, path.extname(absolute)));
  return splitSequences({ name, ...readRows(await readText(absolute), absolute, options) }, options);
}

interface Columns {
  readonly count: number;
  /** Number of the label's column. */
  readonly label: number;
  /** What a column is called in messages. */
  readonly nameOf: (column: number) => string;
}

function readRows(text: string, file: string, options: CsvOptions): Omit<UnsplitSequences, "name"> {
  const rows = rowsOf(text, file, options.delimiter);
  const first = rows.next();
  if (first.done) {
    throw new SequenceError(`${file} has no rows: give a CSV file with one sequence in each row.`);
  }
  const header = options.header ?? typeof options.label === "string";
  const columns = columnsOf(first.value, file, options.label, header);
  const width = options.width ?? 1;
  const size = checkWidth(columns.count - 1, width, file);
  const sequences: Float32Array[] = header ? [] : [valuesOf(first.value, columns, file, header)];
  const labels: string[] = header ? [] : [first.value.fields[columns.label]!];
  for (const row of rows) {
    sequences.push(valuesOf(row, columns, file, header));
    labels.push(row.fields[columns.label]!);
  }
  if (sequences.length === 0) {
    throw new SequenceError(`${file} has a header but no row below it: give one sequence in each row.`);
  }
  const values = new Float32Array(sequences.length * size);
  sequences.forEach((sequence, n) => values.set(sequence, n * size));
  const tableForm = { label: options.label, header: header ? first.value.fields : null, width, delimiter: options.delimiter ?? "," };
  return { timesteps: size / width, width, values, labels, tableForm };
}

function* rowsOf(text: string, file: string, delimiter: string | undefined): Generator<CsvRow, undefined> {
  try {
    yield* csvRows(text, delimiter);
  } catch (error) {
    throw error instanceof CsvError ? new SequenceError(`${file}, ${error.message}: double the quotes inside a quoted field.`) : error;
  }
  return undefined;
}

function columnsOf({ fields }: CsvRow, file: string, label: string | number, header: boolean): Columns {
  const column = typeof label === "number" ? label : header ? fields.indexOf(label) : -1;
  if (!(column in fields)) {
    const known = header ? `its columns are ${listed(fields)}` : `it has ${fields.length} columns, numbered from 0`;
    throw new SequenceError(`${file} has no label column ${JSON.stringify(label)}: ${known}.`);
  }
  const nameOf = (at: number) => (header && at < fields.length ? `${at} (${JSON.stringify(fields[at])})` : `${at}`);
  return { count: fields.length, label: column, nameOf };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => JSON.stringify(name)).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function checkWidth(size: number, width: number, file: string): number {
  if (size < 1 || !Number.isInteger(width) || width < 1 || size % width !== 0) {
    throw new SequenceError(
      `${file} has ${size} columns of values besides the label, which is no whole number of timesteps of width ${width}: ` +
        "check delimiter and width.",
    );
  }
  return size;
}

/** Digits with an optional sign, fraction and exponent: of what `Number` takes, what a table of numbers has. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function valuesOf({ line, fields }: CsvRow, { count, label, nameOf }: Columns, file: string, header: boolean): Float32Array {
  if (fields.length !== count) {
    throw new SequenceError(
      `${file}, line ${line} has ${fields.length} columns; the first row has ${count}. Cut or pad all sequences to one length.`,
    );
  }
  const values = new Float32Array(count - 1);
  for (let column = 0, at = 0; column < count; column++) {
    if (column !== label) {
      const field = fields[column]!.trim();
      const value = decimal.test(field) ? Math.fround(Number(field)) : NaN;
      if (!Number.isFinite(value)) {
        throw new SequenceError(notANumber(`${file}, line ${line}, column ${nameOf(column)}`, field, line === 1 && !header));
      }
      values[at++] = value;
    }
  }
  return values;
}

function notANumber(place: string, field: string, maybeHeader: boolean): string {
  const remedy = maybeHeader ? "Give header: true if the first row names the columns." : "Give decimal numbers within float32's range.";
  return `${place} has ${field === "" ? "nothing" : JSON.stringify(field)} where a number should be. ${remedy}`;
}
