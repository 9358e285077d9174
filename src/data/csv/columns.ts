import { SequenceError } from "../sequences.js";
import type { ColumnChoice, CsvTable } from "./table.js";

/** What the columns of a table hold, where a person says so. */
export interface ColumnOptions {
  /** The class of a sequence; in a long table the same in all its rows. */
  readonly label?: ColumnChoice | undefined;
  /**
   * Makes it a long table, one timestep in each row: rows of the same id, or of the same ids, are one sequence. Default: a column that is
   * called an id and repeats, else the table is wide.
   */
  readonly id?: ColumnChoice | readonly ColumnChoice[] | undefined;
  /** Orders the timesteps of a long table's sequences. Default: a column that is called a time, else the order of the rows. */
  readonly time?: ColumnChoice | undefined;
  /** The columns of values, in order. Default: all others. */
  readonly features?: readonly ColumnChoice[] | undefined;
  /** Values of one timestep of a wide table, side by side. Default: as the header's names say, else 1. */
  readonly width?: number | undefined;
}

/** What each column of a table is; all are numbers of columns. */
export interface Columns {
  readonly label: number | undefined;
  /** Empty for a wide table. */
  readonly id: readonly number[];
  readonly time: number | undefined;
  /** The value columns in order: those of one timestep in a long table, those of the whole sequence in a wide one. */
  readonly values: readonly number[];
}

/**
 * What each column is: as the options say, and for the rest as one reading alone fits. Where another reading is possible too, a warning
 * of the table names both.
 * @throws SequenceError for a column that there is not, or is given two roles
 */
export function findColumns(table: CsvTable, options: ColumnOptions): Columns {
  const found = (choice: ColumnChoice | undefined, what: string): number | undefined => (choice === undefined ? undefined : table.find(choice, what));
  const label = found(options.label, "label");
  const features = options.features?.map((choice) => table.find(choice, "features"));
  const isOpen = options.id === undefined && options.width === undefined && options.features === undefined;
  const id = isOpen ? guessId(table, label) : idChoices(options.id).map((choice) => table.find(choice, "id"));
  checkLongOptions(table, options, id);
  const known = [label, ...id, ...(features ?? [])].filter((column) => column !== undefined);
  const time = found(options.time, "time") ?? guessTime(table, id, known);
  const roles = [...known, ...(time === undefined ? [] : [time])];
  requireOneRole(table, roles);
  const others = Array.from({ length: table.columns }, (_, column) => column).filter((column) => !roles.includes(column));
  return { label, id, time, values: features ?? withoutRowNumbers(table, others) };
}

function idChoices(id: ColumnOptions["id"]): readonly ColumnChoice[] {
  return typeof id === "string" || typeof id === "number" ? [id] : (id ?? []);
}

function checkLongOptions({ file }: CsvTable, { time, width }: ColumnOptions, id: readonly number[]): void {
  if (time !== undefined && id.length === 0) {
    throw new SequenceError(`${file} is read with a sequence in each row, which has no time column: name the column that tells sequences apart too, as id: "id".`);
  }
  if (width !== undefined && id.length > 0) {
    throw new SequenceError(`${file} is read with a timestep in each row: width is for tables with a sequence in each row. Name the values of a timestep in features.`);
  }
}

function requireOneRole(table: CsvTable, columns: readonly number[]): void {
  const twice = columns.find((column, at) => columns.indexOf(column) < at);
  if (twice !== undefined) {
    throw new SequenceError(`${table.file}: column ${table.nameOf(twice)} is given two roles among label, id, time and features; a column has one.`);
  }
}

const idName = /^(.*[ _.-])?(id|uid|uuid)$|^(seq|sequence|series|sample|subject|trial|case|recording|episode|session|patient|user|person)([ _.-]?(id|no|nr|num|number|index))?$/i;
const timeName = /^(t|time|timestep|time[ _-]?step|step|timestamp|time[ _-]?stamp|date|datetime|tick|frame)$/i;
const rowNumberName = /^(|index|unnamed: \d+|row)$/i;

