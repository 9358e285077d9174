import { SequenceError } from "../sequences.js";
import type { Columns } from "./columns.js";
import { FloatList } from "./floatList.js";
import type { CsvRow } from "./rows.js";
import type { SequenceRows } from "./sequenceRows.js";
import type { CsvTable } from "./table.js";

/** One sequence of a long table while its rows are read. */
interface Growing {
  /** The id, as the file has it. */
  readonly id: string;
  readonly label: string | undefined;
  /** The line where it begins. */
  readonly line: number;
  /** Places of its timesteps among all rows. */
  readonly rows: number[];
}

/**
 * One timestep in each row of a long table; rows of the same id are one sequence, wherever they stand.
 * @throws SequenceError that names file, line, column and value: a label that changes within a sequence, a time that comes twice
 */
export function readLong(table: CsvTable, columns: Columns): SequenceRows {
  if (columns.values.length === 0) {
    throw new SequenceError(`${table.file} has no columns of values besides id, time and label: check the delimiter.`);
  }
  table.useNumbersOf([...columns.values, ...(columns.time === undefined ? [] : [columns.time])]);
  const reader = new LongReader(table, columns);
  for (const row of table.rows()) {
    reader.add(row);
  }
  return reader.sequences();
}

class LongReader {
  private readonly byId = new Map<string, Growing>();
  private readonly values = new FloatList();
  private readonly times: number[] = [];
  private readonly lines: number[] = [];
  private last: Growing | undefined;
  private scattered: string | undefined;

  constructor(
    private readonly table: CsvTable,
    private readonly columns: Columns,
  ) {}

  add(row: CsvRow): void {
    const { table, columns } = this;
    const sequence = this.sequenceOf(row);
    sequence.rows.push(this.lines.length);
    this.lines.push(row.line);
    for (const column of columns.values) {
      this.values.push(table.number(row, column));
    }
    if (columns.time !== undefined) {
      this.times.push(table.time(row, columns.time));
    }
  }

  private sequenceOf(row: CsvRow): Growing {
    const { table, columns, last } = this;
    const ids = columns.id.map((column) => table.textOf(row, column, "an id"));
    const key = ids.length === 1 ? ids[0]! : JSON.stringify(ids);
    const label = columns.label === undefined ? undefined : table.textOf(row, columns.label, "a label");
    const known = last?.id === key ? last : this.byId.get(key);
    if (known === undefined) {
      return (this.last = this.begin({ id: key, label, line: row.line, rows: [] }));
    }
    if (known.label !== label) {
      throw new SequenceError(
        `${table.place(row.line, columns.label!)} has the label ${JSON.stringify(label)}, and line ${known.line} of the same sequence, ${key}, has ` +
          `${JSON.stringify(known.label)}: a sequence has one label. Give all columns that tell sequences apart, as id: ["subject", "trial"].`,
      );
    }
    if (known !== last) {
      this.noteScattered(known, row.line);
    }
    return (this.last = known);
  }

  private begin(sequence: Growing): Growing {
    this.byId.set(sequence.id, sequence);
    return sequence;
  }

  private noteScattered({ id, rows }: Growing, line: number): void {
    this.scattered ??=
      `Rows of the sequence ${id} stand apart (line ${line} does not follow line ${this.lines[rows.at(-1)!]}) and were read as one sequence in the order of ` +
      'the file. If they are several, name all columns that tell them apart, as id: ["subject", "trial"]; time names the column that orders them.';
  }

  sequences(): SequenceRows {
    const { table, columns, byId } = this;
    if (this.scattered !== undefined && columns.time === undefined) {
      table.warnings.push(this.scattered);
    }
    const sequences = [...byId.values()];
    const named = (column: number): string => table.names?.[column] ?? `column ${column}`;
    const order = columns.time === undefined ? "in the order of the file" : `in the order of ${table.choiceOf(columns.time)}`;
    return {
      table: `one timestep in each row, its sequence told by ${columns.id.map((column) => table.choiceOf(column)).join(" and ")}, ${order}`,
      features: columns.values.map(named),
      order: columns.values,
      lines: sequences.map(({ line }) => line),
      lengths: Int32Array.from(sequences, ({ rows }) => rows.length),
      values: this.gather(sequences),
      labels: columns.label === undefined ? undefined : sequences.map(({ label }) => label!),
    };
  }

  private gather(sequences: readonly Growing[]): Float32Array {
    const width = this.columns.values.length;
    const all = this.values.take();
    const gathered = new Float32Array(all.length);
    let at = 0;
    for (const sequence of sequences) {
      for (const row of this.inTime(sequence)) {
        gathered.set(all.subarray(row * width, (row + 1) * width), at);
        at += width;
      }
    }
    return gathered;
  }

  private inTime({ id, rows }: Growing): readonly number[] {
    const { times, lines, table, columns } = this;
    if (columns.time === undefined) {
      return rows;
    }
    const sorted = rows.sort((a, b) => times[a]! - times[b]! || a - b);
    const twice = sorted.find((row, place) => place > 0 && times[row] === times[sorted[place - 1]!]);
    if (twice !== undefined) {
      const before = sorted[sorted.indexOf(twice) - 1]!;
      throw new SequenceError(
        `${table.place(lines[twice]!, columns.time)} has a time of the sequence ${id} that line ${lines[before]} has too: each of its timesteps needs a ` +
          'time of its own. Give all columns that tell sequences apart, as id: ["subject", "trial"].',
      );
    }
    return sorted;
  }
}
