import { element } from "../shared/element.js";
import { onThemeChange, readTheme, type Theme } from "../shared/theme.js";
import { type Cell, Cells } from "./cells.js";
import { cellFill } from "./cellColours.js";
import { Legend } from "./legend.js";
import { cellAt, cellPlace, labelHeight, layoutOf, type PictureLayout } from "./pictureLayout.js";

const steps: Readonly<Record<string, Cell>> = {
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
};

/** A cell for each integer, block by block; pointer and arrow keys tell what a cell is. */
export class WeightPicture {
  readonly element: HTMLElement;
  private readonly canvas = element("canvas", { className: "picture" });
  /** The cells without the cursor: a million of them are drawn once, not at every move. */
  private readonly still = document.createElement("canvas");
  private readonly told = element("p", { className: "told" });
  private readonly legend = new Legend();
  private cells: Cells | undefined;
  private layout: PictureLayout | undefined;
  private cursor: Cell | undefined;

  constructor() {
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.told.setAttribute("aria-live", "polite");
    this.element = element("section", { className: "pictures", label: "Picture of the integers" }, [
      this.legend.element,
      this.canvas,
      this.told,
    ]);
    this.canvas.addEventListener("pointermove", (event) => this.point(this.under(event)));
    this.canvas.addEventListener("pointerleave", () => this.point(undefined));
    this.canvas.addEventListener("keydown", (event) => this.step(event));
    new ResizeObserver(() => this.drawStill()).observe(this.element);
    onThemeChange(() => this.drawStill());
  }

  /** @throws RangeError for a picture whose values do not fill it */
  show(cells: Cells): void {
    this.cells = cells;
    this.cursor = undefined;
    const blocks = cells.picture.blocks.map(({ label }) => label).join(", ");
    this.canvas.setAttribute("aria-label", `${cells.rows} rows of ${cells.columns} cells: ${blocks}. Arrow keys read single cells.`);
    this.drawStill();
    this.tell();
  }

  private under(event: PointerEvent): Cell | undefined {
    return this.cells && this.layout && cellAt(this.cells, this.layout, event.offsetX, event.offsetY);
  }

  private point(cell: Cell | undefined): void {
    if (cell?.row !== this.cursor?.row || cell?.column !== this.cursor?.column) {
      this.cursor = cell;
      this.draw();
      this.tell();
    }
  }

  private step(event: KeyboardEvent): void {
    const by = steps[event.key];
    if (by === undefined || this.cells === undefined) {
      return;
    }
    event.preventDefault();
    const { rows, columns } = this.cells;
    const { row, column } = this.cursor ?? { row: -by.row, column: -by.column };
    this.point({ row: clamp(row + by.row, rows), column: clamp(column + by.column, columns) });
  }

  private tell(): void {
    this.told.textContent = this.cursor && this.cells ? this.cells.describe(this.cursor) : "Point at a cell to read it.";
  }

  private drawStill(): void {
    const { cells, still } = this;
    if (cells === undefined || this.element.clientWidth === 0) {
      return;
    }
    const layout = layoutOf(cells, this.element.clientWidth);
    this.layout = layout;
    const context = contextOf(still, layout);
    const theme = readTheme();
    this.legend.show(cells, theme);
    drawCells(context, cells, layout, theme);
    drawLabels(context, cells, layout, theme);
    this.draw();
  }

  private draw(): void {
    const { cells, layout, canvas, still, cursor } = this;
    if (cells === undefined || layout === undefined) {
      return;
    }
    const context = contextOf(canvas, layout);
    context.drawImage(still, 0, 0, layout.width, layout.height);
    if (cursor) {
      const { x, y } = cellPlace(layout, cursor);
      context.strokeStyle = readTheme().focus;
      context.lineWidth = 2;
      context.strokeRect(x - 1, y - 1, layout.side + 2, layout.side + 2);
    }
  }
}

/** Fits a canvas to the layout, which clears it. */
function contextOf(canvas: HTMLCanvasElement, { width, height }: PictureLayout): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (context === null) {
    throw new Error("This editor offers no 2D canvas.");
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function clamp(value: number, count: number): number {
  return Math.min(count - 1, Math.max(0, value));
}

/** Each block within an outline, so that its zeros are seen to be there. */
function drawCells(context: CanvasRenderingContext2D, cells: Cells, layout: PictureLayout, theme: Theme): void {
  const { rows, greatest } = cells;
  const { side, blocks } = layout;
  for (const { left, top, columns, first } of blocks) {
    context.fillStyle = theme.panel;
    context.fillRect(left, top, columns * side, rows * side);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const fill = cellFill(cells.at({ row, column: first + column }), greatest, theme);
        if (fill !== undefined) {
          context.globalAlpha = fill.opacity;
          context.fillStyle = fill.colour;
          context.fillRect(left + column * side, top + row * side, side, side);
        }
      }
    }
    context.globalAlpha = 1;
    context.strokeStyle = theme.border;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, columns * side - 1, rows * side - 1);
  }
}

/** A label has the room up to the next block of its line, or to the edge. */
function drawLabels(context: CanvasRenderingContext2D, cells: Cells, { blocks, width }: PictureLayout, theme: Theme): void {
  context.font = `600 ${theme.fontSize}px ${theme.fontFamily}`;
  context.fillStyle = theme.foreground;
  context.textBaseline = "middle";
  cells.picture.blocks.forEach(({ label }, index) => {
    const { left, top } = blocks[index]!;
    const next = blocks[index + 1];
    const right = next !== undefined && next.top === top ? next.left : width;
    context.fillText(label, left, top - labelHeight / 2, right - left - 4);
  });
}
