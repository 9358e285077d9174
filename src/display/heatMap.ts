import { escapeHtml } from "../text/markup.js";
import { printableLine } from "../text/printable.js";
import { png } from "./png.js";

/** Values of U units at T timesteps. */
export interface HeatMap {
  readonly title: string;
  readonly timesteps: number;
  readonly units: number;
  /** [T, U] */
  readonly values: Float32Array;
}

/** Timesteps and units that are drawn; those beyond are said to be left out. */
const most = { timesteps: 512, units: 512 } as const;
/** Blue and orange, which red-green blindness tells apart; nothing is transparent, so that 0 is the page's own colour. */
const negative = [63, 135, 207] as const;
const positive = [217, 115, 13] as const;

/** A picture of one column for each timestep and one row for each unit: orange above 0, blue below, transparent at 0. */
export function heatMapHtml(map: HeatMap): string {
  const { title, values } = map;
  const [width, height] = [Math.min(map.timesteps, most.timesteps), Math.min(map.units, most.units)];
  const largest = values.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0);
  const image = png(width, height, pixelsOf(map, width, height, largest)).toString("base64");
  const left = [
    ...(width < map.timesteps ? [`the first ${width} of ${map.timesteps} timesteps`] : []),
    ...(height < map.units ? [`the first ${height} of ${map.units} units`] : []),
  ];
  const caption = escapeHtml(printableLine([title, ...left].join(", ")));
  const range = `from -${largest.toFixed(2)} (blue) over 0 to ${largest.toFixed(2)} (orange)`;
  // Small ones are enlarged without blur; wide ones fit the page.
  const size = `width:${Math.max(width, Math.min(640, 8 * width))}px;max-width:100%;height:${Math.max(height, Math.min(256, 8 * height))}px`;
  return (
    `<figure style="margin:4px 0"><figcaption><b>${caption}</b>; ${range}</figcaption>` +
    `<img alt="${caption}: a row for each unit, a column for each timestep" src="data:image/png;base64,${image}" style="${size};image-rendering:pixelated;border:1px solid var(--vscode-panel-border, #8080804d)">` +
    "<div>unit 0 at the top; timestep 0 at the left</div></figure>"
  );
}

function pixelsOf({ units, values }: HeatMap, width: number, height: number, largest: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 4);
  for (let timestep = 0; timestep < width; timestep++) {
    for (let unit = 0; unit < height; unit++) {
      const value = values[timestep * units + unit]!;
      const strength = largest === 0 ? 0 : Math.round((255 * Math.abs(value)) / largest);
      pixels.set([...(value < 0 ? negative : positive), strength], 4 * (unit * width + timestep));
    }
  }
  return pixels;
}
