import type { Cell, Cells } from "./cells.js";

/** Where the cells of a picture are drawn, in CSS pixels. */
export interface PictureLayout {
  /** Side of one cell, a whole number, so that every cell is drawn alike. */
  readonly side: number;
  readonly gap: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const mostSide = 16;
const gap = 12;
const labelHeight = 22;

/** The largest cells with which all blocks fit the page's width; at least one pixel, and then the page scrolls. */
export function layoutOf({ rows, columns, picture }: Cells, pageWidth: number): PictureLayout {
  const gaps = gap * (picture.blocks.length - 1);
  const side = Math.max(1, Math.min(mostSide, Math.floor((pageWidth - gaps) / columns)));
  return { side, gap, top: labelHeight, width: side * columns + gaps, height: labelHeight + side * rows };
}

/** The left edge of a column. */
export function columnLeft(cells: Cells, { side, gap: between }: PictureLayout, column: number): number {
  return column * side + cells.blockOf(column).index * between;
}

/** The cell under a point; undefined beside the picture, on its labels and between its blocks. */
export function cellAt(cells: Cells, layout: PictureLayout, x: number, y: number): Cell | undefined {
  const row = Math.floor((y - layout.top) / layout.side);
  let left = 0;
  let first = 0;
  for (const { columns } of cells.picture.blocks) {
    const column = Math.floor((x - left) / layout.side);
    if (column >= 0 && column < columns && row >= 0 && row < cells.rows) {
      return { row, column: first + column };
    }
    left += columns * layout.side + layout.gap;
    first += columns;
  }
  return undefined;
}
