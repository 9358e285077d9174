import type { Figure, Layout } from "plotly.js-basic-dist-min";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { isHighContrast, type Theme } from "../shared/theme.js";
import { xAxisTitle, yAxisTitle } from "./axisTitles.js";
import { mergeAlike, mostSeparateRuns, runTraces } from "./runTraces.js";
import type { ViewOptions } from "./viewOptions.js";

export interface FigureInput {
  /** The runs to overlay, in the order of the list. */
  runs: readonly RunSnapshot[];
  options: ViewOptions;
  theme: Theme;
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
  return {
    data: mergeAlike(runTraces(input), runs.length),
    layout: {
      ...baseLayout(theme),
      // A box with the values of more runs would hide the chart.
      hovermode: runs.length > mostSeparateRuns ? "closest" : "x unified",
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
  const { layout } = mainFigure(input);
  const fixed = (name: "xaxis" | "yaxis", range: unknown) => ({ ...(layout[name] as object), range, autorange: false });
  return {
    data: runTraces(input),
    layout: {
      ...layout,
      xaxis: fixed("xaxis", ranges.x),
      yaxis: fixed("yaxis", ranges.y),
      showlegend: true,
      legend: { orientation: "h", y: -0.14, yanchor: "top", font: { color: input.theme.foreground } },
    },
  };
}
