import { measures } from "../../src/runs/measures.js";
import { markdownText } from "../../src/text/markdown.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { differences } from "./differences.js";

/** The runs as a GitHub Flavored Markdown table: state, step, best figure, and the parameters that differ. */
export function markdownOf(runs: readonly RunSnapshot[]): string {
  const differing = differences(runs);
  const header = ["run", "state", "step", "measure", "figure", ...differing.map(({ parameter }) => parameter)];
  const rows = runs.map((run, index) => [
    run.name,
    run.state,
    `${run.step} of ${run.steps}`,
    run.metric?.label ?? "–",
    run.metric ? measures[run.task].text(run.metric.value) : "–",
    ...differing.map(({ values }) => values[index] ?? "–"),
  ]);
  const rule = header.map((_, column) => (column === 4 ? "---:" : "---"));
  return [header, rule, ...rows].map((row) => `| ${row.map(markdownText).join(" | ")} |\n`).join("");
}