/** The column that makes it a long table, or none. @throws SequenceError when two columns could, or one of no telling name */
function guessId(table: CsvTable, label: number | undefined): number[] {
  const repeating = Array.from({ length: table.columns }, (_, column) => column).filter((column) => column !== label && groupsRows(table, column, label));
  const [named, second] = repeating.filter((column) => idName.test(table.names?.[column] ?? ""));
  if (named !== undefined && second !== undefined) {
    const [one, two] = [named, second].map((column) => table.choiceOf(column));
    throw new SequenceError(`${table.file} has two columns that may tell sequences apart: give id: ${one}, id: ${two}, or both, id: [${one}, ${two}].`);
  }
  if (named !== undefined) {
    const name = table.choiceOf(named);
    table.warnings.push(`Read as one timestep in each row, its sequence told by column ${name}; id: ${name} says so. To read each row as a sequence give width.`);
    return [named];
  }
  const block = repeating.find((column) => isBlocks(table, column));
  if (block !== undefined) {
    throw new SequenceError(
      `${table.file} can be read with a timestep in each row, because column ${table.nameOf(block)} repeats from row to row as the ids of sequences do, and ` +
        `with a sequence in each row: give id: ${table.choiceOf(block)}, or width: 1.`,
    );
  }
  return [];
}

/** Whether rows with the same value have the same label, and most values are on several rows. */
function groupsRows({ sample }: CsvTable, column: number, label: number | undefined): boolean {
  const labels = new Map<string, string>();
  for (const { fields } of sample) {
    const [id = "", own = ""] = [fields[column], label === undefined ? "" : fields[label]];
    if (/[.,]\d/.test(id) || (labels.get(id) ?? own) !== own) {
      return false;
    }
    labels.set(id, own);
  }
  return labels.size >= 2 && sample.length >= 2 * labels.size;
}

/** Whether the same values are on rows that follow each other, and there are more of them than classes as a rule. */
function isBlocks({ sample }: CsvTable, column: number): boolean {
  const values = sample.map(({ fields }) => fields[column]);
  const blocks = values.filter((value, row) => value !== values[row - 1]).length;
  return blocks === new Set(values).size && blocks >= 4;
}

function guessTime(table: CsvTable, id: readonly number[], known: readonly number[]): number | undefined {
  const names = id.length === 0 ? [] : (table.names ?? []);
  const named = names.flatMap((name, column) => (timeName.test(name) && !known.includes(column) ? [column] : []));
  const [time] = named;
  if (named.length !== 1) {
    return undefined;
  }
  const name = table.choiceOf(time!);
  table.warnings.push(`Column ${name} was read as time, which orders the timesteps and is no value; time: ${name} says so. To make it a value name it in features.`);
  return time;
}

/** Leaves out the numbers of rows that spreadsheets and pandas write: a column of integers, each once, with no name or that of an id. */
function withoutRowNumbers(table: CsvTable, columns: readonly number[]): number[] {
  const rowNumbers = columns.filter((column) => {
    const name = table.names?.[column];
    return name !== undefined && (rowNumberName.test(name) || idName.test(name)) && numbersRows(table, column);
  });
  rowNumbers.forEach((column) =>
    table.warnings.push(`Column ${table.nameOf(column)} has another entry in each row and was left out, as the name of the row. To make it a value name it in features.`),
  );
  const values = columns.filter((column) => !rowNumbers.includes(column));
  const odd = values.find((column) => [idName, timeName].some((pattern) => pattern.test(table.names?.[column] ?? "")));
  if (odd !== undefined) {
    table.warnings.push(`Column ${table.nameOf(odd)} was read as a value, though it is called an id or a time. To leave it out name the others in features.`);
  }
  return values;
}

function numbersRows({ sample }: CsvTable, column: number): boolean {
  const values = sample.map(({ fields }) => fields[column] ?? "");
  return new Set(values).size === values.length && !values.some((value) => /[.,]\d/.test(value));
}
