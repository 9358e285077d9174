import { measures } from "../../src/runs/measures.js";
import type { Curve, RunSnapshot } from "../contract.js";

const header = ["run", "part", "step", "seconds", "items", "loss", "measure", "figure"];

/** RFC 4180, section 2: fields with commas, quotes or line breaks in quotes, quotes doubled. */
function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function rows({ name, task }: RunSnapshot, part: string, curve: Curve): (string | number)[][] {
  return curve.step.map((step, index) => [
    name,
    part,
    step,
    curve.seconds[index],
    curve.items[index],
    curve.loss[index],
    measures[task].name,
    curve.figure[index],
  ]);
}

/** The points of the runs as RFC 4180 text, one a line, with a header; loss in nats, accuracy as a share. */
export function csvOf(runs: readonly RunSnapshot[]): string {
  const lines = runs.flatMap((run) => [
    ...rows(run, "train", run.train),
    ...rows(run, "validation", run.validation),
  ]);
  return [header, ...lines].map((line) => `${line.map(field).join(",")}\r\n`).join("");
}
