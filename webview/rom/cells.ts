import type { RomPicture } from "../contract.js";

/** No value: another bank has it, or its code does not occur. */
const missing = -(2 ** 31);

/** A cell of the picture with its place in words. */
export interface Cell {
  readonly row: number;
  /** Over all blocks. */
  readonly column: number;
}

/** The integers of a picture. */
export class Cells {
  readonly rows: number;
  readonly columns: number;
  /** The greatest magnitude of all values; at least 1, so that it can divide. */
  readonly greatest: number;
  /** The least and the most of all values; 0 where there is none. */
  readonly least: number;
  readonly most: number;
  readonly hasMissing: boolean;
  private readonly values: Int32Array;

  /** @throws RangeError when the values do not fill the blocks */
  constructor(readonly picture: RomPicture) {
    this.rows = picture.rows;
    this.columns = picture.blocks.reduce((sum, { columns }) => sum + columns, 0);
    const bytes = Uint8Array.from(atob(picture.values), (character) => character.charCodeAt(0));
    if (bytes.length !== 4 * this.rows * this.columns) {
      throw new RangeError(`The picture has ${bytes.length / 4} values for ${this.rows} x ${this.columns} cells. Open the file again.`);
    }
    this.values = new Int32Array(bytes.buffer);
    this.least = this.values.reduce((least, value) => (value === missing ? least : Math.min(least, value)), 0);
    this.most = this.values.reduce((most, value) => (value === missing ? most : Math.max(most, value)), 0);
    this.hasMissing = this.values.includes(missing);
    this.greatest = Math.max(1, this.most, -this.least);
  }

  at({ row, column }: Cell): number | undefined {
    const value = this.values[row * this.columns + column];
    return value === missing ? undefined : value;
  }

  /** "gate f, unit 3, hidden unit 12: -1" */
  describe(cell: Cell): string {
    const { label, columnName, first } = this.blockOf(cell.column);
    const value = this.at(cell);
    const place = `${label}, ${columnName} ${cell.column - first}, ${this.picture.rowName} ${cell.row}`;
    return `${place}: ${value === undefined ? "none" : signed(value)}`;
  }

  /** The block of a column, and its first column. */
  blockOf(column: number): { label: string; columnName: string; first: number; index: number } {
    let first = 0;
    const { blocks } = this.picture;
    for (const [index, { label, columns, columnName }] of blocks.entries()) {
      if (column < first + columns || index === blocks.length - 1) {
        return { label, columnName, first, index };
      }
      first += columns;
    }
    throw new RangeError("A picture has at least one block.");
  }
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}
