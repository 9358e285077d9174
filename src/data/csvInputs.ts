import path from "node:path";
import type { Columns } from "./csv/columns.js";
import { readLong } from "./csv/long.js";
import { isNumber } from "./csv/numbers.js";
import { evenSequences, type SequenceRows } from "./csv/sequenceRows.js";
import { type ColumnChoice, CsvTable, type TableOptions } from "./csv/table.js";
import { readRows } from "./csv/wide.js";
import { classNumbers, type GivenSequences, type SequenceShape } from "./givenSequences.js";
import { SequenceError } from "./sequences.js";
import type { TableForm } from "./tableForm.js";
import { readText } from "./textCorpus.js";

/** Says in what a file is written otherwise than that of training. */
export interface CsvInputOptions extends TableOptions {
  /** The column of the labels, where the file has them: its name in the header, or its number from 0. Default: as in training. */
  readonly label?: ColumnChoice | undefined;
}

/** What the model was trained on. */
export interface CsvTraining {
  readonly shape: SequenceShape;
  readonly classes: readonly string[];
  /** How the training file was read, where there was one. */
  readonly tableForm: TableForm | undefined;
}

/** What each column of a later file is. */
interface InputColumns extends Columns {
  readonly notes: readonly string[];
}

/**
 * Sequences to predict in a CSV file, read as that of training was. The columns are found by their names where both files have a
 * header, else in the same order. The column of the labels may be missing.
 * @throws CorpusError when the file is missing, empty or not UTF-8; SequenceError that names file, line, column and value, and
 * says what the model expects
 */
export async function readCsvInputs(file: string, training: CsvTraining, options: CsvInputOptions = {}): Promise<GivenSequences> {
  const absolute = path.resolve(file);
  const { shape, classes, tableForm: form } = training;
  const table = openTable(await readText(absolute), absolute, form, options);
  const columns = columnsOf(table, training, options);
  const features = form?.features ?? Array.from({ length: shape.width }, (_, value) => `value ${value}`);
  const rows = columns.id.length > 0 ? readLong(table, columns) : readRows(table, columns, features);
  const { values, padding } = asTrained(absolute, rows, training);
  if (rows.labels !== undefined) {
    const place = (index: number): string => table.place(rows.lines[index]!, columns.label!);
    classNumbers(rows.labels, classes, place);
  }
  return { values, ...(padding && { padding }), labels: rows.labels, notes: [...columns.notes, ...table.warnings] };
}

function openTable(text: string, file: string, form: TableForm | undefined, options: CsvInputOptions): CsvTable {
  const trained = form?.header ?? undefined;
  const written = { ...writtenAs(form), ...given(options) };
  if (trained !== undefined && options.header === undefined && beginsWithData(new CsvTable(text, file, { ...written, header: false }, false), trained)) {
    throw new SequenceError(
      `${file}, line 1 has numbers where the training file had the names of its columns (${listed(trained)}): put that row first, or give ` +
        "header: false where the columns are the same in the same order.",
    );
  }
  return new CsvTable(text, file, { ...written, header: options.header ?? (trained && true) }, false);
}

function writtenAs(form: TableForm | undefined): TableOptions {
  return form === undefined ? {} : { delimiter: form.delimiter, decimal: form.decimal, missing: form.missing ?? undefined };
}

function given(options: TableOptions): TableOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** @param trained the names that its first row should have */
function beginsWithData({ sample }: CsvTable, trained: readonly string[]): boolean {
  return sample[0]!.fields.every(isNumber) && !trained.every(isNumber);
}

function columnsOf(table: CsvTable, training: CsvTraining, { label }: CsvInputOptions): InputColumns {
  const { tableForm: form } = training;
  const isNamed = form !== undefined && form.header !== null && table.names !== undefined && new Set(form.header).size === form.header.length;
  return isNamed ? namedColumns(table, form, form.header!, label) : orderedColumns(table, training, label);
}

/** Finds the columns by their names, which may stand in any order. */
function namedColumns(table: CsvTable, form: TableForm, trained: readonly string[], label: ColumnChoice | undefined): InputColumns {
  const names = table.names!;
  const nameOf = (column: number): string => trained[column]!;
  const needed = [...form.id, ...(form.time === null ? [] : [form.time]), ...form.values].map(nameOf);
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new SequenceError(
      `${table.file}, line 1 has no column ${listed(missing)}; the model was trained on ${listed(needed)}, and this file has ${listed(names)}. ` +
        "Name the columns as the training file does.",
    );
  }
  const found = (column: number): number => table.find(nameOf(column), "value");
  const own = label ?? (form.label === null ? undefined : nameOf(form.label));
  const isThere = label !== undefined || names.includes(own as string);
  const labelColumn = own !== undefined && isThere ? table.find(own, "label") : undefined;
  const unused = names.filter((name, column) => column !== labelColumn && !needed.includes(name));
  return {
    label: labelColumn,
    id: form.id.map(found),
    time: form.time === null ? undefined : found(form.time),
    values: form.values.map(found),
    notes: unused.length === 0 ? [] : [`Columns that the model was not trained on are left out: ${listed(unused)}.`],
  };
}

/** Finds the columns by their numbers; where the file has no labels, the columns after the label's have numbers that are one less. */
function orderedColumns(table: CsvTable, { shape, tableForm }: CsvTraining, choice: ColumnChoice | undefined): InputColumns {
  const form = tableForm ?? unnamedForm(shape);
  const others = columnNumbers(form.columns).filter((column) => column !== form.label);
  const hasLabel = table.columns === others.length + 1;
  const trained = hasLabel ? (form.label ?? undefined) : undefined;
  const label = choice === undefined ? trained : table.find(choice, "label");
  const here = columnNumbers(table.columns).filter((column) => column !== label);
  if (here.length !== others.length) {
    const besides = label === undefined ? "" : " besides the label's";
    const size = form.id.length > 0 ? "" : `, which is ${shape.timesteps} timesteps of ${shape.width}`;
    const remedy = hasLabel ? "Say which column has the labels." : "Give as many columns, and check the delimiter.";
    throw new SequenceError(`${table.file}, line 1 has ${here.length} columns of values${besides}; the model was trained on ${others.length}${size}. ${remedy}`);
  }
  const found = (column: number): number => here[others.indexOf(column)]!;
  return { label, id: form.id.map(found), time: form.time === null ? undefined : found(form.time), values: form.values.map(found), notes: [] };
}

/** Sequences that were trained on without a CSV file: one in each row. */
function unnamedForm({ timesteps, width }: SequenceShape): Pick<TableForm, "columns" | "label" | "id" | "time" | "values"> {
  const columns = timesteps * width;
  return { columns, label: null, id: [], time: null, values: columnNumbers(columns) };
}

function asTrained(file: string, rows: SequenceRows, { shape, tableForm }: CsvTraining): Pick<GivenSequences, "values" | "padding"> {
  const even = evenSequences(file, rows, tableForm?.isPadded === true ? shape.timesteps : undefined);
  if (even.timesteps !== shape.timesteps) {
    throw new SequenceError(
      `${file} has sequences of ${even.timesteps} timesteps; the model was trained on sequences of ${shape.timesteps}, all of one length. ` +
        "Give sequences of that length, or train with the option timesteps, which cuts and pads them.",
    );
  }
  return even;
}

function columnNumbers(count: number): number[] {
  return Array.from({ length: count }, (_, column) => column);
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, 8).map((name) => JSON.stringify(name)).join(", ");
  return names.length > 8 ? `${some} and ${names.length - 8} more` : some;
}
