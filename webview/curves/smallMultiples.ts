import type { Figure, Trace } from "plotly.js-basic-dist-min";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { decimatedIndices, valuesAt } from "../../src/runs/decimate.js";
import { paletteColour } from "../shared/theme.js";
import { itemsName } from "./axisTitles.js";
import { axis, baseLayout, zoomKey, type FigureInput } from "./figure.js";
import { stepPosition } from "./positions.js";
import { mergeAlike, plainText } from "./runTraces.js";
import { seriesStyle } from "./seriesStyle.js";

/** Points drawn of one curve in a small chart at most. */
const mostPoints = 240;
/** Points drawn over all curves of a small chart. */
const pointBudget = 6_000;

export type SmallMultiple = "shares" | "flips" | "saturation" | "gradientNorm" | "learningRate" | "speed";

export const smallMultipleTitles: Record<SmallMultiple, string> = {
  shares: "−1 / 0 / +1",
  flips: "weight flips",
  saturation: "saturated weights",
  gradientNorm: "gradient norm",
  learningRate: "learning rate",
  speed: "speed",
};

/** The part of the x axis that the main chart shows, in its coordinates (exponents when logarithmic). */
export type XRange = readonly [number, number] | null;

interface Series {
  step: number[];
  value: number[];
}

const seriesOf: Record<Exclude<SmallMultiple, "shares">, (run: RunSnapshot) => Series> = {
  flips: ({ weights }) => ({ step: weights.step, value: weights.flips }),
  saturation: ({ weights }) => ({ step: weights.saturation.length > 0 ? weights.step : [], value: weights.saturation }),
  gradientNorm: (run) => run.gradientNorm,
  learningRate: (run) => run.learningRate,
  speed: (run) => run.itemsPerSecondHistory,
};

const hoverFormats: Record<Exclude<SmallMultiple, "shares">, string> = {
  flips: ".2%",
  saturation: ".2%",
  gradientNorm: ".3~g",
  learningRate: ".3~g",
  speed: ".3~s",
};

const tickFormats: typeof hoverFormats = { flips: "~%", saturation: "~%", gradientNorm: "~g", learningRate: "~g", speed: "~s" };

function columns(run: RunSnapshot, series: Series, input: FigureInput): Pick<Trace, "x" | "y"> {
  const position = stepPosition(run.train, input.options.xAxis);
  const drawn = decimatedIndices(series.value, Math.max(40, Math.min(mostPoints, Math.floor(pointBudget / input.runs.length))));
  return { x: valuesAt(series.step, drawn).map(position), y: valuesAt(series.value, drawn) };
}

function lines(kind: Exclude<SmallMultiple, "shares">, input: FigureInput): Trace[] {
  const traces = input.runs.map((run): Trace => ({
    type: "scatter",
    ...columns(run, seriesOf[kind](run), input),
    name: plainText(run.name),
    mode: "lines",
    line: { color: paletteColour(input.theme, run.colour), width: 1.5, dash: seriesStyle(run.colour).dash },
    hovertemplate: `%{y:${hoverFormats[kind]}}<extra>%{fullData.name}</extra>`,
  }));
  return mergeAlike(traces, traces.length);
}

/** Whether there is anything to draw: an axis alone would show a scale that nobody has values on. */
export function hasValues(kind: SmallMultiple, runs: readonly RunSnapshot[]): boolean {
  return kind === "shares" ? weightsRun(runs) !== undefined : runs.some((run) => seriesOf[kind](run).value.length > 0);
}

/** From zero to a little over the highest value; values that are all zero lie at the bottom. */
function fromZero(kind: Exclude<SmallMultiple, "shares">, runs: readonly RunSnapshot[]): [number, number] {
  const highest = runs.flatMap((run) => seriesOf[kind](run).value).reduce((most, value) => Math.max(most, value), 0);
  return [0, highest > 0 ? 1.05 * highest : 1];
}

/** The run whose weights are shown: the first running one of those overlaid, else the first with weights. */
export function weightsRun(runs: readonly RunSnapshot[]): RunSnapshot | undefined {
  const withWeights = runs.filter((run) => run.weights.step.length > 0);
  return withWeights.find((run) => run.state === "running") ?? withWeights[0];
}

/** A small chart's heading, in the words of the shown runs. */
export function smallTitle(kind: SmallMultiple, runs: readonly RunSnapshot[]): string {
  switch (kind) {
    case "shares": {
      const run = runs.length > 1 ? weightsRun(runs) : undefined;
      return run ? `${smallMultipleTitles.shares}, ${run.name}` : `share of ${smallMultipleTitles.shares}`;
    }
    case "speed":
      return `${itemsName(runs)} per second`;
    default:
      return smallMultipleTitles[kind];
  }
}

/** Three bands that add up to one; told apart by pattern too: minus signs, plain, plus signs. */
function bands(input: FigureInput): Trace[] {
  const run = weightsRun(input.runs);
  if (!run) {
    return [];
  }
  const { theme } = input;
  const { step, minus, zero, plus } = run.weights;
  const band = (name: string, value: number[], color: string, shape: string): Trace => ({
    type: "scatter",
    ...shareColumns(run, { step, value }, input),
    name,
    mode: "lines",
    stackgroup: "shares",
    line: { color, width: 1 },
    fillpattern: { shape, fgcolor: color, bgcolor: theme.background, fillmode: "replace", size: 6, solidity: 0.35 },
    hovertemplate: "%{y:.1%}<extra>%{fullData.name}</extra>",
  });
  return [
    band("+1", plus, paletteColour(theme, 0), "+"),
    band("0", zero, theme.muted, "."),
    band("−1", minus, paletteColour(theme, 3), "-"),
  ];
}

/** Bands are stacked point by point, so all three keep the same steps. */
function shareColumns(run: RunSnapshot, series: Series, input: FigureInput): Pick<Trace, "x" | "y"> {
  const position = stepPosition(run.train, input.options.xAxis);
  const stride = Math.ceil(series.step.length / mostPoints);
  const kept = series.step.map((_, index) => index).filter((index) => index % Math.max(1, stride) === 0);
  return { x: valuesAt(series.step, kept).map(position), y: valuesAt(series.value, kept) };
}

function yAxis(kind: SmallMultiple, runs: readonly RunSnapshot[]): Record<string, unknown> {
  if (kind === "shares") {
    return { range: [0, 1], tickformat: ".0%", nticks: 4 };
  }
  return { nticks: 4, range: fromZero(kind, runs), tickformat: tickFormats[kind] };
}

/** One of the charts below the main one, over the same stretch of the x axis. */
export function smallFigure(kind: SmallMultiple, input: FigureInput, xRange: XRange): Figure {
  const { options, theme } = input;
  const base = baseLayout(theme);
  return {
    data: kind === "shares" ? bands(input) : lines(kind, input),
    layout: {
      ...base,
      paper_bgcolor: theme.panel,
      plot_bgcolor: theme.panel,
      font: { ...(base.font as object), size: 10 },
      uirevision: zoomKey(options),
      margin: { l: 46, r: 14, t: 8, b: 22 },
      xaxis: {
        ...axis(theme, options.logX),
        showgrid: false,
        mirror: false,
        fixedrange: true,
        ...(options.logX ? { dtick: 1 } : { nticks: 4 }),
        tickformat: "~s",
        hoverformat: options.xAxis === "seconds" ? ",.1f" : ",.0f",
        ...(xRange ? { range: [...xRange], autorange: false } : { autorange: true }),
      },
      yaxis: { ...axis(theme, false), mirror: false, fixedrange: true, automargin: true, ...yAxis(kind, input.runs) },
    },
  };
}
