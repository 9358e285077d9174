import type { RunSnapshot } from "../../../webview/contract.js";
import { measures, type Measure } from "../../runs/measures.js";
import type { ListedRun } from "./runList.js";

/** Icon and theme colour for each state. */
export const stateIcons: Record<RunSnapshot["state"], { icon: string; colour: string }> = {
  running: { icon: "sync~spin", colour: "charts.blue" },
  finished: { icon: "pass", colour: "charts.green" },
  interrupted: { icon: "debug-pause", colour: "charts.yellow" },
  crashed: { icon: "error", colour: "charts.red" },
};

/** Figure, state and progress in a few words, for the end of a row; the figure first, for a narrow side bar. */
export function runDescription({ task, state, ending, metric, step, steps, secondsLeft }: RunSnapshot): string {
  const figure = metric ? [figureInWords(measures[task], metric.value)] : [];
  const why = ending === null ? "" : ` (${ending.split(":")[0]})`;
  const progress = state === "finished" ? state : `${state}${why} ${step}/${steps}`;
  const left = state === "running" && secondsLeft !== null ? [`${Math.ceil(secondsLeft)} s left`] : [];
  return [...figure, progress, ...left].join(" · ");
}

/** "2.115 BPC", "perplexity 87.2", "accuracy 96.43 %" */
function figureInWords({ name, text }: Measure, figure: number): string {
  return name === "BPC" ? `${text(figure)} ${name}` : `${name} ${text(figure)}`;
}

/** What menus ask of a row: "run finished exportable". */
export function runContext({ snapshot, isExportable }: ListedRun): string {
  return ["run", snapshot.state, ...(isExportable ? ["exportable"] : [])].join(" ");
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, "\\$&");
}

/** Details in Markdown. */
export function runTooltip(snapshot: RunSnapshot): string {
  const { name, task, state, ending, metric, metricMethod, step, steps, computeKernel, itemsPerSecond, parameters, dir } = snapshot;
  const { items, text } = measures[task];
  const figures: [string, string][] = [
    ["state", ending === null ? state : `${state}: ${ending}`],
    ["steps", `${step} of ${steps}`],
    ...(metric ? [[metric.label, text(metric.value)] as [string, string]] : []),
    ...(metricMethod === null ? [] : [["computed with", metricMethod] as [string, string]]),
    ...(itemsPerSecond === null ? [] : [["speed", `${Math.round(itemsPerSecond)} ${items}/s`] as [string, string]]),
    ["compute kernel", computeKernel],
    ...Object.entries(parameters),
    ["directory", dir],
  ];
  const rows = figures.map(([label, value]) => `| ${escapeMarkdown(label)} | ${escapeMarkdown(value)} |`);
  return [`**${escapeMarkdown(name)}**`, "", "| | |", "|:--|:--|", ...rows].join("\n");
}
