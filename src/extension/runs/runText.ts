import type { RunSummary } from "../../runs/runViews.js";
import { markdownText } from "../../text/markdown.js";
import { measures, type Measure } from "../../runs/measures.js";
import type { ListedRun } from "./runList.js";

/** The state is told by the shape of the icon; its colour is the run's own. */
export const stateIcons: Record<RunSummary["state"], string> = {
  running: "sync~spin",
  finished: "pass",
  interrupted: "debug-pause",
  crashed: "error",
};

/** The theme colour of a run, as table and charts have it (`webview/shared/theme.ts`). */
export function runColour({ colour }: Pick<RunSummary, "colour">): string {
  const names = ["blue", "green", "yellow", "red", "purple", "orange"];
  return `charts.${names[colour % names.length]!}`;
}

/** Characters of a name that leave room for the figure in a side bar of usual width. */
const longestName = 24;

/** The name, without its middle where it is too long: names of a series differ at their ends. */
export function shortName(name: string): string {
  const characters = [...name];
  if (characters.length <= longestName) {
    return name;
  }
  const end = Math.floor((longestName - 1) / 2);
  return `${characters.slice(0, longestName - 1 - end).join("")}…${characters.slice(-end).join("")}`;
}

/** "14:03", or with the day when it was another: "11 Nov 14:03", "11 Nov 2025 14:03". @param now both in seconds since the epoch */
export function startText(startedAt: number, now: number): string {
  if (!Number.isFinite(startedAt)) {
    return "not started";
  }
  const [start, today] = [new Date(1000 * startedAt), new Date(1000 * now)];
  const time = start.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (start.toDateString() === today.toDateString()) {
    return time;
  }
  const year = start.getFullYear() === today.getFullYear() ? {} : ({ year: "numeric" } as const);
  return `${start.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year })} ${time}`;
}

/**
 * Figure, start, state and progress in a few words, for the end of a row: what is cut in a narrow side bar comes last.
 * @param start for a run that shares its name with another
 */
export function runDescription({ task, state, ending, metric, step, steps, secondsLeft }: RunSummary, start?: string): string {
  const figure = metric ? [figureInWords(measures[task], metric.value)] : [];
  const why = ending === null ? "" : ` (${ending.split(":")[0]})`;
  const progress = state === "finished" ? state : `${state}${why} ${step}/${steps}`;
  const left = state === "running" && secondsLeft !== null ? [`${Math.ceil(secondsLeft)} s left`] : [];
  return [...figure, ...(start === undefined ? [] : [start]), progress, ...left].join(" · ");
}

/** "2.12 BPC", "87.2 perplexity", "96.4 %": the figure before its name. */
function figureInWords({ name, short }: Measure, figure: number): string {
  return name === "accuracy" ? short(figure) : `${short(figure)} ${name}`;
}

/** What menus ask of a row: "run finished exportable". */
export function runContext({ summary, isExportable }: ListedRun): string {
  return ["run", summary.state, ...(isExportable ? ["exportable"] : [])].join(" ");
}

/** Details in Markdown. */
export function runTooltip(summary: RunSummary, verification?: string): string {
  const { name, task, state, ending, metric, metricMethod, step, steps, computeKernel, itemsPerSecond, parameters, dir } = summary;
  const { items, text } = measures[task];
  const figures: [string, string][] = [
    ["state", ending === null ? state : `${state}: ${ending}`],
    ["steps", `${step} of ${steps}`],
    ...(metric ? [[metric.label, text(metric.value)] as [string, string]] : []),
    ...(metricMethod === null ? [] : [["computed with", metricMethod] as [string, string]]),
    ...(itemsPerSecond === null ? [] : [["speed", `${Math.round(itemsPerSecond)} ${items}/s`] as [string, string]]),
    ["compute kernel", computeKernel],
    ...Object.entries(parameters),
    ...(verification === undefined ? [] : [["accelerator", verification] as [string, string]]),
    ["directory", dir],
  ];
  const rows = figures.map(([label, value]) => `| ${markdownText(label)} | ${markdownText(value)} |`);
  return [`**${markdownText(name)}**`, "", "| | |", "|:--|:--|", ...rows].join("\n");
}
