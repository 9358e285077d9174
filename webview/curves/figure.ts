import type { Figure, Layout, Trace } from "plotly.js-basic-dist-min";
import { decimatedIndices } from "../../src/runs/decimate.js";
import type { Curve, Reference, RunSnapshot } from "../contract.js";
import { paletteColour, type Theme } from "../shared/theme.js";
import { xAxisTitle, yAxisTitle } from "./axisTitles.js";
import { seriesStyle } from "./seriesStyle.js";
import { smooth } from "./smoothing.js";
import type { ViewOptions } from "./viewOptions.js";

export interface FigureInput {
  /** The runs to overlay, in the order of the list. */
  runs: readonly RunSnapshot[];
  options: ViewOptions;
  theme: Theme;
  references: readonly Reference[];
}

/** Points drawn over all lines of the main chart; forty runs stay smooth to zoom. */
const pointBudget = 40_000;

/** Tags are Plotly's markup in names; a run's name is plain text. */
export function plainText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

interface Line {
  x: number[];
  y: number[];
}

function lineOf(x: readonly number[], y: readonly number[], mostPoints: number): Line {
  const drawn = decimatedIndices(y, mostPoints);
  return { x: drawn.map((index) => x[index]), y: drawn.map((index) => y[index]) };
}

/** Traces of one run: the raw curve faint, the smoothed one strong, validation with marks. */
function runTraces(run: RunSnapshot, input: FigureInput, mostPoints: number): Trace[] {
  const { options, theme } = input;
  const { dash, symbol } = seriesStyle(run.colour);
  const color = paletteColour(theme, run.colour);
  const columns = (curve: Curve): [number[], number[]] => [curve[options.xAxis], curve[options.quantity]];
  const [x, y] = columns(run.train);
  const common = { type: "scatter", legendgroup: run.dir, hovertemplate: `%{y:${hoverFormat(run, options)}}<extra>%{fullData.name}</extra>` } as const;
  const traces: Trace[] = [];
  if (options.train && options.smoothing > 0) {
    const faint = isHighContrast(theme) ? 0.5 : 0.35;
    traces.push({
      ...common,
      ...lineOf(x, y, mostPoints),
      name: `${plainText(run.name)}, training, raw`,
      mode: "lines",
      line: { color, width: 1 },
      opacity: faint,
      hoverinfo: "skip",
      hovertemplate: undefined,
      showlegend: false,
    });
  }
  if (options.train) {
    traces.push({
      ...common,
      ...lineOf(x, smooth(y, options.smoothing), mostPoints),
      name: `${plainText(run.name)}, training`,
      mode: "lines",
      line: { color, width: 1.75, dash },
    });
  }
  if (options.validation) {
    const [xs, ys] = columns(run.validation);
    const few = xs.length <= 40;
    traces.push({
      ...common,
      ...lineOf(xs, ys, mostPoints),
      name: `${plainText(run.name)}, validation`,
      mode: few ? "lines+markers" : "lines",
      line: { color, width: 2.5, dash },
      marker: { color, size: 7, symbol, line: { color: theme.background, width: 1 } },
    });
  }
  return traces;
}

/** Borders are as bright as text there, so a grid drawn like them would outshine the data. */
function isHighContrast(theme: Theme): boolean {
  return theme.kind !== "dark" && theme.kind !== "light";
}

/** An axis in the theme's colours. */
export function axis(theme: Theme, logarithmic: boolean): Record<string, unknown> {
  return {
    type: logarithmic ? "log" : "linear",
    automargin: true,
    gridcolor: theme.grid,
    griddash: isHighContrast(theme) ? "dot" : "solid",
    gridwidth: 1,
    zeroline: false,
    linecolor: theme.border,
    showline: true,
    mirror: true,
    tickcolor: theme.border,
    tickfont: { color: theme.muted },
    separatethousands: true,
    exponentformat: "SI",
  };
}

