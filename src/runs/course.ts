import type { RunEvent, RunEventOf } from "./contract.js";
import { GrowingCurve } from "./growingCurve.js";
import { measures } from "./measures.js";
import { type JudgedSpec, Outline } from "./outline.js";

/** Points of one curve that a panel is given. */
const mostPoints = 2_000;

/** The time left is told from the pace of the last so many reports. */
const reportsForPace = 50;

/** A perplexity can be larger than any number; no picture tells one from this one. */
const mostFigure = 1e300;

export interface CurvePoint {
  readonly step: number;
  /** Seconds of training; breaks between two owners do not count. */
  readonly seconds: number;
  /** Nats per character, word or sequence; NaN where another tool told none. */
  readonly loss: number;
  /** The figure by which the task is judged. */
  readonly figure: number;
}

export interface SeriesPoint {
  readonly step: number;
  readonly value: number;
}

type WeightReport = RunEventOf<"weights">["matrices"][number];

/** Shares of the codes of one matrix. */
export type WeightPoint = Omit<WeightReport, "matrix" | "histogram"> & { readonly step: number };

/** The curves show the larger matrix of a character model. */
const shownMatrix = "layer 1 recurrent";

/**
 * A run's outline and its curves. An event costs the same, and the memory is the same, whether the run trains for a minute or for
 * days: figures (the last, the best, the time) are exact, and curves keep the lowest and highest points of equal stretches.
 */
export class Course extends Outline {
  override readonly needsEveryStep = true;
  readonly train: GrowingCurve<CurvePoint>;
  readonly validation: GrowingCurve<CurvePoint>;
  readonly learningRate: GrowingCurve<SeriesPoint>;
  readonly gradientNorm: GrowingCurve<SeriesPoint>;
  readonly itemsPerSecond: GrowingCurve<SeriesPoint>;
  readonly weights: GrowingCurve<WeightPoint>;
  /** Every matrix at the last report. */
  matrices: readonly WeightReport[] = [];
  /** The last reports of the present owner. */
  private pace: { readonly step: number; readonly seconds: number }[] = [];

  /** @param points of one curve at most, at least 16 */
  constructor(spec: JudgedSpec, points = mostPoints) {
    super(spec);
    const curve = () => new GrowingCurve<CurvePoint>(points, heightsOf(spec));
    const series = () => new GrowingCurve<SeriesPoint>(points, [({ value }) => value]);
    this.train = curve();
    this.validation = curve();
    this.learningRate = series();
    this.gradientNorm = series();
    this.itemsPerSecond = series();
    this.weights = new GrowingCurve<WeightPoint>(points, [({ flips }) => flips]);
  }

  override add(event: RunEvent, counts = true): void {
    if (event.type === "started") {
      this.pace = [];
    }
    super.add(event, counts);
  }

  /** Seconds that so many steps take at the present owner's pace, validations and checkpoints included; null while little is known. */
  override secondsFor(steps: number): number | null {
    const [first, last] = [this.pace[0], this.pace.at(-1)];
    return first === undefined || last === undefined || last.step <= first.step
      ? null
      : ((last.seconds - first.seconds) / (last.step - first.step)) * Math.max(0, steps);
  }

  protected override report(event: RunEvent): void {
    super.report(event);
    switch (event.type) {
      case "step":
        this.reportStep(event);
        break;
      case "validation":
        this.addTo(this.validation, event);
        break;
      case "weights":
        this.reportWeights(event);
        break;
    }
  }

  private reportStep(event: RunEventOf<"step">): void {
    const { step, learningRate, gradientNorm, charactersPerSecond } = event;
    this.addTo(this.train, event);
    this.learningRate.add({ step, value: learningRate });
    this.gradientNorm.add({ step, value: gradientNorm });
    this.itemsPerSecond.add({ step, value: charactersPerSecond });
    this.pace.push({ step, seconds: this.seconds });
    if (this.pace.length > reportsForPace) {
      this.pace.shift();
    }
  }

  /** A report without the task's figure is left out. */
  private addTo(curve: GrowingCurve<CurvePoint>, report: RunEventOf<"step" | "validation">): void {
    const figure = measures[this.spec.task.kind].of(report);
    if (figure !== undefined) {
      curve.add({ step: report.step, seconds: this.seconds, loss: report.loss, figure: Math.min(figure, mostFigure) });
    }
  }

  private reportWeights({ step, matrices }: RunEventOf<"weights">): void {
    this.matrices = matrices;
    for (const { matrix, minus, zero, plus, flips, saturation } of matrices) {
      if (matrix === shownMatrix) {
        this.weights.add({ step, minus, zero, plus, flips, saturation });
      }
    }
  }
}

/** Bits and perplexity rise with the loss, accuracy does not: its own peaks are kept too. */
function heightsOf({ task }: JudgedSpec): ((point: CurvePoint) => number)[] {
  const loss = (point: CurvePoint): number => point.loss;
  return task.kind === "classification" ? [loss, ({ figure }) => figure] : [loss];
}
