import type { Cell, Cells } from "./cells.js";

/** Where a block is drawn, in CSS pixels. */
export interface BlockPlace {
  /** The number of its first column, counted over all blocks. */
  readonly first: number;
  readonly columns: number;
  readonly left: number;
  /** The top of its cells; its label is above. */
  readonly top: number;
}

/** Where the cells of a picture are drawn, in CSS pixels. */
export interface PictureLayout {
  /** Side of one cell: a whole number, so that every cell is drawn alike, or less than 1 where a block has more columns than the page pixels. */
  readonly side: number;
  readonly blocks: readonly BlockPlace[];
  readonly width: number;
  readonly height: number;
}

const mostSide = 16;
/** Blocks go below each other rather than have smaller cells than this. */
const leastSideBeside = 4;
const gap = 12;
export const labelHeight = 22;

/** The largest cells with which the blocks fit the page's width: beside each other, or in several lines. */
export function layoutOf({ rows, picture }: Cells, pageWidth: number): PictureLayout {
  const widest = Math.max(1, picture.blocks.reduce((most, { columns }) => Math.max(most, columns), 0));
  const inLine = blocksInLine(picture.blocks.length, widest, pageWidth);
  const fitting = sideOf(inLine, widest, pageWidth);
  const side = fitting >= 1 ? Math.min(mostSide, Math.floor(fitting)) : fitting;
  const lineHeight = labelHeight + Math.ceil(side * rows) + gap;
  let first = 0;
  const blocks = picture.blocks.map(({ columns }, index): BlockPlace => {
    const place = { first, columns, left: (index % inLine) * (side * widest + gap), top: Math.floor(index / inLine) * lineHeight + labelHeight };
    first += columns;
    return place;
  });
  const lines = Math.ceil(blocks.length / inLine);
  return { side, blocks, width: pageWidth, height: lines * lineHeight - gap };
}

/** The side of a cell of so many blocks of so many columns beside each other; not rounded. */
function sideOf(blocks: number, columns: number, pageWidth: number): number {
  return (pageWidth - gap * (blocks - 1)) / (blocks * columns);
}

/** All, or half as many, and so on, until cells are large enough to be told apart; one where they never are. */
function blocksInLine(blocks: number, columns: number, pageWidth: number): number {
  let inLine = Math.max(1, blocks);
  while (inLine > 1 && sideOf(inLine, columns, pageWidth) < leastSideBeside) {
    inLine = Math.ceil(inLine / 2);
  }
  return inLine;
}

/** The left and upper edge of a cell. */
export function cellPlace({ blocks, side }: PictureLayout, { row, column }: Cell): { x: number; y: number } {
  const block = blocks.findLast(({ first }) => first <= column) ?? blocks[0]!;
  return { x: block.left + (column - block.first) * side, y: block.top + row * side };
}

/** The cell under a point; undefined beside the picture, on its labels and between its blocks. */
export function cellAt({ rows }: Cells, { blocks, side }: PictureLayout, x: number, y: number): Cell | undefined {
  for (const { left, top, columns, first } of blocks) {
    const [row, column] = [Math.floor((y - top) / side), Math.floor((x - left) / side)];
    if (column >= 0 && column < columns && row >= 0 && row < rows) {
      return { row, column: first + column };
    }
  }
  return undefined;
}
