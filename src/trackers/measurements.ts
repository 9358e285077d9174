import type { RunEvent, RunEventOf, RunResult } from "../runs/contract.js";
import { measures } from "../runs/measures.js";
import { type JudgedSpec, Outline } from "../runs/outline.js";
import { followEvents, type RunFollower, type RunReading } from "../runs/readRun.js";
import { safeNames } from "./fileNames.js";

/** One number with its name: "loss/train", "learning_rate". */
export interface Value {
  readonly name: string;
  readonly value: number;
}

/** Shares of equal bins over [-limit, limit]. */
export interface Histogram {
  readonly name: string;
  readonly limit: number;
  readonly shares: readonly number[];
}

/** What was measured after one step. */
export interface Measurement {
  readonly step: number;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly values: readonly Value[];
  readonly histograms: readonly Histogram[];
}

/** The log of a run with every report that counts; of those that a resume did again the last ones. */
export class Transcript extends Outline {
  override readonly needsEveryStep = true;
  readonly measurements: Measurement[] = [];

  protected override report(event: RunEvent): void {
    super.report(event);
    const { step, time } = event;
    switch (event.type) {
      case "step":
        this.measurements.push({ step, time, values: stepValues(event, this.spec), histograms: [] });
        break;
      case "validation":
        this.measurements.push({ step, time, values: scores(event, "validation", this.spec), histograms: [] });
        break;
      case "weights":
        this.measurements.push({ step, time, ...weightReport(event) });
        break;
    }
  }
}

/** Follows all that a run reports. */
export function followTranscript(dir: string): RunFollower<Transcript> {
  return followEvents(dir, (spec) => new Transcript(spec));
}

/** All that was measured, what was evaluated after training last. */
export function measurementsOf({ spec, log, result }: RunReading<Transcript>): readonly Measurement[] {
  const final = result === undefined ? [] : finalValues(result, spec);
  return final.length === 0 ? log.measurements : [...log.measurements, { step: result!.steps, time: endOf(log), values: final, histograms: [] }];
}

/** Seconds since the epoch of the last event. */
export function endOf(log: Outline): number {
  return log.last?.time ?? log.startedAt ?? 0;
}

/** "bpc", "perplexity", "accuracy" */
function figureName({ task }: JudgedSpec): string {
  return measures[task.kind].name.toLowerCase();
}

function stepValues(event: RunEventOf<"step">, spec: JudgedSpec): Value[] {
  return [
    ...scores(event, "train", spec),
    { name: "learning_rate", value: event.learningRate },
    { name: "gradient_norm", value: event.gradientNorm },
    { name: "items_per_second", value: event.charactersPerSecond },
  ];
}

/** Loss in nats, the task's figure, and accuracy as a share where it is known. */
function scores(score: RunEventOf<"step" | "validation">, part: "train" | "validation", spec: JudgedSpec): Value[] {
  const values = new Map<string, number | undefined>([
    ["loss", score.loss],
    [figureName(spec), measures[spec.task.kind].of(score)],
    ["accuracy", score.accuracy],
  ]);
  return [...values].flatMap(([name, value]) => (value === undefined ? [] : [{ name: `${name}/${part}`, value }]));
}

function weightReport({ matrices }: RunEventOf<"weights">): Pick<Measurement, "values" | "histograms"> {
  const names = safeNames(matrices.map(({ matrix }) => matrix));
  const named = matrices.map((report, index) => ({ report, name: `weights/${names[index]!}` }));
  return {
    values: named.flatMap(({ report: { minus, zero, plus, flips, saturation }, name }) =>
      Object.entries({ minus, zero, plus, flips, saturation }).flatMap(([share, value]) => (value === null ? [] : [{ name: `${name}/${share}`, value }])),
    ),
    histograms: named.flatMap(({ report: { histogram }, name }) => (histogram === undefined ? [] : [{ name, ...histogram }])),
  };
}

function finalValues({ figures }: RunResult, spec: JudgedSpec): Value[] {
  const { validation = null, deployableTest = null, authorStyleTest = null } = figures ?? {};
  const known = { shipped_validation: validation, test: deployableTest, test_author_style: authorStyleTest };
  return Object.entries(known).flatMap(([part, value]) => (value === null ? [] : [{ name: `${figureName(spec)}/${part}`, value }]));
}
