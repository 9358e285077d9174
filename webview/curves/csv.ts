import { measures } from "../../src/runs/measures.js";
import { csvField } from "../../src/text/csv.js";
import type { Curve, RunSnapshot } from "../../src/runs/runViews.js";

const header = ["run", "part", "step", "seconds", "items", "loss", "measure", "figure"];

function rows({ name, task }: RunSnapshot, part: string, curve: Curve): (string | number)[][] {
  return curve.step.map((step, index) => [
    name,
    part,
    step,
    curve.seconds[index]!,
    curve.items[index]!,
    curve.loss[index] ?? "",
    measures[task].name,
    curve.figure[index]!,
  ]);
}

/** The points of the runs as RFC 4180 text, one a line, with a header; loss in nats, accuracy as a share. */
export function csvOf(runs: readonly RunSnapshot[]): string {
  const lines = runs.flatMap((run) => [
    ...rows(run, "train", run.train),
    ...rows(run, "validation", run.validation),
  ]);
  return [header, ...lines].map((line) => `${line.map(csvField).join(",")}\r\n`).join("");
}
