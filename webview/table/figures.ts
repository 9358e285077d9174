import { extentOf } from "../../src/numbers/extent.js";
import { measures } from "../../src/runs/measures.js";
import { cellText } from "../../src/runTable/cellText.js";
import { type Attempt, bestSoFar } from "../../src/runTable/bestSoFar.js";
import type { Column } from "../../src/runTable/columns.js";
import { foldEqual } from "../../src/runTable/columns.js";
import { importances } from "../../src/runTable/importance.js";
import { axis, baseLayout } from "../curves/figure.js";
import { plainText } from "../curves/runTraces.js";
import { seriesStyle } from "../curves/seriesStyle.js";
import { paletteColour, type Theme } from "../shared/theme.js";
import type { ViewedRun } from "../shared/viewedRuns.js";

export interface PlotFigure {
  readonly data: Record<string, unknown>[];
  readonly layout: Record<string, unknown>;
  /** What the picture shows, for those who do not see it. */
  readonly description: string;
}

export interface PlotInput {
  readonly runs: readonly ViewedRun[];
  readonly columns: readonly Column[];
  readonly theme: Theme;
}

/** Numbers that span more than this are read on a logarithmic axis. */
const wideSpan = 50;

/** The task of most of the runs: figures of other tasks do not compare. */
export function mainTask(runs: readonly ViewedRun[]): ViewedRun["task"] | undefined {
  const counts = new Map<ViewedRun["task"], number>();
  runs.forEach(({ task }) => counts.set(task, (counts.get(task) ?? 0) + 1));
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}

function judged({ runs }: PlotInput): { readonly task: ViewedRun["task"]; readonly runs: readonly ViewedRun[] } | undefined {
  const found = runs.filter(({ metric }) => metric !== null);
  const task = mainTask(found);
  return task === undefined ? undefined : { task, runs: found.filter((run) => run.task === task) };
}

function layoutOf(theme: Theme, xTitle: string, yTitle: string, isLogarithmic = false): Record<string, unknown> {
  const title = (text: string) => ({ text, font: { color: theme.muted }, standoff: 8 });
  return {
    ...baseLayout(theme),
    hovermode: "closest",
    margin: { l: 58, r: 16, t: 10, b: 46 },
    xaxis: { ...axis(theme, isLogarithmic), title: title(xTitle) },
    yaxis: { ...axis(theme, false), title: title(yTitle) },
  };
}

/** One mark for each run, in its colour and shape. */
function marks(runs: readonly ViewedRun[], x: readonly (number | string)[], theme: Theme): Record<string, unknown> {
  return {
    type: "scatter",
    mode: "markers",
    x,
    y: runs.map(({ metric }) => metric!.value),
    text: runs.map(({ name }) => plainText(name)),
    hovertemplate: "%{text}<br>%{x}: %{y}<extra></extra>",
    marker: {
      size: 9,
      color: runs.map(({ colour }) => paletteColour(theme, colour)),
      symbol: runs.map(({ colour }) => seriesStyle(colour).symbol),
      line: { color: theme.background, width: 1 },
    },
  };
}

/** The figure of each run in the order of their start, and the best until then. */
export function bestFigure(input: PlotInput): PlotFigure | undefined {
  const found = judged(input);
  if (found === undefined) {
    return undefined;
  }
  const { theme } = input;
  const attempts = bestSoFar(found.runs, found.task);
  const { title, text } = measures[found.task];
  const best = {
    type: "scatter",
    mode: "lines",
    name: "best so far",
    x: attempts.map(({ number }) => number),
    y: attempts.map((attempt) => attempt.best),
    line: { color: theme.foreground, width: 1.5, shape: "hv" },
    hoverinfo: "skip",
  };
  const last = attempts.at(-1) as Attempt<ViewedRun>;
  const winner = attempts.find(({ figure }) => figure === last.best) as Attempt<ViewedRun>;
  return {
    data: [best, marks(attempts.map(({ run }) => run), attempts.map(({ number }) => number), theme)],
    layout: layoutOf(theme, "runs, in the order of their start", title),
    description: `Best so far of ${attempts.length} runs: ${text(last.best)} by ${winner.run.name}, number ${winner.number}.`,
  };
}

/** The figure of each run over one hyper-parameter. */
export function parameterFigure(input: PlotInput, column: Column): PlotFigure | undefined {
  const found = judged(input);
  const runs = found?.runs.filter((run) => column.value(run) !== null) ?? [];
  if (found === undefined || runs.length === 0) {
    return undefined;
  }
  const values = runs.map((run) => column.value(run));
  const numbers = values.filter((value) => typeof value === "number");
  const isNumeric = numbers.length === values.length;
  const { least, most } = extentOf(numbers);
  const isLogarithmic = isNumeric && least > 0 && most / least > wideSpan;
  const { title, name } = measures[found.task];
  const layout = layoutOf(input.theme, column.title, title, isLogarithmic);
  const x = isNumeric ? numbers : runs.map((run) => plainText(cellText(column, run)));
  return {
    data: [marks(runs, x, input.theme)],
    layout: isNumeric ? layout : { ...layout, xaxis: { ...(layout.xaxis as object), type: "category" } },
    description: `${name} of ${runs.length} runs over ${column.title}.`,
  };
}

