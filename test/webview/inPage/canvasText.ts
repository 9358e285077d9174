import type { Box } from "./boxes.js";

/** A line that was written on a canvas, and what lay below it. */
export interface CanvasText {
  readonly text: string;
  /** In pixels of the canvas. */
  readonly box: Box;
  /** Height of the font in pixels of the canvas. */
  readonly size: number;
  readonly colour: string;
  readonly alpha: number;
  readonly below: Uint8ClampedArray;
}

declare global {
  interface HTMLCanvasElement {
    /** Written since the canvas was last cleared. */
    writtenTexts?: CanvasText[];
  }
}

function boxOf(context: CanvasRenderingContext2D, text: string, x: number, y: number, maxWidth: number | undefined): Box {
  const { actualBoundingBoxLeft, actualBoundingBoxRight, actualBoundingBoxAscent, actualBoundingBoxDescent, width } = context.measureText(text);
  const squeeze = maxWidth === undefined ? 1 : Math.min(1, maxWidth / Math.max(width, 1e-6));
  const corner = (dx: number, dy: number): DOMPoint => context.getTransform().transformPoint({ x: x + dx, y: y + dy });
  const from = corner(-actualBoundingBoxLeft * squeeze, -actualBoundingBoxAscent);
  const to = corner(actualBoundingBoxRight * squeeze, actualBoundingBoxDescent);
  return { left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), right: Math.max(from.x, to.x), bottom: Math.max(from.y, to.y) };
}

function note(context: CanvasRenderingContext2D, text: string, x: number, y: number, maxWidth: number | undefined): void {
  const { canvas } = context;
  const box = boxOf(context, text, x, y, maxWidth);
  const [left, top] = [Math.max(0, Math.floor(box.left)), Math.max(0, Math.floor(box.top))];
  const [width, height] = [Math.ceil(box.right) - left, Math.ceil(box.bottom) - top];
  if (width <= 0 || height <= 0 || text.trim() === "") {
    return;
  }
  const { a, b } = context.getTransform();
  const size = Number(/([\d.]+)px/.exec(context.font)?.[1]) * Math.hypot(a, b);
  const below = context.getImageData(left, top, width, height).data;
  const written: CanvasText = { text, box, size, colour: String(context.fillStyle), alpha: context.globalAlpha, below };
  canvas.writtenTexts = [...(canvas.writtenTexts ?? []), written];
}

/** Notes what is written on every canvas from now on; a page has no other way to tell. */
export function followCanvasTexts(): void {
  const { prototype } = CanvasRenderingContext2D;
  const { fillText, clearRect } = prototype;
  prototype.fillText = function (text, x, y, maxWidth) {
    note(this, text, x, y, maxWidth);
    return maxWidth === undefined ? fillText.call(this, text, x, y) : fillText.call(this, text, x, y, maxWidth);
  };
  prototype.clearRect = function (...rectangle) {
    this.canvas.writtenTexts = [];
    return clearRect.apply(this, rectangle);
  };
}
