import path from "node:path";
import { type ColumnOptions, type Columns, findColumns } from "./csv/columns.js";
import { readLong } from "./csv/long.js";
import { evenSequences, type SequenceRows, summariseLengths } from "./csv/sequenceRows.js";
import { CsvTable, type TableOptions } from "./csv/table.js";
import { readWide } from "./csv/wide.js";
import type { TableForm } from "./tableForm.js";
import { splitSequences, type SequenceOptions, type UnsplitSequences } from "./labelledSequences.js";
import type { SequenceCorpus, SequenceReading } from "./sequences.js";
import { printableLine } from "../text/printable.js";
import { readText } from "./textCorpus.js";

/** How a CSV file is read: as a wide table, one sequence in each row, or a long one, one timestep in each row. */
export interface CsvTableOptions extends ColumnOptions, TableOptions {
  /**
   * T: longer sequences keep their last timesteps, shorter ones begin with zeros. Default: the length that all sequences have; lengths
   * that differ are then an error.
   */
  readonly timesteps?: number | undefined;
}

/** How a CSV file of labelled sequences is read and dealt out. */
export interface CsvOptions extends CsvTableOptions, SequenceOptions {
  readonly label: string | number;
}

/** What a CSV file holds, in the order of the file. */
export interface CsvSequences extends Omit<UnsplitSequences, "labels"> {
  /** [N]; undefined where no label column was named. */
  readonly labels: readonly string[] | undefined;
  /** What was understood, and what could be read in another way too. */
  readonly reading: SequenceReading;
}

/**
 * A CSV file of labelled sequences, in three parts; kept with the run.
 * @throws CorpusError when the file is missing, empty or not UTF-8; SequenceError that names file, line, column and
 * value: a row of another length, a field that is no number, no such column
 */
export async function readSequencesCsv(file: string, options: CsvOptions): Promise<SequenceCorpus> {
  const { labels, ...sequences } = await readCsvSequences(file, options);
  return splitSequences({ ...sequences, labels: labels! }, options);
}

/**
 * All sequences of a CSV file, with or without labels.
 * @throws as `readSequencesCsv`
 */
export async function readCsvSequences(file: string, options: CsvTableOptions): Promise<CsvSequences> {
  const absolute = path.resolve(file);
  const table = new CsvTable(await readText(absolute), absolute, options, namesColumns(options));
  const columns = findColumns(table, options);
  const rows = columns.id.length > 0 ? readLong(table, columns) : readWide(table, columns, options.width);
  const { timesteps, values, padding } = evenSequences(absolute, rows, options.timesteps);
  return {
    name: printableLine(path.basename(absolute, path.extname(absolute))),
    timesteps,
    width: rows.features.length,
    values,
    ...(padding && { padding }),
    labels: rows.labels,
    reading: { table: rows.table, features: rows.features, lengths: summariseLengths(rows.lengths), warnings: table.warnings },
    tableForm: formOf(table, columns, rows, options),
  };
}

function formOf(table: CsvTable, { label, id, time }: Columns, { order, features }: SequenceRows, { timesteps, missing }: CsvTableOptions): TableForm {
  const { columns, names = null, delimiter, decimal } = table;
  return {
    columns,
    header: names,
    label: label ?? null,
    id,
    time: time ?? null,
    values: order,
    features,
    isPadded: timesteps !== undefined,
    delimiter,
    decimal,
    missing: missing ?? null,
  };
}

/** Whether an option calls a column by its name: then there is a header. */
function namesColumns({ label, id, time, features }: ColumnOptions): boolean {
  return [label, id, time, features].flat().some((choice) => typeof choice === "string");
}

/** The names of a table's columns, or their number where there is no header. @throws as `readSequencesCsv` */
export async function csvColumns(file: string, options: TableOptions): Promise<readonly string[] | number> {
  const absolute = path.resolve(file);
  const table = new CsvTable(await readText(absolute), absolute, options, false);
  return table.names ?? table.columns;
}
