import type { Trace } from "plotly.js-basic-dist-min";
import { decimatedIndices, valuesAt } from "../../src/runs/decimate.js";
import type { Curve, RunSnapshot } from "../../src/runs/runViews.js";
import { isHighContrast, paletteColour, type Theme } from "../shared/theme.js";
import { seriesStyle } from "./seriesStyle.js";
import { smooth } from "./smoothing.js";
import type { ViewOptions } from "./viewOptions.js";

/** Points drawn over all lines of the main chart. */
const pointBudget = 20_000;
/** Beyond so many runs their raw curves would hide the smoothed ones. */
const mostRunsWithRaw = 8;
/** Plotly's cost is that of its traces: beyond so many runs, those with the same line share one. */
export const mostSeparateRuns = 12;
/** Nobody tells the dashes of more runs from each other, and these cost the most of all to draw: a colour is then one trace. */
const mostDashedRuns = 24;

export interface TraceInput {
  readonly runs: readonly RunSnapshot[];
  readonly options: ViewOptions;
  readonly theme: Theme;
}

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
  return { x: valuesAt(x, drawn), y: valuesAt(y, drawn) };
}

/** Curves of another tool may have no loss. */
function knownPoints(x: number[], y: readonly (number | null)[]): [x: number[], y: number[]] {
  const known = y.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  return [known.length === y.length ? x : known.map(({ index }) => x[index]!), known.map(({ value }) => value)];
}

/** Decimals of a value in the hover box. */
function hoverFormat({ task }: RunSnapshot, { quantity }: ViewOptions): string {
  const formats: Record<RunSnapshot["task"], string> = { "character-model": ".3f", "word-model": ".1f", classification: ".2%" };
  return quantity === "figure" ? formats[task] : ".3f";
}

interface Drawing {
  readonly options: ViewOptions;
  readonly theme: Theme;
  readonly mostPoints: number;
  readonly withRaw: boolean;
  readonly withDashes: boolean;
}

/** Traces of one run: the raw curve faint, the smoothed one strong, validation with marks. */
function tracesOf(run: RunSnapshot, { options, theme, mostPoints, withRaw, withDashes }: Drawing): Trace[] {
  const { dash: ownDash, symbol } = seriesStyle(run.colour);
  const dash = withDashes ? ownDash : "solid";
  const color = paletteColour(theme, run.colour);
  const columns = (curve: Curve) => knownPoints(curve[options.xAxis], curve[options.quantity]);
  const [x, y] = columns(run.train);
  const common = { type: "scatter", legendgroup: run.dir, hovertemplate: `%{y:${hoverFormat(run, options)}}<extra>%{fullData.name}</extra>` } as const;
  const name = plainText(run.name);
  const traces: Trace[] = [];
  if (options.train && options.smoothing > 0 && withRaw) {
    traces.push({
      ...common,
      ...lineOf(x, y, mostPoints),
      name: `${name}, training, raw`,
      mode: "lines",
      line: { color, width: 1 },
      opacity: isHighContrast(theme) ? 0.5 : 0.35,
      hoverinfo: "skip",
      hovertemplate: undefined,
      showlegend: false,
    });
  }
  if (options.train) {
    traces.push({ ...common, ...lineOf(x, smooth(y, options.smoothing), mostPoints), name: `${name}, training`, mode: "lines", line: { color, width: 1.75, dash } });
  }
  if (options.validation) {
    const [xs, ys] = columns(run.validation);
    traces.push({
      ...common,
      ...lineOf(xs, ys, mostPoints),
      name: `${name}, validation`,
      mode: withRaw && xs.length <= 40 ? "lines+markers" : "lines",
      line: { color, width: 2.5, dash },
      marker: { color, size: 7, symbol, line: { color: theme.background, width: 1 } },
    });
  }
  return traces;
}

/** A run's lines last as long as its snapshot: a box that is checked draws that run's and no other's again. */
const kept = new WeakMap<RunSnapshot, { key: string; traces: Trace[] }>();

function keptTraces(run: RunSnapshot, drawing: Drawing): Trace[] {
  const { options, theme, mostPoints, withRaw, withDashes } = drawing;
  const { xAxis, quantity, smoothing, train, validation } = options;
  const key = JSON.stringify([xAxis, quantity, smoothing, train, validation, mostPoints, withRaw, withDashes, theme.kind, theme.palette, theme.background]);
  const known = kept.get(run);
  if (known?.key === key) {
    return known.traces;
  }
  const traces = tracesOf(run, drawing);
  kept.set(run, { key, traces });
  return traces;
}

/** One trace of several that look the same, with a gap between their lines; each point keeps its run's name. */
function merged(traces: readonly [Trace, ...Trace[]]): Trace {
  const [first] = traces;
  if (traces.length === 1) {
    return first;
  }
  const joined = <T>(column: (trace: Trace) => readonly T[], gap: T): T[] => traces.flatMap((trace) => [...column(trace), gap]);
  return {
    ...first,
    x: joined(({ x }) => x, null),
    y: joined(({ y }) => y, null),
    text: joined(({ name, x }) => new Array<string>(x.length).fill(name), ""),
    hovertemplate: String(first.hovertemplate).replace("%{fullData.name}", "%{text}"),
  };
}

/** Traces that look the same as one, when there are many runs. */
export function mergeAlike(traces: readonly Trace[], runs: number): Trace[] {
  if (runs <= mostSeparateRuns) {
    return [...traces];
  }
  const alike = new Map<string, [Trace, ...Trace[]]>();
  for (const trace of traces) {
    const style = JSON.stringify([trace.mode, trace.line]);
    const known = alike.get(style);
    alike.set(style, known ? [...known, trace] : [trace]);
  }
  return [...alike.values()].map(merged);
}

/** The lines of the main chart, each a trace of its own. */
export function runTraces({ runs, options, theme }: TraceInput): Trace[] {
  const mostPoints = Math.max(60, Math.min(2_000, Math.floor(pointBudget / (3 * Math.max(1, runs.length)))));
  const drawing = { options, theme, mostPoints, withRaw: runs.length <= mostRunsWithRaw, withDashes: runs.length <= mostDashedRuns };
  return runs.flatMap((run) => keptTraces(run, drawing));
}
