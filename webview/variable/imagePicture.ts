import type { ShownImage } from "../../src/variables/contract.js";
import { element } from "../shared/element.js";
import { bytesOf } from "./numbers.js";

/** Small images are enlarged to about this many CSS pixels. */
const usualSide = 320;

/** An image as it is, enlarged without blur where it is small. @throws RangeError where the pixels do not fill it */
export function imagePicture({ width, height, pixels, reducedBy }: ShownImage): HTMLElement {
  const bytes = new Uint8ClampedArray(bytesOf(pixels).buffer);
  if (bytes.length !== 4 * width * height) {
    throw new RangeError(`The image has ${bytes.length} bytes for ${width} x ${height} pixels. Open the variable again.`);
  }
  const canvas = element("canvas", { className: "image", label: `Image of ${width} x ${height} pixels` });
  canvas.setAttribute("role", "img");
  Object.assign(canvas, { width, height });
  canvas.style.width = `${width * Math.max(1, Math.floor(usualSide / Math.max(width, height)))}px`;
  canvas.getContext("2d")!.putImageData(new ImageData(bytes, width, height), 0, 0);
  const reduced = element("p", { className: "muted", text: `Shown at 1/${reducedBy} of its width and height.` });
  return element("figure", {}, reducedBy > 1 ? [canvas, reduced] : [canvas]);
}