/** What all charts of the panel share. */
export function baseLayout(theme: Theme): Omit<Layout, "uirevision"> {
  return {
    paper_bgcolor: theme.background,
    plot_bgcolor: theme.background,
    font: { family: theme.fontFamily, size: Math.max(11, theme.fontSize - 1), color: theme.foreground },
    separators: ".\u202f",
    showlegend: false,
    hovermode: "x unified",
    hoverlabel: {
      bgcolor: theme.panel,
      bordercolor: theme.border,
      font: { family: theme.fontFamily, color: theme.foreground },
      namelength: -1,
    },
  };
}

/** Decimals of a value in the hover box. */
function hoverFormat({ task }: RunSnapshot, { quantity }: ViewOptions): string {
  const formats: Record<RunSnapshot["task"], string> = { "character-model": ".3f", "word-model": ".1f", classification: ".2%" };
  return quantity === "figure" ? formats[task] : ".3f";
}

/** Lines of an n-gram model say nothing beside words or classes. */
function referenceLines(input: FigureInput): Pick<Layout, "shapes" | "annotations"> {
  const { options, theme, runs } = input;
  const references = runs.every(({ task }) => task === "character-model") ? input.references : [];
  const value = ({ bpc }: Reference): number => (options.quantity === "figure" ? bpc : bpc * Math.LN2);
  return {
    shapes: references.map((reference) => ({
      type: "line",
      layer: "below",
      xref: "paper",
      x0: 0,
      x1: 1,
      y0: value(reference),
      y1: value(reference),
      line: { color: theme.muted, width: 1, dash: "dash" },
    })),
    annotations: references.map((reference) => ({
      xref: "paper",
      x: 1,
      xanchor: "right",
      // Plotly places shapes by value but annotations by exponent on a logarithmic axis.
      y: options.logY ? Math.log10(value(reference)) : value(reference),
      yanchor: "bottom",
      showarrow: false,
      text: plainText(reference.label),
      hovertext: plainText(reference.source),
      font: { color: theme.muted },
    })),
  };
}

/** Whatever changes what the axes mean; with the same key the reader's zoom is kept. */
export function zoomKey(options: ViewOptions): string {
  return [options.xAxis, options.quantity, options.logX, options.logY].join(" ");
}

function isAllAccuracy(runs: readonly RunSnapshot[], { quantity }: ViewOptions): boolean {
  return quantity === "figure" && runs.every(({ task }) => task === "classification");
}

/** The main chart: training and validation of the overlaid runs. */
export function mainFigure(input: FigureInput): Figure {
  const { runs, options, theme } = input;
  const mostPoints = Math.max(200, Math.floor(pointBudget / (3 * Math.max(1, runs.length))));
  return {
    data: runs.flatMap((run) => runTraces(run, input, mostPoints)),
    layout: {
      ...baseLayout(theme),
      ...referenceLines(input),
      uirevision: zoomKey(options),
      margin: { l: 58, r: 16, t: 10, b: 46 },
      xaxis: {
        ...axis(theme, options.logX),
        title: { text: xAxisTitle(runs, options.xAxis), font: { color: theme.muted }, standoff: 8 },
        showspikes: true,
        spikemode: "across",
        spikesnap: "hovered data",
        spikecolor: theme.foreground,
        spikethickness: 1,
        spikedash: "solid",
        unifiedhovertitle: { text: `${xAxisTitle(runs, options.xAxis)} %{x}` },
        hoverformat: options.xAxis === "seconds" ? ",.1f" : ",.0f",
      },
      yaxis: {
        ...axis(theme, options.logY),
        ...(isAllAccuracy(runs, options) && { tickformat: "~%" }),
        title: { text: yAxisTitle(runs, options.quantity), font: { color: theme.muted }, standoff: 8 },
      },
    },
  };
}

/** The same chart as a picture of its own: with a legend, because the run list stays behind. */
export function exportFigure(input: FigureInput, ranges: { x: unknown; y: unknown }): Figure {
  const { data, layout } = mainFigure(input);
  const fixed = (name: "xaxis" | "yaxis", range: unknown) => ({ ...(layout[name] as object), range, autorange: false });
  return {
    data,
    layout: {
      ...layout,
      xaxis: fixed("xaxis", ranges.x),
      yaxis: fixed("yaxis", ranges.y),
      showlegend: true,
      legend: { orientation: "h", y: -0.14, yanchor: "top", font: { color: input.theme.foreground } },
    },
  };
}