/** Most axes that can be told apart side by side. */
const mostAxes = 12;

/** Each run as a line through the values of the hyper-parameters that differ, and its figure last. */
export function parallelFigure(input: PlotInput): PlotFigure | undefined {
  const found = judged(input);
  if (found === undefined) {
    return undefined;
  }
  const { theme } = input;
  const { runs, task } = found;
  const differing = foldEqual(input.columns.filter(({ isHyperparameter }) => isHyperparameter), runs).differing.slice(0, mostAxes);
  const { title, name } = measures[task];
  const used = [...new Set(runs.map(({ colour }) => colour % theme.palette.length))].sort((one, other) => one - other);
  // A scale of equal steps, one for each colour of a run: the trace takes no list of colours.
  const scale = used.flatMap((colour, index) => [index, index + 1].map((at) => [at / used.length, paletteColour(theme, colour)]));
  const axes = differing.map((column) => dimensionOf(column, runs));
  const trace = {
    type: "parcoords",
    line: { color: runs.map(({ colour }) => used.indexOf(colour % theme.palette.length) + 0.5), cmin: 0, cmax: used.length, colorscale: scale, showscale: false },
    dimensions: [...axes, { label: title, values: runs.map(({ metric }) => metric!.value) }],
    labelfont: { color: theme.foreground },
    tickfont: { color: theme.foreground },
    rangefont: { color: theme.muted },
  };
  const { paper_bgcolor, plot_bgcolor, font } = baseLayout(theme) as Record<string, unknown>;
  return {
    data: [trace],
    layout: { paper_bgcolor, plot_bgcolor, font, margin: { l: roomFor(axes[0]?.ticktext ?? []), r: 60, t: 50, b: 24 } },
    description: `${runs.length} runs as lines through ${[...differing.map((column) => column.title), name].join(", ")}. Drag along an axis to see those that go through there.`,
  };
}

/** Pixels left of the first axis, whose words stand there. */
function roomFor(words: readonly string[]): number {
  const longest = words.reduce((most, { length }) => Math.max(most, length), 0);
  return Math.min(260, Math.max(70, 16 + 6 * longest));
}

interface Dimension {
  readonly label: string;
  readonly values: readonly number[];
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
}

function dimensionOf(column: Column, runs: readonly ViewedRun[]): Dimension {
  const values = runs.map((run) => column.value(run));
  if (values.every((value) => typeof value === "number")) {
    return { label: plainText(column.title), values };
  }
  const texts = runs.map((run) => cellText(column, run) || "–");
  const kinds = [...new Set(texts)].sort();
  return { label: plainText(column.title), values: texts.map((text) => kinds.indexOf(text)), tickvals: kinds.map((_, index) => index), ticktext: kinds.map(plainText) };
}

/** How much of the differences between the figures each hyper-parameter tells by itself. */
export function importanceFigure(input: PlotInput): PlotFigure | undefined {
  const found = judged(input);
  const all = found === undefined ? [] : importances(found.runs, input.columns).slice(0, 20);
  if (found === undefined || all.length === 0) {
    return undefined;
  }
  const { theme } = input;
  const rising = all.toReversed();
  const words = ({ column, share, correlation }: (typeof all)[number]): string =>
    `${column.title}: ${(100 * share).toFixed(0)} %${correlation === null ? "" : `, rank correlation ${correlation.toFixed(2)}`}`;
  return {
    data: [
      {
        type: "bar",
        orientation: "h",
        x: rising.map(({ share }) => share),
        y: rising.map(({ column }) => plainText(column.title)),
        text: rising.map(({ correlation }) => (correlation === null ? "" : correlation > 0 ? "rises with it" : "falls with it")),
        hovertext: rising.map((each) => plainText(words(each))),
        hoverinfo: "text",
        marker: { color: paletteColour(theme, 0) },
      },
    ],
    layout: {
      ...layoutOf(theme, `share of the differences in ${measures[found.task].name} that the parameter tells by itself`, ""),
      margin: { l: 140, r: 16, t: 10, b: 46 },
      xaxis: { ...axis(theme, false), range: [0, 1], tickformat: "~%", title: { text: "share of the differences that the parameter tells by itself" } },
    },
    description: `Importance over ${found.runs.length} runs. ${all.map(words).join("; ")}.`,
  };
}
