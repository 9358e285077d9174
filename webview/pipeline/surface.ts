import type { Theme } from "../shared/theme.js";

/** A canvas ready to draw on, in CSS pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}

/** Fits the canvas's pixels to its place on the page and clears it. */
export function surfaceOf(canvas: HTMLCanvasElement): Surface {
  const ratio = window.devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const pixels = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
  if (canvas.width !== pixels.width || canvas.height !== pixels.height) {
    Object.assign(canvas, pixels);
  }
  const context = canvas.getContext("2d");
  if (context === null) {
    throw new Error("This editor offers no 2D canvas.");
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

export interface TextOptions {
  readonly colour: string;
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly align?: CanvasTextAlign;
  readonly maxWidth?: number;
}

/** Writes one line, its middle at y. */
export function write(context: CanvasRenderingContext2D, theme: Theme, text: string, x: number, y: number, options: TextOptions): void {
  const { colour, size = theme.fontSize - 1, bold = false, mono = false, align = "left", maxWidth } = options;
  context.font = `${bold ? "600 " : ""}${size}px ${mono ? "monospace" : theme.fontFamily}`;
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.fillText(text, x, y, maxWidth);
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws a rectangle with round corners into the path. */
export function roundRect(context: CanvasRenderingContext2D, { x, y, width, height }: Rect, radius: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}

export const contains = ({ x, y, width, height }: Rect, px: number, py: number): boolean =>
  px >= x && px < x + width && py >= y && py < y + height;
