import { InvalidShapeError, largestCount, layerOf, type AcceleratorShape, type LayerShape, type Precision } from "./shape.js";

/** Where every figure of a preset comes from; shown beside it wherever it appears. */
export const presetSource =
  "as remembered from Ardakani et al., ICLR 2019 (65 nm, 400 MHz); not verified against the paper";

export const presetNames = ["full-precision", "low-power", "high-speed"] as const;
export type PresetName = (typeof presetNames)[number];

/** One accelerator of the paper's hardware table. */
export interface Preset {
  readonly name: PresetName;
  readonly precision: Precision;
  readonly macUnits: number;
  readonly clockMegahertz: number;
  /** Published figures, for comparison only: nothing is computed from them. */
  readonly published: { readonly gops: number; readonly squareMillimetres: number; readonly milliwatts: number };
  readonly source: typeof presetSource;
}

function preset(name: PresetName, precision: Precision, macUnits: number, published: Preset["published"]): Preset {
  return { name, precision, macUnits, clockMegahertz: 400, published, source: presetSource };
}

const reference = { gops: 80, squareMillimetres: 2.56, milliwatts: 336 };

/** At low power the MAC units are as many as in the reference; at high speed they fill about its area. */
export const presets: readonly Preset[] = [
  preset("full-precision", "full", 100, reference),
  preset("low-power", "full", 100, reference),
  preset("low-power", "binary", 100, { gops: 80, squareMillimetres: 0.24, milliwatts: 37 }),
  preset("low-power", "ternary", 100, { gops: 80, squareMillimetres: 0.42, milliwatts: 61 }),
  preset("high-speed", "binary", 1000, { gops: 800, squareMillimetres: 2.54, milliwatts: 347 }),
  preset("high-speed", "ternary", 500, { gops: 400, squareMillimetres: 2.16, milliwatts: 302 }),
];

/** @throws InvalidShapeError when the paper has no such accelerator */
export function findPreset(name: PresetName, precision: Precision): Preset {
  const found = presets.find((candidate) => candidate.name === name && candidate.precision === precision);
  if (!found) {
    const known = presets.map((candidate) => `${candidate.name} (${candidate.precision})`).join(", ");
    throw new InvalidShapeError(`No preset ${name} for ${precision} weights; there are ${known}.`);
  }
  return found;
}

/** The preset's MAC units, precision and clock for a layer of another size. */
export function shapeOf(layer: LayerShape, { macUnits, precision, clockMegahertz }: Preset): AcceleratorShape {
  return { ...layerOf(layer), macUnits, precision, clockMegahertz };
}

/**
 * The most MAC units that fit into an area, found by halving intervals: `areaOf` is asked about 40 times at most.
 * @param area in the unit of `areaOf`
 * @param areaOf area of an accelerator with so many MAC units; it must not fall as they grow
 * @returns 1 to 1,000,000
 * @throws RangeError when not even one fits
 */
export function largestMacUnitsWithin(area: number, areaOf: (macUnits: number) => number): number {
  const one = areaOf(1);
  if (!(one <= area)) {
    throw new RangeError(`An accelerator with one MAC unit takes ${one}, more than the area of ${area}; give a larger area.`);
  }
  let fits = 1;
  let tooMany = 2;
  while (tooMany <= largestCount && areaOf(tooMany) <= area) {
    fits = tooMany;
    tooMany *= 2;
  }
  tooMany = Math.min(tooMany, largestCount + 1);
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (areaOf(middle) <= area) {
      fits = middle;
    } else {
      tooMany = middle;
    }
  }
  return fits;
}
