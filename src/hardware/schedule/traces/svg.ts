import { scheduleSvg } from "../figure.js";
import type { AcceleratorShape } from "../shape.js";

const layerHeight = 222;
const width = 760;

/**
 * One timestep of each layer as a picture, the layer at the input on top.
 * @throws InvalidShapeError
 */
export function svg(shapes: readonly AcceleratorShape[]): string {
  const height = layerHeight * shapes.length;
  const layers = shapes.map((shape, layer) => `<g transform="translate(0 ${layer * layerHeight})">${scheduleSvg(shape)}</g>`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
    `${layers.join("\n")}</svg>\n`
  );
}
