import type { Theme } from "../shared/theme.js";

/**
 * A canvas as it is on the screen, in its device pixels, on the theme's background: the canvas itself is transparent.
 * @returns a PNG file, in base64
 */
export function pictureOf(canvas: HTMLCanvasElement, theme: Theme): string {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext("2d")!;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return copy.toDataURL("image/png").replace(/^.*,/, "");
}

/** A name that every file system takes. @param title of a run or preset */
export function pictureName(title: string): string {
  return `${title.replace(/[^\p{Letter}\p{Number}]+/gu, "-").replace(/^-|-$/g, "")}-schedule.png`;
}
