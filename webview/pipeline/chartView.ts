import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { timing } from "../../src/hardware/schedule/timing.js";
import { button } from "../shared/controls.js";
import type { Theme } from "../shared/theme.js";
import { card } from "./card.js";
import { chartText, drawChart, drawSwatch, plotLeft, plotSize, plotTop } from "./chart.js";
import { bounded, closeUp, following, panned, whole, zoomed } from "./chartWindow.js";
import { rowName } from "./describe.js";
import { count } from "./numbers.js";
import { stageNames, stages, type Stage } from "./palette.js";
import { pictureOf } from "./picture.js";
import type { ChartWindow } from "./state.js";
import type { Tooltip } from "./tooltip.js";
import type { Dispatch } from "./transport.js";

const zoomStep = 1.4;
const panStep = 60;

/** The schedule chart with its legend, zoom and pan. */
export class ChartView {
  readonly element: HTMLElement;
  private readonly canvas = document.createElement("canvas");
  private readonly swatches = new Map<Stage, HTMLCanvasElement>();
  private readonly resetItem = document.createElement("li");
  private readonly description = document.createElement("p");
  private shape: AcceleratorShape | null = null;
  private window: ChartWindow | null = null;
  private shownCycle = -1;

  constructor(
    private readonly dispatch: Dispatch,
    private readonly tooltip: Tooltip,
    private readonly onSavePicture: () => void,
  ) {
    const { element, heading } = card("schedule", "Schedule · rows are gate rows, columns are cycles");
    this.element = element;
    const bar = document.createElement("div");
    bar.className = "card-bar";
    bar.append(heading, this.legend(), this.zoomButtons());
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-describedby", "schedule-description");
    this.canvas.setAttribute("aria-label", "Schedule chart: plus and minus zoom, Shift and arrows pan");
    this.description.id = "schedule-description";
    this.description.className = "visually-hidden";
    const hint = document.createElement("p");
    hint.className = "muted hint";
    hint.textContent = "Drag to move, Ctrl or ⌘ and wheel to zoom, double click to go to a cycle.";
    element.append(bar, hint, this.canvas, this.description);
    this.listen();
  }

  private legend(): HTMLElement {
    const list = document.createElement("ul");
    list.className = "legend";
    list.setAttribute("aria-label", "Stages");
    for (const stage of stages) {
      const item = stage === "reset" ? this.resetItem : document.createElement("li");
      const swatch = document.createElement("canvas");
      swatch.setAttribute("aria-hidden", "true");
      this.swatches.set(stage, swatch);
      item.append(swatch, stageNames[stage]);
      list.append(item);
    }
    return list;
  }

  private zoomButtons(): HTMLElement {
    const group = document.createElement("div");
    group.className = "zoom";
    group.append(
      button({ text: "−", label: "Zoom out", onPress: () => this.zoom(1 / zoomStep) }),
      button({ text: "+", label: "Zoom in", onPress: () => this.zoom(zoomStep) }),
      button({ text: "fit", label: "Show the whole timestep", onPress: () => this.fit() }),
      button({ text: "Save picture", label: "Save picture of the schedule as PNG", onPress: () => this.onSavePicture() }),
    );
    return group;
  }

  private listen(): void {
    const { canvas } = this;
    canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) {
        this.pan(-event.movementX, -event.movementY);
      }
      const text = this.shape && this.window && chartText(this.shape, this.window, event.offsetX, event.offsetY);
      this.tooltip.show(text, event);
    });
    canvas.addEventListener("pointerleave", () => this.tooltip.hide());
    canvas.addEventListener("dblclick", (event) => this.seek(event));
    canvas.addEventListener("keydown", (event) => this.onKey(event));
  }

  private seek(event: MouseEvent): void {
    if (this.window) {
      const cycle = this.window.firstCycle + (event.offsetX - plotLeft) / this.window.pixelsPerCycle;
      this.dispatch({ type: "seek", cycle: Math.max(0, Math.floor(cycle)) });
    }
  }

  /** Ctrl and wheel zoom, Shift and wheel move through time, as everywhere; the wheel alone scrolls the page. */
  private onWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const at = { x: event.offsetX - plotLeft, y: event.offsetY - plotTop };
      this.zoom(Math.exp(-event.deltaY / 300), at);
    } else if (event.shiftKey) {
      event.preventDefault();
      this.pan(event.deltaY || event.deltaX, 0);
    }
  }

  private onKey(event: KeyboardEvent): void {
    const keys: Record<string, () => void> = {
      "+": () => this.zoom(zoomStep),
      "=": () => this.zoom(zoomStep),
      "-": () => this.zoom(1 / zoomStep),
    };
    const shifted: Record<string, () => void> = {
      ArrowLeft: () => this.pan(-panStep, 0),
      ArrowRight: () => this.pan(panStep, 0),
      ArrowUp: () => this.pan(0, -panStep),
      ArrowDown: () => this.pan(0, panStep),
    };
    const act = event.shiftKey ? (shifted[event.key] ?? keys[event.key]) : keys[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }

  private zoom(factor: number, at?: { x: number; y: number }): void {
    if (this.shape && this.window) {
      const size = plotSize(this.canvas);
      const centre = at ?? { x: size.width / 2, y: size.height / 2 };
      this.move(zoomed(this.window, factor, centre, this.shape, size));
    }
  }

  private pan(dx: number, dy: number): void {
    if (this.shape && this.window) {
      this.move(panned(this.window, dx, dy, this.shape, plotSize(this.canvas)));
    }
  }

  private fit(): void {
    if (this.shape) {
      this.move(whole(this.shape, plotSize(this.canvas)));
    }
  }

  private move(window: ChartWindow): void {
    this.window = window;
    this.dispatch({ type: "chart", window });
  }

  /** @param window null: a close-up of the groups at the cycle; else as the reader left it, until the cycle moves out of it */
  show(theme: Theme, shape: AcceleratorShape, window: ChartWindow | null, cycle: number): void {
    this.shape = shape;
    this.resetItem.hidden = shape.reset === undefined;
    const size = plotSize(this.canvas);
    const base = window ? bounded(window, shape, size) : closeUp(shape, size);
    const moved = cycle !== this.shownCycle;
    this.window = moved || window === null ? following(base, cycle, shape, size) : base;
    this.shownCycle = cycle;
    if (moved && window && this.window !== base) {
      this.move(this.window);
    }
    drawChart(this.canvas, theme, shape, this.window, cycle);
    for (const [stage, swatch] of this.swatches) {
      if (stage !== "reset" || !this.resetItem.hidden) {
        drawSwatch(swatch, theme, stage);
      }
    }
    this.describe(shape, size.width, size.height, this.window);
  }

  /** The chart as shown last. @returns a PNG file, in base64 */
  picture(theme: Theme): string {
    return pictureOf(this.canvas, theme);
  }

  private describe(shape: AcceleratorShape, width: number, height: number, window: ChartWindow): void {
    const { rows, cyclesPerTimestep } = timing(shape);
    const lastRow = Math.min(rows - 1, Math.floor(window.firstRow + height / window.rowHeight));
    const lastCycle = Math.min(cyclesPerTimestep - 1, Math.floor(window.firstCycle + width / window.pixelsPerCycle));
    const firstRow = Math.floor(window.firstRow);
    this.description.textContent =
      `Shows rows ${rowName(shape, firstRow)} to ${rowName(shape, lastRow)} of ${count(rows)}, ` +
      `cycles ${count(Math.floor(window.firstCycle))} to ${count(lastCycle)} of ${count(cyclesPerTimestep)}.`;
  }
}
