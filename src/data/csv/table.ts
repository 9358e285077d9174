import { nearestName } from "../../experiment/optionNames.js";
import { SequenceError } from "../sequences.js";
import { guessDelimiters } from "./delimiter.js";
import { type DecimalMark, guessMark, isMissing, isNumber, readNumber } from "./numbers.js";
import { CsvError, type CsvRow, csvRows } from "./rows.js";

/** A column: its name in the header, or its number from 0. */
export type ColumnChoice = string | number;

/** How the text of a table is written, where a person says so. */
export interface TableOptions {
  /** Whether the first row names the columns. Default: it does when an option gives a name, or when it alone has no numbers. */
  readonly header?: boolean | undefined;
  /** Between fields, one character. Default: a comma, semicolon, tab or bar, whichever makes columns of numbers. */
  readonly delimiter?: string | undefined;
  /** The decimal mark of its numbers. Default: a comma where numbers have commas and none has a point. */
  readonly decimal?: DecimalMark | undefined;
  /** The number that an empty field, NaN, NA, null or ? stands for. Default: such a field is an error. */
  readonly missing?: number | undefined;
}

/** Rows by which columns are told apart; all rows are checked when they are read. */
const sampleRows = 2000;

/** The text of a table, with what its first rows tell about it. */
export class CsvTable {
  /** Columns, without an empty one after a delimiter at the end of every row. */
  readonly columns: number;
  /** The names in the header, trimmed; absent without a header. */
  readonly names: readonly string[] | undefined;
  /** Rows of data from the beginning, trimmed. */
  readonly sample: readonly CsvRow[];
  readonly warnings: string[] = [];
  /** Between its fields. */
  readonly delimiter: string;
  private readonly hasTrailingDelimiter: boolean;
  private mark: DecimalMark = ".";

  /**
   * @param file for messages
   * @param named whether an option calls a column by its name
   * @throws SequenceError for a text without rows, or one that two delimiters fit equally well
   */
  constructor(
    private readonly text: string,
    readonly file: string,
    private readonly options: TableOptions,
    named: boolean,
  ) {
    this.delimiter = options.delimiter ?? this.declaredDelimiter ?? this.guessedDelimiter();
    const rows = [...this.firstRows(sampleRows + 1)];
    const [first] = rows;
    if (first === undefined) {
      throw new SequenceError(`${file} has no rows: give a CSV file with sequences in it.`);
    }
    this.hasTrailingDelimiter = first.fields.length > 1 && rows.every(({ fields }) => fields.at(-1) === "");
    this.columns = first.fields.length - Number(this.hasTrailingDelimiter);
    const header = options.header ?? (named || this.guessHeader(rows));
    this.names = header ? first.fields.slice(0, this.columns) : undefined;
    this.sample = header ? rows.slice(1) : rows;
    if (this.sample.length === 0) {
      throw new SequenceError(`${file} has a header but no row below it: give at least one row of data.`);
    }
  }

  private guessHeader(rows: readonly CsvRow[]): boolean {
    const counted = countedNames(rows);
    if (counted !== undefined) {
      throw new SequenceError(`${this.file}: its first row counts ${counted}, which may be the names of the columns or a sequence: give header: true or header: false.`);
    }
    return looksLikeHeader(rows);
  }

  /** The mark of its numbers, once they are read. */
  get decimal(): DecimalMark {
    return this.mark;
  }

  /** Excel's first line "sep=;". */
  private get declaredDelimiter(): string | undefined {
    return /^\ufeff?sep=(.)\r?\n/.exec(this.text)?.[1];
  }

  private guessedDelimiter(): string {
    const [delimiter, other] = guessDelimiters(this.text);
    if (other !== undefined) {
      const [one, two] = [delimiter, other].map((character) => JSON.stringify(character));
      throw new SequenceError(`${this.file} can be read with ${one} between its fields, and with ${two}: give delimiter, as delimiter: ${one}.`);
    }
    return delimiter!;
  }

  private *firstRows(count: number): Generator<CsvRow> {
    let read = 0;
    for (const row of this.allRows()) {
      yield row;
      if (++read === count) {
        return;
      }
    }
  }

  private *allRows(): Generator<CsvRow> {
    const declared = this.declaredDelimiter !== undefined;
    try {
      for (const { line, fields } of csvRows(this.text, this.delimiter)) {
        if (!(declared && line === 1)) {
          yield { line, fields: fields.map((field) => field.trim()) };
        }
      }
    } catch (error) {
      throw error instanceof CsvError ? new SequenceError(`${this.file}, ${error.message}: double the quotes inside a quoted field.`) : error;
    }
  }

  /** Chooses the decimal mark by these columns. */
  useNumbersOf(columns: readonly number[]): void {
    const { sample, options } = this;
    const fields = function* () {
      for (const row of sample) {
        yield* columns.map((column) => row.fields[column] ?? "");
      }
    };
    const { mark, doubtful } = options.decimal === undefined ? guessMark(fields()) : { mark: options.decimal };
    this.mark = mark;
    if (doubtful !== undefined) {
      this.warnings.push(
        `${JSON.stringify(doubtful)} was read as ${readNumber(doubtful, ",")}, its comma as decimal mark. Commas that separate thousands ` +
          'have to be removed from the file; decimal: "," says that they are decimal marks.',
      );
    }
  }

  /** Rows of data, each with a field for every column. @throws SequenceError that names the line of a ragged row */
  *rows(): Generator<CsvRow> {
    let isHeader = this.names !== undefined;
    for (const row of this.allRows()) {
      if (!isHeader) {
        this.requireWidth(row);
        yield row;
      }
      isHeader = false;
    }
  }

