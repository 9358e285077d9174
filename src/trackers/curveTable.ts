import { guessDelimiters } from "../data/csv/delimiter.js";
import { type DecimalMark, guessMark, isMissing, isNumber, readNumber } from "../data/csv/numbers.js";
import { CsvError, csvRows } from "../data/csv/rows.js";

/** Curves that cannot be read from a file; the message names file, place and remedy. */
export class CurvesError extends Error {
  override readonly name = "CurvesError";
}

/** How a table of curves is written, where a person says so. */
export interface CurveTableOptions {
  /** The character between fields. Default: a comma, semicolon, tab or bar, whichever makes columns of numbers. */
  readonly delimiter?: string | undefined;
}

interface TableRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Rows by which the decimal mark is chosen. */
const sampleRows = 500;

/** The text of a CSV file of curves: a header and rows of numbers, some of whose fields may be empty. */
export class CurveTable {
  readonly names: readonly string[];
  readonly rows: readonly TableRow[];
  private readonly mark: DecimalMark;

  /** @param file for messages @throws CurvesError */
  constructor(text: string, readonly file: string, { delimiter }: CurveTableOptions) {
    const declared = /^\ufeff?sep=(.)\r?\n/.exec(text)?.[1];
    const [header, ...rows] = this.trimmedRows(text, delimiter ?? declared ?? guessDelimiters(text)[0]!).slice(declared === undefined ? 0 : 1);
    if (header === undefined || rows.length === 0) {
      throw new CurvesError(`${file} has ${header === undefined ? "no rows" : "a header but no row below it"}: give a CSV file with curves.`);
    }
    if (header.fields.length === 1) {
      throw new CurvesError(`${file} has one column, ${JSON.stringify(header.fields[0])}: give the delimiter between its fields, delimiter: ";" or --delimiter ";".`);
    }
    if (header.fields.every((field) => isNumber(field))) {
      throw new CurvesError(`The first row of ${file} has numbers alone: write the names of the columns above it, as "step,loss,val_loss".`);
    }
    this.names = header.fields;
    this.rows = rows;
    this.requireWidth();
    this.mark = guessMark(rows.slice(0, sampleRows).flatMap(({ fields }) => fields)).mark;
  }

  private trimmedRows(text: string, delimiter: string): TableRow[] {
    try {
      return [...csvRows(text, delimiter)].map(({ line, fields }) => ({ line, fields: fields.map((field) => field.trim()) }));
    } catch (error) {
      throw error instanceof CsvError ? new CurvesError(`${this.file}, ${error.message}: double the quotes inside a quoted field.`) : error;
    }
  }

  private requireWidth(): void {
    const { names, rows, file } = this;
    const ragged = rows.find(({ fields }) => fields.length > names.length);
    if (ragged !== undefined) {
      throw new CurvesError(`${file}, line ${ragged.line} has ${ragged.fields.length} columns, and the header names ${names.length}: name each, or give the delimiter.`);
    }
  }

  /** The column of a name, written as in the header or with other capitals. */
  find(name: string): number | undefined {
    const exact = this.names.indexOf(name);
    const found = exact >= 0 ? exact : this.names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
    return found < 0 ? undefined : found;
  }

  /** The first column whose name fits one of the patterns, those first that stand first. */
  findLike(patterns: readonly RegExp[]): number | undefined {
    for (const pattern of patterns) {
      const found = this.names.findIndex((name) => pattern.test(name));
      if (found >= 0) {
        return found;
      }
    }
    return undefined;
  }

  /** Whether a column has a number in some row, and in none anything else. */
  isNumeric(column: number): boolean {
    return this.rows.some(({ fields }) => isFigure(fields[column] ?? "")) && this.rows.every(({ fields }) => isEmpty(fields[column] ?? "") || isFigure(fields[column]!));
  }

  /** The number in a field; undefined where it is empty. @throws CurvesError for anything else */
  number({ line, fields }: TableRow, column: number): number | undefined {
    const field = fields[column] ?? "";
    if (isEmpty(field)) {
      return undefined;
    }
    const value = figureIn(field, this.mark);
    if (value === undefined) {
      throw new CurvesError(`${this.file}, line ${line}, column ${JSON.stringify(this.names[column])} has ${JSON.stringify(field)} where a number should be.`);
    }
    return value;
  }

  /** The columns in words, for an error. */
  get columnsInWords(): string {
    return this.names.slice(0, 12).map((name) => JSON.stringify(name)).join(", ") + (this.names.length > 12 ? ` and ${this.names.length - 12} more` : "");
  }
}

/** Python, R and JavaScript write infinities so. */
const infinity = /^([+-]?)inf(inity)?$/i;
const notANumber = /^[+-]?nan$/i;

/** Nothing was measured there: a diverged training's NaN is a measurement. */
function isEmpty(field: string): boolean {
  return isMissing(field) && !notANumber.test(field);
}

function isFigure(field: string): boolean {
  return isNumber(field) || infinity.test(field) || notANumber.test(field);
}

function figureIn(field: string, mark: DecimalMark): number | undefined {
  const [, sign] = infinity.exec(field) ?? [];
  if (sign !== undefined) {
    return sign === "-" ? -Infinity : Infinity;
  }
  const value = readNumber(field, mark);
  return notANumber.test(field) || !Number.isNaN(value) ? value : undefined;
}
