/** Red, green and blue from 0 to 255, opacity from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
const known = new Map<string, Colour>();

/** Any CSS colour, as the browser paints it. */
export function colourOf(css: string): Colour {
  const before = known.get(css);
  if (before) {
    return before;
  }
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = "#000";
  pixel.fillStyle = css;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  const colour: Colour = [red!, green!, blue!, alpha! / 255];
  known.set(css, colour);
  return colour;
}

/** One colour painted over an opaque other. */
export function over([red, green, blue, alpha]: Colour, below: Colour): Colour {
  const mix = (top: number, bottom: number): number => top * alpha + bottom * (1 - alpha);
  return [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2]), 1];
}

/** WCAG 2.2, "relative luminance". */
function luminance([red, green, blue]: Colour): number {
  const linear = (part: number): number => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** WCAG 2.2, "contrast ratio", from 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [dark, bright] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (bright! + 0.05) / (dark! + 0.05);
}

/** The colour of most pixels of a part of a canvas, over what lies below the canvas. */
export function mostFrequent(data: Uint8ClampedArray, below: Colour): Colour {
  const counts = new Map<string, number>();
  for (let at = 0; at < data.length; at += 4) {
    const key = data.subarray(at, at + 4).join(",");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [key] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), ["0,0,0,0", 0]);
  const [red, green, blue, alpha] = key.split(",").map(Number);
  return over([red!, green!, blue!, alpha! / 255], below);
}
