import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { timing, type Timing } from "../../src/hardware/schedule/timing.js";
import type { Theme } from "../shared/theme.js";
import { rowName } from "./describe.js";
import { count } from "./numbers.js";
import { stageFill, stageNames, stages, type Stage } from "./palette.js";
import { rowSpans, tickStep } from "./rowSpans.js";
import type { ChartWindow } from "./state.js";
import { surfaceOf, write, type Surface } from "./surface.js";
import type { Size } from "./chartWindow.js";

/** Row names stand left of the plot, cycle numbers above it. */
export const plotLeft = 58;
export const plotTop = 20;

export const plotSize = (canvas: HTMLCanvasElement): Size => ({
  width: Math.max(1, canvas.clientWidth - plotLeft),
  height: Math.max(1, canvas.clientHeight - plotTop),
});

/** What the chart says about a place on hover; null outside the plot. */
export function chartText(shape: AcceleratorShape, window: ChartWindow, x: number, y: number): string | null {
  const plan = timing(shape);
  const cycle = Math.floor(window.firstCycle + (x - plotLeft) / window.pixelsPerCycle);
  const row = Math.floor(window.firstRow + (y - plotTop) / window.rowHeight);
  if (x < plotLeft || y < plotTop || row >= plan.rows || cycle >= plan.cyclesPerTimestep) {
    return null;
  }
  const span = rowSpans(shape, plan, row).find(({ from, to }) => cycle >= from && cycle < to);
  const place = `${rowName(shape, row)}, cycle ${count(cycle)}`;
  return span ? `${place}: ${stageNames[span.stage]} (cycles ${count(span.from)} to ${count(span.to - 1)})` : place;
}

/** Rows to draw, with their place and height: every row, or one per pixel when rows are thinner than that. */
function* visibleRows(window: ChartWindow, plan: Timing, height: number): Generator<{ row: number; y: number; high: number }> {
  const step = Math.max(1, 1 / window.rowHeight);
  const gap = window.rowHeight > 6 ? 2 : window.rowHeight > 3 ? 1 : 0;
  for (let at = Math.floor(window.firstRow); at < plan.rows; at += step) {
    const row = Math.floor(at);
    const y = plotTop + (row - window.firstRow) * window.rowHeight;
    if (y >= plotTop + height) {
      return;
    }
    yield { row, y, high: Math.max(1, window.rowHeight - gap) };
  }
}

/** Spans are gathered by stage, so that each fill is set once. */
function gather(surface: Surface, shape: AcceleratorShape, window: ChartWindow): Map<Stage, Path2D> {
  const plan = timing(shape);
  const paths = new Map(stages.map((stage) => [stage, new Path2D()]));
  const space = window.pixelsPerCycle > 5 ? 1 : 0;
  for (const { row, y, high } of visibleRows(window, plan, surface.height - plotTop)) {
    for (const { stage, from, to } of rowSpans(shape, plan, row)) {
      const left = Math.max(plotLeft, plotLeft + (from - window.firstCycle) * window.pixelsPerCycle);
      const right = Math.min(surface.width, plotLeft + (to - window.firstCycle) * window.pixelsPerCycle) - space;
      if (right > left) {
        const [top, tall] = stage === "wait" ? [y + high / 2 - 0.5, 1] : [y, high];
        paths.get(stage)?.rect(left, top, Math.max(right - left, Math.min(1, to - from)), tall);
      }
    }
  }
  return paths;
}

function drawLabels({ context, height }: Surface, theme: Theme, shape: AcceleratorShape, window: ChartWindow): void {
  const plan = timing(shape);
  let free = plotTop - 8;
  for (const { row, y, high } of visibleRows(window, plan, height - plotTop)) {
    const middle = y + high / 2;
    if (middle - free >= 13 && middle < height - 5) {
      write(context, theme, rowName(shape, row), plotLeft - 8, middle, { colour: theme.muted, size: 11, mono: true, align: "right" });
      free = middle;
    }
  }
}

interface CursorLabel {
  readonly text: string;
  readonly left: number;
  readonly width: number;
}

/** The x of the current cycle's line, in pixels; undefined when it is outside of the plot. */
function cursorX({ width }: Surface, window: ChartWindow, cycle: number): number | undefined {
  const x = plotLeft + (cycle + 0.5 - window.firstCycle) * window.pixelsPerCycle;
  return x < plotLeft || x > width ? undefined : x;
}

function cursorLabel({ context, width }: Surface, theme: Theme, x: number, cycle: number): CursorLabel {
  const text = count(cycle);
  context.font = `600 11px ${theme.fontFamily}`;
  const wide = context.measureText(text).width + 10;
  return { text, width: wide, left: Math.min(width - wide, Math.max(plotLeft, x - wide / 2)) };
}

/** @param taken the cursor's own number, which no other may lie below */
function drawTicks({ context, width, height }: Surface, theme: Theme, shape: AcceleratorShape, window: ChartWindow, taken: CursorLabel | undefined): void {
  const step = tickStep(window.pixelsPerCycle);
  const last = Math.min(timing(shape).cyclesPerTimestep, window.firstCycle + (width - plotLeft) / window.pixelsPerCycle);
  for (let cycle = Math.ceil(window.firstCycle / step) * step; cycle <= last; cycle += step) {
    const x = plotLeft + (cycle - window.firstCycle) * window.pixelsPerCycle;
    context.fillStyle = theme.grid;
    context.globalAlpha = 0.35;
    context.fillRect(x, plotTop, 1, height - plotTop);
    context.globalAlpha = 1;
    const isFree = taken === undefined || x > taken.left + taken.width || x + 44 < taken.left;
    if (x < width - 44 && isFree) {
      write(context, theme, count(cycle), x + 3, 9, { colour: theme.muted, size: 10.5 });
    }
  }
}

function drawCursor({ context, height }: Surface, theme: Theme, x: number, { text, left, width }: CursorLabel): void {
  context.fillStyle = theme.foreground;
  context.fillRect(x - 1, plotTop - 4, 2, height - plotTop + 4);
  context.fillRect(left, 1, width, 16);
  write(context, theme, text, left + width / 2, 9.5, { colour: theme.background, size: 11, bold: true, align: "center" });
}

/** Gate rows over cycles: each row's stages, as far as they are in the window, and a cursor at the current cycle. */
export function drawChart(canvas: HTMLCanvasElement, theme: Theme, shape: AcceleratorShape, window: ChartWindow, cycle: number): void {
  const surface = surfaceOf(canvas);
  const { context, width, height } = surface;
  const x = cursorX(surface, window, cycle);
  const label = x === undefined ? undefined : cursorLabel(surface, theme, x, cycle);
  drawTicks(surface, theme, shape, window, label);
  drawLabels(surface, theme, shape, window);
  context.save();
  context.beginPath();
  context.rect(plotLeft, plotTop, width - plotLeft, height - plotTop);
  context.clip();
  for (const [stage, path] of gather(surface, shape, window)) {
    context.fillStyle = stageFill(context, theme, stage);
    context.globalAlpha = stage === "wait" ? 0.45 : 1;
    context.fill(path);
  }
  context.restore();
  if (x !== undefined && label) {
    drawCursor(surface, theme, x, label);
  }
}

/** One swatch of the legend. */
export function drawSwatch(canvas: HTMLCanvasElement, theme: Theme, stage: Stage): void {
  const { context, width, height } = surfaceOf(canvas);
  context.fillStyle = stageFill(context, theme, stage);
  const [top, tall] = stage === "wait" ? [Math.floor(height / 2) - 1, 2] : [0, height];
  context.fillRect(0, top, width, tall);
}