  private requireWidth({ line, fields }: CsvRow): void {
    const count = fields.length - (this.hasTrailingDelimiter && fields.at(-1) === "" ? 1 : 0);
    if (count !== this.columns) {
      throw new SequenceError(
        `${this.file}, line ${line} has ${count} columns; the first row has ${this.columns}. Cut or pad all rows to one length, or ` +
          "write a table with a timestep in each row, where sequences may differ in length.",
      );
    }
  }

  /** The number in a field, as float32. @throws SequenceError that names line, column and text */
  number({ line, fields }: CsvRow, column: number): number {
    const field = fields[column]!;
    const value = Math.fround(readNumber(field, this.mark));
    if (Number.isFinite(value)) {
      return value;
    }
    if (isMissing(field) && this.options.missing !== undefined) {
      return this.options.missing;
    }
    throw new SequenceError(`${this.place(line, column)} has ${field === "" ? "nothing" : JSON.stringify(field)} where a number should be. ${this.remedy(line, field)}`);
  }

  private remedy(line: number, field: string): string {
    if (isMissing(field)) {
      return "Fill it in, or say what missing numbers stand for, as missing: 0.";
    }
    if (line === 1 && this.names === undefined) {
      return "Give header: true if the first row names the columns.";
    }
    return isNumber(field)
      ? `Its other numbers have a decimal ${this.mark === "," ? "comma" : "point"}: write all alike, within float32's range.`
      : "Give decimal numbers within float32's range, or name the columns of numbers in features.";
  }

  /** A field that must not be empty: of a label, an id or a time. */
  textOf({ line, fields }: CsvRow, column: number, what: string): string {
    const field = fields[column]!;
    if (field === "") {
      throw new SequenceError(`${this.place(line, column)} has nothing where ${what} should be: fill it in.`);
    }
    return field;
  }

  /** A time as a number: a number, or a date as ISO 8601 writes it. */
  time(row: CsvRow, column: number): number {
    const field = this.textOf(row, column, "a time");
    const value = readNumber(field, this.mark);
    const time = Number.isNaN(value) && /^\d{4}-\d\d-\d\d/.test(field) ? Date.parse(field) : value;
    if (!Number.isFinite(time)) {
      throw new SequenceError(`${this.place(row.line, column)} has ${JSON.stringify(field)} where a time should be: give numbers, or dates as 2024-05-31T12:00:00.`);
    }
    return time;
  }

  /** "data.csv, line 7, column 2 ("x")" */
  place(line: number, column: number): string {
    return `${this.file}, line ${line}, column ${this.nameOf(column)}`;
  }

  nameOf(column: number): string {
    const name = this.names?.[column];
    return name === undefined ? `${column}` : `${column} (${JSON.stringify(name)})`;
  }

  /** How an option would write a column. */
  choiceOf(column: number): string {
    return JSON.stringify(this.names?.[column] || column);
  }

  /** @param what the option: "label" @throws SequenceError when there is no such column, or there are two */
  find(choice: ColumnChoice, what: string): number {
    const { names, columns, file } = this;
    if (typeof choice === "number") {
      if (Number.isInteger(choice) && choice >= 0 && choice < columns) {
        return choice;
      }
      throw new SequenceError(`${file} has no ${what} column ${choice}: it has ${columns} columns, numbered from 0 to ${columns - 1}.`);
    }
    const found = names?.indexOf(choice) ?? -1;
    if (names === undefined || found < 0) {
      throw new SequenceError(`${file} has no ${what} column ${JSON.stringify(choice)}: ${this.columnsInWords(choice)}.`);
    }
    const second = names.indexOf(choice, found + 1);
    if (second >= 0) {
      throw new SequenceError(`${file} has two columns ${JSON.stringify(choice)}: give the number of the one that is meant, ${what}: ${found} or ${what}: ${second}.`);
    }
    return found;
  }

  private columnsInWords(choice: string): string {
    const { names, columns } = this;
    if (names === undefined) {
      return `it has ${columns} columns, numbered from 0 to ${columns - 1}`;
    }
    const shown = names.slice(0, 8).map((name) => JSON.stringify(name)).join(", ");
    const more = columns > 8 ? ` and ${columns - 8} more` : "";
    return `its columns are ${shown}${more}; the nearest is ${JSON.stringify(nearestName(choice, names))}`;
  }
}

/** "from 0 to 783" where the first row counts its columns, as pandas names them, and has no entry besides that another row has. */
function countedNames([first, ...body]: readonly CsvRow[]): string | undefined {
  const { fields } = first!;
  const numbers = fields.filter((field) => isNumber(field));
  const start = Number(numbers[0]);
  const counts = start <= 1 && numbers.every((field, column) => Number(field) === start + column);
  const others = fields.flatMap((field, column) => (isNumber(field) ? [] : [column]));
  const isOnlyThere = others.every((column) => body.every((row) => row.fields[column] !== fields[column]));
  const isEnough = numbers.length >= (others.length > 0 ? 3 : 10);
  return counts && isOnlyThere && isEnough && body.length > 0 ? `from ${start} to ${numbers.at(-1)}` : undefined;
}

/** Whether every column that has numbers below has none in the first row. */
function looksLikeHeader([first, ...body]: readonly CsvRow[]): boolean {
  const numeric = first!.fields.flatMap((field, column) => (body.every(({ fields }) => isNumber(fields[column] ?? "")) ? [field] : []));
  return body.length > 0 && numeric.length > 0 && numeric.every((field) => field !== "" && !isNumber(field) && !isMissing(field));
}
