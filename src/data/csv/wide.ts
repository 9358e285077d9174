import { SequenceError } from "../sequences.js";
import { columnGrids, type ColumnGrid } from "./columnGrid.js";
import type { Columns } from "./columns.js";
import { FloatList } from "./floatList.js";
import type { SequenceRows } from "./sequenceRows.js";
import type { CsvTable } from "./table.js";

/**
 * One sequence in each row of a wide table.
 * @param width values of one timestep; default: as the names of the columns say, else 1
 * @throws SequenceError that names file, line, column and value
 */
export function readWide(table: CsvTable, columns: Columns, width: number | undefined): SequenceRows {
  const { order, features } = arrange(table, columns.values, width);
  return readRows(table, { ...columns, values: order }, features);
}

/**
 * The same where the order of the columns is known.
 * @param columns its values time-major: all of the first timestep, then those of the next
 * @param features names of the values of one timestep
 * @throws SequenceError that names file, line, column and value
 */
export function readRows(table: CsvTable, columns: Columns, features: readonly string[]): SequenceRows {
  const { values: order } = columns;
  table.useNumbersOf(order);
  const values = new FloatList();
  const labels: string[] = [];
  const lines: number[] = [];
  for (const row of table.rows()) {
    lines.push(row.line);
    for (const column of order) {
      values.push(table.number(row, column));
    }
    if (columns.label !== undefined) {
      labels.push(table.textOf(row, columns.label, "a label"));
    }
  }
  const timesteps = order.length / features.length;
  const count = values.length / order.length;
  return {
    table: `one sequence in each row, ${timesteps} timesteps of ${features.length} ${features.length === 1 ? "value" : "values"}`,
    features,
    order,
    lines,
    lengths: new Int32Array(count).fill(timesteps),
    values: values.take(),
    labels: columns.label === undefined ? undefined : labels,
  };
}

interface Arrangement {
  /** Numbers of columns, time-major. */
  readonly order: readonly number[];
  readonly features: readonly string[];
}

function arrange(table: CsvTable, values: readonly number[], width: number | undefined): Arrangement {
  checkWidth(table, values.length, width ?? 1);
  const names = table.names && values.map((column) => table.names![column]!);
  const grids = names === undefined ? [] : columnGrids(names).filter(({ features }) => width === undefined || features.length === width);
  const [grid, second] = grids;
  if (grid !== undefined && second !== undefined) {
    throw new SequenceError(twoGrids(table.file, grid, second));
  }
  if (grid === undefined) {
    return inOrder(table, values, width);
  }
  if (grid.countsFeatures && grid.features.length === 1 && width === undefined) {
    warnOfReadings(table, values.length);
  }
  return { order: grid.order.map((at) => values[at]!), features: grid.features };
}

function checkWidth({ file }: CsvTable, count: number, width: number): void {
  if (count < 1 || !Number.isInteger(width) || width < 1 || count % width !== 0) {
    throw new SequenceError(
      `${file} has ${count} columns of values besides the label, which is no whole number of timesteps of width ${width}: ` +
        "check delimiter and width.",
    );
  }
}

function twoGrids(file: string, one: ColumnGrid, two: ColumnGrid): string {
  const reading = ({ timesteps, features }: ColumnGrid) => `${timesteps} timesteps of ${features.length} values, ${features.slice(0, 3).join(", ")}${features.length > 3 ? ", ..." : ""}`;
  const remedy =
    one.features.length === two.features.length
      ? "name the columns in features, all of the first timestep before those of the second, and give width"
      : `give width: ${one.features.length} or width: ${two.features.length}`;
  return `The header of ${file} can be read as ${reading(one)}, and as ${reading(two)}: ${remedy}.`;
}

/** Columns as they stand; with names that say nothing, or without any. */
function inOrder(table: CsvTable, values: readonly number[], width: number | undefined): Arrangement {
  const others = table.names === undefined ? [] : columnGrids(values.map((column) => table.names![column]!));
  if (width === undefined) {
    warnOfReadings(table, values.length);
  } else if (others.length > 0) {
    table.warnings.push(
      `Read as ${values.length / width} timesteps of ${width} values, as width says; the names of the columns say ` +
        `${others.map(({ timesteps, features }) => `${timesteps} timesteps of ${features.length}`).join(", or ")}, which width: ${others[0]!.features.length} reads.`,
    );
  }
  const named = (column: number): string => table.names?.[column] ?? `column ${column}`;
  const features = width === undefined || width === 1 ? ["value"] : values.slice(0, width).map(named);
  return { order: values, features };
}

/** Values in a row of one sequence may be of as many timesteps, or fewer. */
function warnOfReadings(table: CsvTable, count: number): void {
  const isDivisible = [2, 3, 5, 7].some((divisor) => count > divisor && count % divisor === 0);
  if (count > 1 && (isDivisible || table.names !== undefined)) {
    const width = table.names !== undefined && count <= 16 ? count : [4, 3, 2, 5, 6, 7].find((divisor) => count % divisor === 0 && count > divisor) ?? count;
    const other = `${count / width} ${count === width ? "timestep" : "timesteps"} of ${width} values`;
    table.warnings.push(
      `Each row was read as ${count} timesteps of 1 value, which width: 1 says. It may as well be fewer timesteps of several values: ` +
        `width: ${width} reads ${other}, column after column.`,
    );
  }
}
