import type { RunSnapshot } from "./runViews.js";
import { decimatedIndices } from "./decimate.js";
import { inWords, measures, type Measure } from "./measures.js";
import { escapeHtml } from "../text/markup.js";
import { extentOf } from "../numbers/extent.js";

/**
 * Colours of the picture: `neutral` reads on white and on dark pages alike and needs nothing around it, so it can be
 * saved in a notebook; `css-variables` follows the editor's theme and falls back to the neutral colours.
 */
export type CurveTheme = "neutral" | "css-variables";

type Point = readonly [x: number, y: number];

interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Numbers along the axes. */
  ticks: { x: number; y: number };
}

/** `wide` fits a cell's output, `narrow` a side bar; text keeps its size in both. */
const frames = {
  wide: { width: 720, height: 250, left: 46, right: 704, top: 38, bottom: 214, ticks: { x: 6, y: 5 } },
  narrow: { width: 300, height: 190, left: 42, right: 292, top: 34, bottom: 154, ticks: { x: 3, y: 4 } },
} satisfies Record<string, Frame>;
export type CurveSize = keyof typeof frames;

/** Points drawn of one curve at most. */
const mostPoints = 440;

/** Middle tones: contrast of at least 3:1 against both white and VS Code's dark background. */
const neutralColours = { text: "#7d7d7d", grid: "#8080804d", train: "#3f87cf", validation: "#d9730d" };
const themedColours: typeof neutralColours = {
  text: `var(--vscode-descriptionForeground, ${neutralColours.text})`,
  grid: `var(--vscode-panel-border, ${neutralColours.grid})`,
  train: `var(--vscode-charts-blue, ${neutralColours.train})`,
  // VS Code derives this colour from that of search matches, which lets the background through in most themes.
  validation: `rgb(from var(--vscode-charts-orange, ${neutralColours.validation}) r g b / 1)`,
};

/** Round numbers inside [low, high], about `count` of them. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) {
    return [low];
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const spacing = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(low / spacing - 1e-9);
  const last = Math.floor(high / spacing + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * spacing);
}

interface Scales {
  x(step: number): number;
  y(figure: number): number;
  lowX: number;
  highX: number;
  lowY: number;
  highY: number;
}

function scalesOf(points: readonly Point[], steps: number, plot: Frame): Scales {
  const values = points.map(([, y]) => y);
  const { least: lowest, most: highest } = extentOf(values);
  const margin = Math.max((highest - lowest) * 0.06, 0.01 * Math.abs(highest), 1e-6);
  const [lowX, highX] = [0, points.reduce((most, [x]) => Math.max(most, x), Math.max(1, steps))];
  const [lowY, highY] = [lowest - margin, highest + margin];
  return {
    x: (step) => plot.left + ((step - lowX) / (highX - lowX)) * (plot.right - plot.left),
    y: (figure) => plot.bottom - ((figure - lowY) / (highY - lowY)) * (plot.bottom - plot.top),
    lowX,
    highX,
    lowY,
    highY,
  };
}

function pointsOf(curve: { step: number[]; figure: number[] }): Point[] {
  return curve.step.map((step, index): Point => [step, curve.figure[index]!]).filter(([, figure]) => Number.isFinite(figure));
}

/** The `points` attribute of the curve's line. */
function polyline(points: readonly Point[], scales: Scales): string {
  const drawn = decimatedIndices(points.map(([, figure]) => figure), mostPoints).map((index) => points[index]!);
  return drawn.map(([x, y]) => `${scales.x(x).toFixed(1)},${scales.y(y).toFixed(1)}`).join(" ");
}

function axes(scales: Scales, { name, tick }: Measure, colours: typeof neutralColours, plot: Frame): string[] {
  const horizontal = roundTicks(scales.lowY, scales.highY, plot.ticks.y).flatMap((value) => {
    const y = scales.y(value).toFixed(1);
    return [
      `<line x1="${plot.left}" x2="${plot.right}" y1="${y}" y2="${y}" stroke="${colours.grid}"/>`,
      `<text x="${plot.left - 8}" y="${y}" dy="0.35em" text-anchor="end">${tick(value)}</text>`,
    ];
  });
  const vertical = roundTicks(scales.lowX, scales.highX, plot.ticks.x).map((value) => {
    const anchor = value === scales.lowX ? "start" : scales.x(value) > plot.right - 20 ? "end" : "middle";
    const x = scales.x(value).toFixed(1);
    return `<text x="${x}" y="${plot.bottom + 17}" text-anchor="${anchor}">${value.toLocaleString("en").replaceAll(",", "\u202f")}</text>`;
  });
  const names = [
    `<text x="${plot.left - 26}" y="${plot.top - 12}">${name}</text>`,
    `<text x="${(plot.left + plot.right) / 2}" y="${plot.height - 5}" text-anchor="middle">step</text>`,
  ];
  return [...horizontal, ...vertical, ...names];
}

