import type { ShownHeatMap, ShownImage } from "../../src/variables/contract.js";
import { asMatrix, type Numbers } from "./numbers.js";

/** Cells of a heat map each way: 64 kB of Float32. */
const mostCells = 128;
/** Pixels of an image: 120 kB of RGBA. */
const mostPixels = 30_000;

/** The mean of a block of a matrix, of its finite numbers; NaN where there is none. */
function blockMean(values: ArrayLike<number>, width: number, top: number, left: number, height: number, across: number): number {
  let [sum, count] = [0, 0];
  for (let row = top; row < top + height; row++) {
    for (let column = left; column < left + across; column++) {
      const value = values[row * width + column]!;
      if (Number.isFinite(value)) {
        sum += value;
        count += 1;
      }
    }
  }
  return count === 0 ? NaN : sum / count;
}

/** A matrix in at most 128 rows and columns, each cell the mean of a block. */
export function heatMapOf(numbers: Numbers): ShownHeatMap {
  const { values, rows, columns } = asMatrix(numbers);
  const [rowsPerCell, columnsPerCell] = [Math.max(1, Math.ceil(rows / mostCells)), Math.max(1, Math.ceil(columns / mostCells))];
  const [height, width] = [Math.ceil(rows / rowsPerCell), Math.ceil(columns / columnsPerCell)];
  const cells = new Float32Array(height * width);
  let greatest = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [top, left] = [row * rowsPerCell, column * columnsPerCell];
      const mean = blockMean(values, columns, top, left, Math.min(rowsPerCell, rows - top), Math.min(columnsPerCell, columns - left));
      cells[row * width + column] = mean;
      greatest = Math.max(greatest, Number.isNaN(mean) ? 0 : Math.abs(cells[row * width + column]!));
    }
  }
  const text = Buffer.from(cells.buffer).toString("base64");
  // A mean beyond the range of Float32 is infinite there.
  return { kind: "heat map", rows: height, columns: width, values: text, rowsPerCell, columnsPerCell, greatest: Math.min(greatest, Number.MAX_VALUE) };
}

/** Images [height, width, channels] in a row; `channels` is 1, 3 or 4. */
export interface Images {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: ArrayLike<number>;
  /** The value that is fully bright: 1 or 255. */
  readonly full: number;
}

/**
 * How numbers are read as images: [h, w, 1 | 3 | 4], a batch of those, or [h, w]; of values from 0 to 1 or from 0 to 255. Undefined
 * for others.
 */
export function imagesOf({ shape, values }: Numbers, least: number, greatest: number): Images | undefined {
  const sizes = imageSizes(shape);
  const isBright = least >= 0 && greatest <= 255;
  return sizes && isBright ? { ...sizes, values, full: greatest <= 1 ? 1 : 255 } : undefined;
}

function imageSizes(shape: readonly number[]): Pick<Images, "images" | "height" | "width" | "channels"> | undefined {
  const whole = shape.length === 2 ? [1, ...shape, 1] : shape.length === 3 ? [1, ...shape] : shape;
  const [images, height, width, channels] = whole as [number, number, number, number];
  return whole.length === 4 && [1, 3, 4].includes(channels) && Math.min(height, width) > 1 ? { images, height, width, channels } : undefined;
}

/** One image of a batch, reduced by means of blocks to at most 30,000 pixels. */
export function imageOf({ images, height, width, channels, values, full }: Images, wanted: number): ShownImage {
  const image = Math.min(wanted, images - 1);
  const reducedBy = Math.max(1, Math.ceil(Math.sqrt((height * width) / mostPixels)), Math.ceil(Math.max(height, width) / mostPixels));
  const [shownHeight, shownWidth] = [Math.floor(height / reducedBy) || 1, Math.floor(width / reducedBy) || 1];
  const planes = Array.from({ length: channels }, (_, channel) => planeOf(values, image * height * width, height * width, channels, channel));
  const pixels = new Uint8ClampedArray(4 * shownHeight * shownWidth);
  for (let y = 0; y < shownHeight; y++) {
    for (let x = 0; x < shownWidth; x++) {
      const [down, across] = [Math.min(reducedBy, height), Math.min(reducedBy, width)];
      const means = planes.map((plane) => (255 / full) * blockMean(plane, width, y * down, x * across, down, across));
      const [red = 0, green = red, blue = red, alpha = 255] = means;
      pixels.set([red, green, blue, alpha], 4 * (y * shownWidth + x));
    }
  }
  const range = { first: image, shown: 1, total: images };
  return { kind: "image", width: shownWidth, height: shownHeight, pixels: Buffer.from(pixels.buffer).toString("base64"), reducedBy, image: range };
}

function planeOf(values: ArrayLike<number>, firstPixel: number, pixels: number, channels: number, channel: number): Float32Array {
  return Float32Array.from({ length: pixels }, (_, pixel) => values[(firstPixel + pixel) * channels + channel]!);
}
