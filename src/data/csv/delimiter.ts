import { isNumber } from "./numbers.js";
import { CsvError, csvRows } from "./rows.js";

const candidates = [",", ";", "\t", "|"] as const;

/** Rows by which a delimiter is chosen. */
const rowsRead = 50;

/** The delimiters that a table may have, the likeliest ones; more than one where it can be read in two ways. */
export function guessDelimiters(text: string): readonly string[] {
  const fits = candidates.map((delimiter) => ({ delimiter, ...fitOf(text, delimiter) }));
  const even = fits.filter(({ columns, isEven }) => isEven && columns > 1);
  if (even.length === 0) {
    const widest = fits.reduce((best, fit) => (fit.columns > best.columns ? fit : best));
    return [widest.delimiter];
  }
  const most = Math.max(...even.map(({ numericColumns }) => numericColumns));
  return even.filter(({ numericColumns }) => numericColumns === most).map(({ delimiter }) => delimiter);
}

interface Fit {
  /** How many columns the first row has. */
  readonly columns: number;
  /** Whether all rows have as many. */
  readonly isEven: boolean;
  /** Columns with numbers alone, the first row aside, which may be a header. */
  readonly numericColumns: number;
}

function fitOf(text: string, delimiter: string): Fit {
  const rows = firstRows(text, delimiter);
  const columns = rows[0]?.length ?? 0;
  const isEven = rows.every((fields) => fields.length === columns);
  const body = rows.length > 1 ? rows.slice(1) : rows;
  const numeric = Array.from({ length: columns }, (_, column) => body.every((fields) => isNumber(fields[column]?.trim() ?? "")));
  return { columns, isEven, numericColumns: numeric.filter(Boolean).length };
}

function firstRows(text: string, delimiter: string): (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  try {
    for (const { fields } of csvRows(text, delimiter)) {
      rows.push(fields);
      if (rows.length === rowsRead) {
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) {
      throw error;
    }
    // With this delimiter the quotes do not match.
    return [];
  }
  return rows;
}