function legend(colours: typeof neutralColours, plot: Frame): string[] {
  const y = plot.top - 16;
  const validation = plot.right - 78;
  const train = validation - 84;
  return [
    `<line x1="${train}" x2="${train + 20}" y1="${y}" y2="${y}" stroke="${colours.train}" stroke-width="1.5"/>`,
    `<text x="${train + 26}" y="${y}" dy="0.35em">training</text>`,
    `<line x1="${validation - 4}" x2="${validation + 16}" y1="${y}" y2="${y}" stroke="${colours.validation}" stroke-width="2.5"/>`,
    `<circle cx="${validation + 6}" cy="${y}" r="3.5" fill="${colours.validation}"/>`,
    `<text x="${validation + 22}" y="${y}" dy="0.35em">validation</text>`,
  ];
}

function validationMarks(points: readonly Point[], scales: Scales, colours: typeof neutralColours): string[] {
  const shown = points.length > 60 ? points.slice(-1) : points;
  const dots = shown.map(
    ([x, y]) => `<circle cx="${scales.x(x).toFixed(1)}" cy="${scales.y(y).toFixed(1)}" r="3" fill="${colours.validation}"/>`,
  );
  const line = `<polyline points="${polyline(points, scales)}" fill="none" stroke="${colours.validation}" stroke-width="2.5" stroke-linejoin="round"/>`;
  return [line, ...dots];
}

interface Drawing {
  measure: Measure;
  train: readonly Point[];
  validation: readonly Point[];
  steps: number;
  colours: typeof neutralColours;
  frame: Frame;
}

function drawing({ measure, train, validation, steps, colours, frame }: Drawing): string[] {
  const all = [...train, ...validation];
  if (all.length === 0) {
    return [`<text x="${frame.width / 2}" y="${frame.height / 2}" text-anchor="middle">No step reported yet.</text>`];
  }
  const scales = scalesOf(all, steps, frame);
  const trainLine = polyline(train, scales);
  return [
    ...axes(scales, measure, colours, frame),
    `<polyline points="${trainLine}" fill="none" stroke="${colours.train}" stroke-width="1.5" stroke-linejoin="round"/>`,
    ...(validation.length > 0 ? validationMarks(validation, scales, colours) : []),
    ...legend(colours, frame),
  ];
}

function latest(name: string, points: readonly Point[], measure: Measure): string[] {
  const last = points.at(-1);
  return last ? [`${name} ${inWords(measure, last[1])} at step ${last[0]}`] : [];
}

/** A run whose state is told in any words, for the title. */
export type CurveOfRun = Omit<RunSnapshot, "state"> & { readonly state: string };

/**
 * The training curve as a picture of its own: the task's figure over steps, training and validation.
 *
 * @returns One `<svg>` element without scripts, styles, ids or references, named and described for screen readers,
 * below 20 kB for a run of any length.
 */
export function curveSvg(snapshot: CurveOfRun, theme: CurveTheme, size: CurveSize = "wide"): string {
  const frame: Frame = frames[size];
  const { width, height } = frame;
  const colours = theme === "neutral" ? neutralColours : themedColours;
  const measure = measures[snapshot.task];
  const train = pointsOf(snapshot.train);
  const validation = pointsOf(snapshot.validation);
  const title = `Training curve of ${snapshot.name}: ${snapshot.state}, step ${snapshot.step} of ${snapshot.steps}`;
  const description = [...latest("Training", train, measure), ...latest("validation", validation, measure)].join("; ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="${colours.text}">`,
    `<title>${escapeHtml(title)}</title>`,
    `<desc>${description === "" ? "No step reported yet." : `${description}.`}</desc>`,
    ...drawing({ measure, train, validation, steps: snapshot.steps, colours, frame }),
    "</svg>",
  ].join("");
}
