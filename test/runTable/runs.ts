import type { RunMarks } from "../../src/runs/marks.js";
import type { RunSummary } from "../../src/runs/runViews.js";

interface Given {
  readonly name?: string;
  readonly state?: RunSummary["state"];
  readonly task?: RunSummary["task"];
  readonly metric?: number | null;
  readonly startedAt?: number;
  readonly seconds?: number;
  readonly marks?: RunMarks;
  /** Hyper-parameters by their place in the spec; the title is the last word of it. */
  readonly spec?: Readonly<Record<string, number | string | boolean>>;
}

/** A run as a row, of the given values and nothing else. */
export function runOf({ name = "run", state = "finished", task = "character-model", metric = null, startedAt = 0, seconds = 60, marks, spec = {} }: Given): RunSummary {
  return {
    dir: `/runs/${name}`,
    name,
    task,
    state,
    ending: null,
    colour: 0,
    metric: metric === null ? null : { label: "test BPC", value: metric },
    metricMethod: null,
    step: 10,
    steps: 10,
    itemsPerSecond: null,
    secondsLeft: null,
    computeKernel: "native",
    parameters: Object.fromEntries(Object.entries(spec).map(([path, value]) => [titleOf(path), String(value)])),
    hyperparameters: Object.entries(spec).map(([path, value]) => ({ path, title: titleOf(path), value })),
    ...(marks && { marks }),
    startedAt,
    seconds,
    figures: { train: null, validation: null, best: null, test: metric },
  };
}

function titleOf(path: string): string {
  return path.startsWith("optimiser.learningRate") ? "learning rate" : path.split(".").at(-1)!;
}
