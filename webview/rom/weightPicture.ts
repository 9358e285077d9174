import { element } from "../shared/element.js";
import { onThemeChange, readTheme, type Theme } from "../shared/theme.js";
import { type Cell, Cells } from "./cells.js";
import { cellAt, columnLeft, layoutOf, type PictureLayout } from "./pictureLayout.js";

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
  private cells: Cells | undefined;
  private layout: PictureLayout | undefined;
  private cursor: Cell | undefined;

  constructor() {
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.told.setAttribute("aria-live", "polite");
    this.element = element("section", { className: "pictures", label: "Picture of the integers" }, [
      element("div", { className: "scroller" }, [this.canvas]),
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
      const { side, top } = layout;
      context.strokeStyle = readTheme().focus;
      context.lineWidth = 2;
      context.strokeRect(columnLeft(cells, layout, cursor.column) - 1, top + cursor.row * side - 1, side + 2, side + 2);
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

/** Two colours for the signs, stronger for larger numbers; zero is the background, what is missing is grey. */
function drawCells(context: CanvasRenderingContext2D, cells: Cells, layout: PictureLayout, theme: Theme): void {
  const { rows, columns, greatest } = cells;
  const { side, top } = layout;
  const left = Array.from({ length: columns }, (_, column) => columnLeft(cells, layout, column));
  context.fillStyle = theme.panel;
  context.fillRect(0, top, layout.width, layout.height - top);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = cells.at({ row, column });
      if (value !== 0) {
        context.globalAlpha = value === undefined ? 0.3 : 0.3 + (0.7 * Math.abs(value)) / greatest;
        context.fillStyle = colourOf(value, theme);
        context.fillRect(left[column]!, top + row * side, side, side);
      }
    }
  }
  context.globalAlpha = 1;
}

function colourOf(value: number | undefined, { palette, muted }: Theme): string {
  if (value === undefined) {
    return muted;
  }
  return (value > 0 ? palette[0] : palette[3]) ?? muted;
}

function drawLabels(context: CanvasRenderingContext2D, cells: Cells, layout: PictureLayout, theme: Theme): void {
  context.font = `600 ${theme.fontSize}px ${theme.fontFamily}`;
  context.fillStyle = theme.foreground;
  context.textBaseline = "middle";
  let first = 0;
  for (const { label, columns } of cells.picture.blocks) {
    context.fillText(label, columnLeft(cells, layout, first), layout.top / 2, Math.max(columns * layout.side, 40));
    first += columns;
  }
}
