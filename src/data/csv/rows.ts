/** One row of a CSV file. */
export interface CsvRow {
  /** The line on which the row begins, counted from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Text that is no CSV; the message names the line. */
export class CsvError extends Error {
  override readonly name = "CsvError";
}

/**
 * The rows of a CSV text (RFC 4180): fields in double quotes may hold delimiters, line ends and, doubled, quotes. Line
 * ends are \r\n, \n or \r; lines without any character are no rows.
 * @param delimiter one character
 * @throws CsvError at a quoted field that does not end, or does not end with its quote
 */
export function* csvRows(text: string, delimiter = ","): Generator<CsvRow, undefined> {
  const reader = new FieldReader(text, delimiter);
  while (!reader.atEnd) {
    const { line, at } = reader;
    const fields = [reader.field()];
    while (reader.skipDelimiter()) {
      fields.push(reader.field());
    }
    const empty = reader.at === at;
    reader.skipLineEnd();
    if (!empty) {
      yield { line, fields };
    }
  }
  return undefined;
}

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

class FieldReader {
  at: number;
  line = 1;
  private readonly delimiter: number;

  constructor(
    private readonly text: string,
    delimiter: string,
  ) {
    this.at = text.startsWith("\ufeff") ? 1 : 0;
    this.delimiter = delimiter.charCodeAt(0);
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipDelimiter(): boolean {
    const found = this.text.charCodeAt(this.at) === this.delimiter;
    this.at += found ? 1 : 0;
    return found;
  }

  skipLineEnd(): void {
    this.at += this.text.startsWith("\r\n", this.at) ? 2 : 1;
    this.line++;
  }

  field(): string {
    return this.text.charCodeAt(this.at) === quote ? this.quoted() : this.plain();
  }

  private plain(): string {
    const from = this.at;
    while (!this.endsField(this.at)) {
      this.at++;
    }
    return this.text.slice(from, this.at);
  }

  private quoted(): string {
    const begins = this.line;
    const pieces: string[] = [];
    do {
      const from = this.at + 1;
      const end = this.text.indexOf('"', from);
      if (end < 0) {
        throw new CsvError(`line ${begins}: a field begins with a double quote, and none ends it`);
      }
      pieces.push(this.text.slice(from, end));
      this.at = end + 1;
      // A doubled quote stands for one, and the field goes on.
    } while (this.text.charCodeAt(this.at) === quote);
    const value = pieces.join('"');
    this.line += value.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (!this.endsField(this.at)) {
      throw new CsvError(`line ${this.line}: after the double quote that ends a field comes ${JSON.stringify(this.text[this.at])}`);
    }
    return value;
  }

  /** NaN, the code beyond the text, ends it too. */
  private endsField(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === this.delimiter || code === lineFeed || code === carriageReturn || Number.isNaN(code);
  }
}
