import { escapeHtml } from "../text/markup.js";
import { extentOf } from "../numbers/extent.js";

/** One axis: what it tells, and the numbers along it. */
export interface Axis {
  readonly name: string;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Stands beside the point. */
  readonly label: string;
  /** Drawn full and joined to its like by a line; others are rings. */
  readonly isMarked: boolean;
}

export interface ScatterPlot {
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly ScatterPoint[];
}

const width = 350;
const height = 260;
const plot = { left: 58, right: 334, top: 24, bottom: 214 };

/** Middle tones, which read on white and on dark pages alike. */
const colours = { text: "#7d7d7d", grid: "#8080804d", mark: "#3f87cf", ring: "#8a8a8a" };

/**
 * Points in one or more squares beside each other, as one `<svg>` element without scripts, styles, ids or references.
 * @param title names it for screen readers
 */
export function scatterSvg(title: string, plots: readonly ScatterPlot[]): string {
  const all = plots.map((one, index) => `<g transform="translate(${index * width} 0)">${square(one).join("")}</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * plots.length} ${height}" width="${width * plots.length}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="${colours.text}">`,
    `<title>${escapeHtml(title)}</title>`,
    ...all,
    "</svg>",
  ].join("");
}

function square({ x, y, points }: ScatterPlot): string[] {
  const across = scale([...points.map((point) => point.x), ...x.ticks.map(({ value }) => value)], plot.left, plot.right);
  const up = scale([...points.map((point) => point.y), ...y.ticks.map(({ value }) => value)], plot.bottom, plot.top);
  const place = (point: ScatterPoint): string => `${across(point.x).toFixed(1)},${up(point.y).toFixed(1)}`;
  const marked = points.filter(({ isMarked }) => isMarked).toSorted((one, other) => one.x - other.x || one.y - other.y);
  return [
    ...y.ticks.map(({ value, text }) => {
      const at = up(value).toFixed(1);
      return `<line x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}" stroke="${colours.grid}"/><text x="${plot.left - 8}" y="${at}" dy="0.35em" text-anchor="end">${escapeHtml(text)}</text>`;
    }),
    ...x.ticks.map(({ value, text }) => `<text x="${across(value).toFixed(1)}" y="${plot.bottom + 18}" text-anchor="middle">${escapeHtml(text)}</text>`),
    `<text x="${plot.left - 50}" y="12">${escapeHtml(y.name)}</text>`,
    `<text x="${(plot.left + plot.right) / 2}" y="${height - 8}" text-anchor="middle">${escapeHtml(x.name)}</text>`,
    `<polyline points="${marked.map(place).join(" ")}" fill="none" stroke="${colours.mark}" stroke-width="1.5" stroke-dasharray="4 3"/>`,
    ...points.map((point) => dot(across(point.x), up(point.y), point)),
  ];
}

function dot(x: number, y: number, { label, isMarked }: ScatterPoint): string {
  const look = isMarked ? `fill="${colours.mark}"` : `fill="none" stroke="${colours.ring}" stroke-width="1.5"`;
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4" ${look}/><text x="${(x + 7).toFixed(1)}" y="${(y - 6).toFixed(1)}" font-size="10">${escapeHtml(label)}</text>`;
}

/** Equal values lie in the middle. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const { least: low, most: high } = extentOf(values);
  return (value) => (high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from));
}
