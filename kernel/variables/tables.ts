import { types } from "node:util";
import type { Look, ShownTable } from "../../src/variables/contract.js";
import { asMatrix, type Numbers, rowHead } from "./numbers.js";
import { numberText } from "./numberText.js";
import { arrayLength, eachEntry, eachMember, isObject, mapSize, ownNames, ownSlot, setSize, type Slot, typedLength } from "./read.js";
import { nameText, oneLine, shortText } from "./shortText.js";
import type { TensorEngine } from "./tensorLedger.js";

/** Rows and columns of one page, and characters of a cell: together less than 200 kB. */
const pageRows = 50;
const pageColumns = 25;
const cellCharacters = 40;
/** Elements that are looked at to find the columns of records. */
const sampled = 100;
const mostColumns = 10_000;

/** Something in rows and columns. */
export interface TableSource {
  readonly rowName: string;
  readonly columns: { readonly count: number; name(column: number): string };
  readonly rows: number;
  /** Values of the rows [first, end), as far as there are any. */
  page(first: number, end: number): readonly TableRow[];
}

export interface TableRow {
  readonly head: string;
  cell(column: number): string;
  /** What the row stands for, where that can be looked into. */
  readonly value?: unknown;
}

/** The part of a table that a look asks for. */
export function tablePage(source: TableSource, { first, firstColumn }: Pick<Look, "first" | "firstColumn">): ShownTable {
  const from = startOf(first, source.rows);
  const fromColumn = startOf(firstColumn, source.columns.count);
  const columns = Array.from({ length: Math.min(pageColumns, source.columns.count - fromColumn) }, (_, index) => fromColumn + index);
  const rows = source.page(from, Math.min(from + pageRows, source.rows));
  return {
    kind: "table",
    rowName: source.rowName,
    columns: columns.map((column) => oneLine(source.columns.name(column), cellCharacters)),
    rows: rows.map((row) => ({
      head: oneLine(row.head, cellCharacters),
      cells: columns.map((column) => oneLine(row.cell(column), cellCharacters)),
      opens: isObject(row.value),
    })),
    rowRange: { first: from, shown: rows.length, total: source.rows },
    columnRange: { first: fromColumn, shown: columns.length, total: source.columns.count },
  };
}

/** A page that began where nothing is any more begins with the last row. */
function startOf(wanted: number, total: number): number {
  return Math.min(wanted, Math.max(0, total - 1));
}

/** Numbers by their indices; all dimensions but the last go down. */
export function numberTable(numbers: Numbers): TableSource {
  const { rows, columns, values, shape } = asMatrix(numbers);
  return {
    rowName: shape.length > 2 ? "indices" : "index",
    columns: { count: columns, name: (column) => (shape.length > 1 ? String(column) : "value") },
    rows,
    page: (first, end) =>
      indices(first, end).map((row) => ({ head: rowHead(row, shape), cell: (column) => numberText(values[row * columns + column]!) })),
  };
}

/** What has elements, entries or properties, by those. */
export function objectTable(value: object, engine: TensorEngine | undefined): TableSource {
  if (Array.isArray(value)) {
    return arrayTable(value, engine);
  }
  if (types.isTypedArray(value)) {
    return elementTable(value, typedLength(value), engine);
  }
  if (types.isMap(value)) {
    return pairTable("key", mapSize(value), (take) => eachEntry(value, (held, key) => take(() => shortText(key, engine, 0), { kind: "value", value: held })), engine);
  }
  if (types.isSet(value)) {
    return pairTable("index", setSize(value), (take) => {
      let index = 0;
      eachMember(value, (held) => {
        const place = index++;
        take(() => String(place), { kind: "value", value: held });
      });
    }, engine);
  }
  const names = ownNames(value);
  return pairTable("property", names.length, (take) => names.forEach((name) => take(() => nameText(name), ownSlot(value, name))), engine);
}

function arrayTable(array: readonly unknown[], engine: TensorEngine | undefined): TableSource {
  const length = arrayLength(array);
  const sample = indices(0, Math.min(length, sampled)).map((index) => ownSlot(array, index));
  const values = sample.map((slot) => (slot?.kind === "value" ? slot.value : undefined));
  if (values.length > 0 && values.every(isRecord)) {
    const names = [...new Set(values.flatMap((record) => ownNames(record)))].slice(0, mostColumns);
    const columns = { count: names.length, name: (column: number) => nameText(names[column]!) };
    return columnTable(array, length, columns, (element, column) => partText(element, names[column]!, engine));
  }
  if (values.length > 0 && values.every(isList)) {
    const width = Math.max(...values.map((list) => (types.isTypedArray(list) ? typedLength(list) : arrayLength(list))));
    return columnTable(array, length, { count: width, name: String }, (element, column) => partText(element, column, engine));
  }
  return elementTable(array, length, engine);
}

function isRecord(value: unknown): value is object {
  const isOther = types.isProxy(value) || types.isMap(value) || types.isSet(value) || types.isDate(value) || types.isPromise(value) || isList(value);
  return typeof value === "object" && value !== null && !isOther && ownNames(value).length > 0;
}

function isList(value: unknown): value is readonly unknown[] | NodeJS.TypedArray {
  return !types.isProxy(value) && (Array.isArray(value) || types.isTypedArray(value));
}

function partText(whole: unknown, name: PropertyKey, engine: TensorEngine | undefined): string {
  const slot = isObject(whole) ? ownSlot(whole, name) : undefined;
  return slot === undefined ? "" : slotText(slot, engine);
}

function slotText(slot: Slot | undefined, engine: TensorEngine | undefined): string {
  return slot === undefined ? "empty" : slot.kind === "getter" ? "(getter, not run)" : shortText(slot.value, engine, 1);
}

/** Rows of the same columns: records, or lists. */
function columnTable(array: object, rows: number, columns: TableSource["columns"], text: (element: unknown, column: number) => string): TableSource {
  const row = (index: number): TableRow => {
    const slot = ownSlot(array, index);
    const value = slot?.kind === "value" ? slot.value : undefined;
    return { head: String(index), value, cell: (column) => text(value, column) };
  };
  return { rowName: "index", columns, rows, page: (first, end) => indices(first, end).map(row) };
}

const valueColumns: TableSource["columns"] = { count: 2, name: (column) => (column === 0 ? "value" : "type") };

function elementTable(array: object, rows: number, engine: TensorEngine | undefined): TableSource {
  const page = (first: number, end: number) => indices(first, end).map((index) => valueRow(String(index), ownSlot(array, index), engine));
  return { rowName: "index", columns: valueColumns, rows, page };
}

/** The head is made for the rows of a page alone: there may be a million others. */
type Take = (head: () => string, slot: Slot | undefined) => void;

/** @param each calls back for each row, in order */
function pairTable(rowName: string, rows: number, each: (take: Take) => void, engine: TensorEngine | undefined): TableSource {
  return {
    rowName,
    columns: valueColumns,
    rows,
    page(first, end) {
      const found: TableRow[] = [];
      let index = 0;
      each((head, slot) => {
        if (index >= first && index < end) {
          found.push(valueRow(head(), slot, engine));
        }
        index += 1;
      });
      return found;
    },
  };
}

function valueRow(head: string, slot: Slot | undefined, engine: TensorEngine | undefined): TableRow {
  const value = slot?.kind === "value" ? slot.value : undefined;
  return { head, value, cell: (column) => (column === 0 ? slotText(slot, engine) : slot?.kind === "value" ? typeWord(value) : "") };
}

function typeWord(value: unknown): string {
  if (types.isProxy(value)) {
    return "proxy";
  }
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}

function indices(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
}
