import type { DataPart, TaskData } from "../data/contract.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import type { TaskSpec } from "../experiment/taskSpec.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import type { SaturationCounts } from "../hardware/integer/layerUnits.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import { evaluateDeployable, type EvaluationOptions } from "../rnn/inference/evaluate.js";
import type { RecurrentKernel } from "../rnn/kernels/contract.js";
import type { EvaluatedScore, Score } from "../rnn/inference/score.js";
import { table, thousands } from "../display/html.js";
import { scoreInWords } from "./evaluation.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";
import { beginning, integerScore, type IntegerScore } from "./integerScore.js";
import { shown } from "../experiment/options.js";

/** What is scored on what. */
export interface IntegerEvaluationRequest {
  readonly task: TaskSpec["kind"];
  readonly deployed: DeployedModel;
  readonly fixed: FixedModel;
  readonly data: TaskData;
  readonly part: Exclude<DataPart, "train">;
  /** Timesteps of the part's beginning that are scored; undefined: all. */
  readonly timesteps?: number;
  readonly kernel: RecurrentKernel;
}

/**
 * Scores integers and float model on the same timesteps.
 * @throws RangeError for a number of timesteps that is none; the signal's reason when it aborts
 */
export async function evaluateIntegers(
  { task, deployed, fixed, data, part, timesteps, kernel }: IntegerEvaluationRequest,
  options: EvaluationOptions = {},
): Promise<IntegerEvaluation> {
  if (timesteps !== undefined && (!Number.isInteger(timesteps) || timesteps < 1)) {
    throw new RangeError(`timesteps is ${shown(timesteps)}; choose a whole number above 0, or leave it out for all.`);
  }
  const chosen = timesteps === undefined ? data : beginning(data, part, timesteps);
  const float = await evaluateDeployable(deployed, chosen, part, kernel, { signal: options.signal });
  const integers = await integerScore(deployed, fixed, chosen, part, kernel, options);
  return new IntegerEvaluation(task, part, float, integers, fixed.delta !== undefined);
}

/** Half of the last digit of the scores that stand beside it: below this both read alike, and the sign is that of roundings. */
const leastDifference = 0.0005;
/** The finest step that a difference is told in. */
const step = 0.0001;

/**
 * What the integers lose, in words: "0.0123 bits per prediction worse", or for a difference that the scores cannot tell
 * "within 0.0001 bits per prediction", rounded up.
 */
export function differenceInWords(lostBits: number): string {
  const size = Math.abs(lostBits);
  if (size < leastDifference) {
    return `within ${(Math.max(1, Math.ceil(size / step)) * step).toFixed(4)} bits per prediction`;
  }
  return `${size.toFixed(4)} bits per prediction ${lostBits > 0 ? "worse" : "better"}`;
}

/** The accelerator's integers beside the float model that ships, on the same timesteps. */
export class IntegerEvaluation implements Displayable {
  constructor(
    /** The kind of the run's task. */
    readonly task: TaskSpec["kind"],
    /** The part that was evaluated. */
    readonly part: "validation" | "test",
    /** The score of the float model. */
    readonly deployable: EvaluatedScore,
    private readonly integerScore: IntegerScore,
    private readonly isDelta: boolean,
  ) {}

  /** How many timesteps were scored. */
  get timesteps(): number {
    return this.integerScore.timesteps;
  }

  /** The score of the accelerator's integers. */
  get integers(): Score {
    return this.integerScore.score;
  }

  /** How many values were clipped to the range of their format. */
  get saturations(): SaturationCounts {
    return this.integerScore.saturations;
  }

  /** Read in a timestep, on average, for each layer: H, or with delta updates those whose h had changed. */
  get recurrentColumns(): readonly number[] {
    return this.integerScore.recurrentColumns;
  }

  /** Bits per prediction that the integers are worse than the float model; below 0: better. */
  get lostBits(): number {
    return this.integers.bpc - this.deployable.bpc;
  }

  /** The comparison as rows of text. */
  rows(): readonly (readonly [string, string])[] {
    const { task, deployable, integers, saturations, lostBits } = this;
    return [
      ["float, deployable", scoreInWords(task, deployable)],
      ["integers", scoreInWords(task, integers)],
      ["both with", methodInWords(deployable.how)],
      ["difference", differenceInWords(lostBits)],
      ["saturated", `${thousands(saturations.preactivation)} pre-activations, ${thousands(saturations.cell)} cell states`],
      ...(this.isDelta ? [["columns read", this.recurrentColumns.map((columns) => columns.toFixed(1)).join(", ")] as const] : []),
    ];
  }

  [displaySymbol](): MimeBundle {
    return table(`Integers of the accelerator, ${this.part} part (${thousands(this.timesteps)} timesteps)`, this.rows());
  }
}
