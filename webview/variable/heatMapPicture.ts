import type { ShownHeatMap } from "../../src/variables/contract.js";
import { cellFill } from "../rom/cellColours.js";
import { element } from "../shared/element.js";
import { onThemeChange, readTheme } from "../shared/theme.js";
import { heatMapLegend } from "./heatMapLegend.js";
import { bytesOf, numberText } from "./numbers.js";

interface Cell {
  readonly row: number;
  readonly column: number;
}

const steps: Readonly<Record<string, Cell>> = {
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
};

const mostSide = 24;

/** A cell for each number of a matrix, or for the mean of a block: one colour above 0, another below, stronger the further away. */
export class HeatMapPicture {
  readonly element: HTMLElement;
  private readonly canvas = element("canvas", { className: "heat-map" });
  private readonly legend = element("div", { className: "legend", label: "Legend" });
  private readonly told = element("p", { className: "told", text: "Point at a cell to read it." });
  private readonly values: Float32Array;
  private side = 1;
  private cursor: Cell | undefined;

  /** @throws RangeError where the values do not fill it */
  constructor(private readonly map: ShownHeatMap) {
    const { rows, columns } = map;
    this.values = new Float32Array(bytesOf(map.values).buffer);
    if (this.values.length !== rows * columns) {
      throw new RangeError(`The heat map has ${this.values.length} values for ${rows} x ${columns} cells. Open the variable again.`);
    }
    this.legend.setAttribute("role", "group");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `Heat map of ${rows} rows and ${columns} columns. Arrow keys read single cells.`);
    this.told.setAttribute("aria-live", "polite");
    this.element = element("div", {}, [this.legend, this.canvas, this.told]);
    this.canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => this.point({ row: Math.floor(offsetY / this.side), column: Math.floor(offsetX / this.side) }));
    this.canvas.addEventListener("keydown", (event) => this.step(event));
    this.follow();
  }

  /** Draws anew with the page's width and theme, until the picture has left the page. */
  private follow(): void {
    const stop = (): void => {
      sizes.disconnect();
      forgetTheme();
    };
    const draw = (): void => (this.element.isConnected ? this.draw() : stop());
    const sizes = new ResizeObserver(draw);
    const forgetTheme = onThemeChange(draw);
    sizes.observe(this.element);
  }

  private step(event: KeyboardEvent): void {
    const by = steps[event.key];
    if (by !== undefined) {
      event.preventDefault();
      const { row, column } = this.cursor ?? { row: -by.row, column: -by.column };
      this.point({ row: clamp(row + by.row, this.map.rows), column: clamp(column + by.column, this.map.columns) });
    }
  }

  private point(cell: Cell): void {
    const { rows, columns } = this.map;
    if (cell.row < rows && cell.column < columns && (cell.row !== this.cursor?.row || cell.column !== this.cursor.column)) {
      this.cursor = cell;
      this.draw();
      this.told.textContent = this.words(cell);
    }
  }

  private words({ row, column }: Cell): string {
    const { rowsPerCell, columnsPerCell } = this.map;
    const value = this.at(row, column);
    const text = Number.isNaN(value) ? "no number" : numberText(value);
    return `row ${place(row, rowsPerCell)}, column ${place(column, columnsPerCell)}: ${text}`;
  }

  private at(row: number, column: number): number {
    return this.values[row * this.map.columns + column]!;
  }

  private draw(): void {
    const { rows, columns, greatest } = this.map;
    if (this.element.clientWidth === 0) {
      return;
    }
    const room = this.element.clientWidth / columns;
    this.side = room >= 1 ? Math.min(mostSide, Math.floor(room)) : room;
    const { canvas, side } = this;
    const ratio = window.devicePixelRatio;
    Object.assign(canvas, { width: Math.round(columns * side * ratio), height: Math.round(rows * side * ratio) });
    canvas.style.width = `${columns * side}px`;
    canvas.style.height = `${rows * side}px`;
    const context = canvas.getContext("2d")!;
    const theme = readTheme();
    this.legend.replaceChildren(...heatMapLegend(this.map, theme));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, columns * side, rows * side);
    this.values.forEach((value, index) => {
      const fill = cellFill(Number.isNaN(value) ? undefined : value, greatest || 1, theme);
      if (fill !== undefined) {
        context.globalAlpha = fill.opacity;
        context.fillStyle = fill.colour;
        context.fillRect((index % columns) * side, Math.floor(index / columns) * side, side, side);
      }
    });
    context.globalAlpha = 1;
    if (this.cursor) {
      context.strokeStyle = theme.focus;
      context.lineWidth = 2;
      context.strokeRect(this.cursor.column * side, this.cursor.row * side, side, side);
    }
  }
}

function clamp(value: number, count: number): number {
  return Math.min(count - 1, Math.max(0, value));
}

/** "3", or of a block "6 to 7". */
function place(index: number, size: number): string {
  return size === 1 ? String(index) : `${index * size} to ${(index + 1) * size - 1}`;
}
