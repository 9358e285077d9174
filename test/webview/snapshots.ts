import { measures } from "../../src/runs/measures.js";
import { incrementOf, noCurves } from "../../src/runs/curvesIncrement.js";
import { type Hyperparameter, type RunSnapshot, runSummarySchema } from "../../src/runs/runViews.js";
import type { RunsMessage } from "../../webview/contract.js";
import { webviewProtocolVersion } from "../../webview/protocol.js";
import type { ViewedRun } from "../../webview/shared/viewedRuns.js";

export interface SnapshotOptions {
  name?: string;
  state?: RunSnapshot["state"];
  ending?: string;
  colour?: number;
  /** Reports so far, one every 10 steps. */
  reports?: number;
  steps?: number;
  /** Bits per character the curve falls towards. */
  floor?: number;
  task?: RunSnapshot["task"];
  parameters?: Record<string, string>;
}

const defaults = { name: "ternary", state: "running", colour: 0, reports: 120, steps: 3000, floor: 2.2, task: "character-model" } as const;
const charactersPerStep = 32 * 64;

/** The task's figure where a character model would have so many bits. */
const figureOf: Record<RunSnapshot["task"], (bits: number) => number> = {
  "character-model": (bits) => bits,
  "word-model": (bits) => 2 ** bits,
  classification: (bits) => Math.exp(-bits / 8),
};

/** A run like a real one: an exponential fall with noise that repeats for the same options. */
export function snapshot(options: SnapshotOptions = {}): ViewedRun {
  const { name, state, colour, reports, steps, floor, task } = { ...defaults, ...options };
  const step = Array.from({ length: reports }, (_, index) => (index + 1) * 10);
  const noise = (at: number): number => 0.12 * Math.sin(at * 12.9898 + colour) * Math.cos(at * 78.233);
  const fall = (at: number): number => floor + (6.3 - floor) * Math.exp(-at / 320);
  const bpc = step.map((at) => fall(at) + noise(at));
  const checks = step.filter((at) => at % 100 === 0);
  const curve = (steps: number[], values: number[]): RunSnapshot["train"] => ({
    step: steps,
    seconds: steps.map((at) => at * 0.12),
    items: steps.map((at) => at * charactersPerStep),
    loss: values.map((value) => value * Math.LN2),
    figure: values.map(figureOf[task]),
  });
  const measure = measures[task];
  const last = step.at(-1) ?? 0;
  const validation = curve(checks, checks.map((at) => fall(at) + 0.06));
  const parameters = { cell: "LSTM", units: "256", quantiser: "ternary, stochastic", seed: "1", ...options.parameters };
  const best = checks.length > 0 ? validation.figure.reduce(measure.better) : null;
  return {
    dir: `/project/runs/${name}`,
    name,
    task,
    state,
    ending: options.ending ?? null,
    colour,
    metric: best === null ? null : { label: `validation ${measure.name}`, value: best },
    metricMethod: null,
    step: last,
    steps,
    itemsPerSecond: state === "running" ? 17_066 : null,
    secondsLeft: state === "running" ? (steps - last) * 0.12 : null,
    computeKernel: "native (AVX2)",
    parameters,
    hyperparameters: Object.entries(parameters).map(typed),
    startedAt: 1_700_000_000,
    seconds: last * 0.12,
    figures: { train: null, validation: null, best: best === null ? null : { value: best, step: last }, test: null },
    train: curve(step, bpc),
    validation,
    learningRate: { step, value: step.map((at) => 0.005 * Math.sin((Math.PI * at) / steps) ** 2 + 1e-5) },
    gradientNorm: { step, value: step.map((at) => 0.6 + 2 * Math.exp(-at / 200) + Math.abs(noise(at))) },
    itemsPerSecondHistory: { step, value: step.map((at) => 17_000 + 1500 * noise(at)) },
    weights: {
      step,
      minus: step.map((at) => 0.33 - 0.08 * (1 - Math.exp(-at / 600))),
      zero: step.map((at) => 0.34 + 0.16 * (1 - Math.exp(-at / 600))),
      plus: step.map((at) => 0.33 - 0.08 * (1 - Math.exp(-at / 600))),
      flips: step.map((at) => 0.3 * Math.exp(-at / 500) + 0.01),
      saturation: step.map((at) => 0.27 + 0.2 * (1 - Math.exp(-at / 700))),
    },
    matrices: reports === 0 ? [] : matrices,
  };
}

/** A parameter by its title alone, a number as a number. */
function typed([title, text]: [string, string]): Hyperparameter {
  return { path: title, title, value: Number.isNaN(Number(text)) ? text : Number(text) };
}

const bell = Array.from({ length: 32 }, (_, bin) => Math.exp(-(((bin - 15.5) / 7) ** 2)));
const mass = bell.reduce((sum, share) => sum + share, 0);
const histogram = { limit: 0.0484, shares: bell.map((share) => share / mass) };

/** A drawn matrix, one of two levels, and one by a rule without saturation. */
export const matrices: RunSnapshot["matrices"] = [
  { matrix: "layer 1 input", minus: 0.31, zero: 0.37, plus: 0.32, flips: 0.021, saturation: 0.28, histogram },
  { matrix: "layer 1 recurrent", minus: 0.26, zero: 0.49, plus: 0.25, flips: 0.043, saturation: 0.41, histogram },
  { matrix: "output", minus: 0.49, zero: 0, plus: 0.51, flips: 0.002, saturation: null, histogram: { ...histogram, limit: 0.9 } },
];

/** Six runs as a newcomer's second day leaves them. */
export function sixRuns(): [ViewedRun, ViewedRun, ViewedRun, ViewedRun, ViewedRun, ViewedRun] {
  return [
    snapshot({ name: "ternary · batch norm", colour: 0, reports: 180 }),
    snapshot({
      name: "binary · batch norm",
      colour: 1,
      reports: 300,
      state: "finished",
      floor: 2.32,
      parameters: { quantiser: "binary, stochastic", "learning rate": "0.002" },
    }),
    snapshot({
      name: "full precision",
      colour: 2,
      reports: 300,
      state: "finished",
      floor: 2.06,
      parameters: { quantiser: "none" },
    }),
    snapshot({ name: "ternary · seed 2", colour: 3, reports: 240, state: "interrupted", parameters: { seed: "2" } }),
    snapshot({ name: "ternary · layer norm", colour: 4, reports: 90, state: "crashed", floor: 2.4 }),
    snapshot({ name: "ternary · 512 units", colour: 5, reports: 0, parameters: { units: "512" } }),
  ];
}

/** All that there is of the runs. */
export function runsMessage(runs: readonly ViewedRun[], selected: string[] = []): RunsMessage {
  return {
    type: "runs",
    version: webviewProtocolVersion,
    number: 1,
    after: null,
    rows: runs.map((run) => runSummarySchema.parse(run)),
    gone: [],
    curves: runs.flatMap(({ dir, ...run }) => {
      const increment = incrementOf(noCurves, run);
      return increment === undefined ? [] : [{ dir, increment }];
    }),
    withoutCurves: [],
    selected,
    isSearching: false,
  };
}
