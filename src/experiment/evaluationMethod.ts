import { keepsTimesteps, measuresMinibatches } from "../normalisers/ofLayer.js";
import * as z from "zod";
import { levelsOf } from "../quantisers/make.js";
import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import { quantisersOf } from "../cells/cells.js";
import type { ExperimentSpec, LayerSpec } from "./spec.js";

/**
 * How a figure was computed: kept beside the figure, and the one source of what every output says about it.
 * `weights` multiplied, `statistics` of batch normalisation, and `reading`: where the network begins and how it goes on.
 */
export const evaluationMethodSchema = z.strictObject({
  weights: z.discriminatedUnion("rule", [
    /** Exactly those of `model.safetensors`, or of a candidate for it. */
    z.strictObject({ rule: z.literal("shipped") }),
    z.strictObject({
      /**
       * `redrawn`: stochastic quantisers draw anew for each minibatch. `deterministic`: all quantisers follow a rule without
       * chance. `full-precision`: no matrix is quantised.
       */
      rule: z.enum(["redrawn", "deterministic", "full-precision"]),
      /** Whether the latent weights are the moving average of training. */
      averaged: z.boolean(),
      /** Whether the latent weights are those of the last step or of the best validation. */
      at: z.enum(["last-step", "best-validation"]),
    }),
  ]),
  /** `none`: no layer has batch normalisation. */
  statistics: z.enum(["minibatch", "frozen", "frozen-per-timestep", "none"]),
  /**
   * `windows`: each from the initial state. `carried-windows`: windows in order that carry their state on. `stream`: one from
   * start to end. `parallel-streams`: evenly spaced streams side by side. `sequences`: each by itself.
   */
  reading: z.enum(["windows", "carried-windows", "stream", "parallel-streams", "sequences"]),
  /** Only so many minibatches at the beginning of the part are read; null: all of them. */
  mostMinibatches: z.number().int().positive().nullable(),
});
export type EvaluationMethod = z.infer<typeof evaluationMethodSchema>;

type Quantised = { readonly layers: readonly LayerSpec[] } & Pick<ExperimentSpec, "output">;
type Trained = Pick<ExperimentSpec, "task" | "layers" | "output">;

/** Minibatches that one validation during training reads at most; enough for a standard error near 0.01 BPC. */
export const validationMinibatches = 32;

/** Whether any matrix is drawn by chance. */
export function drawsWeights(network: Quantised): boolean {
  return allQuantisers(network).some((quantiser) => "sampling" in quantiser && quantiser.sampling === "stochastic");
}

function allQuantisers({ layers, output }: Quantised): QuantiserSpec[] {
  return [...layers.flatMap(quantisersOf), output.quantiser];
}

/**
 * Whether stochastic quantisers follow their deterministic rule in a step: the last `deterministicTail * steps` of all.
 * @param step of training, from 0, below `steps`: so no step is in a tail of 0
 */
export function isInDeterministicTail({ steps, deterministicTail }: Pick<ExperimentSpec, "steps" | "deterministicTail">, step: number): boolean {
  return Math.min(step, steps - 1) >= steps * (1 - deterministicTail);
}

/**
 * How much of the effective weights is quantised in a step; undefined for all of it.
 * @param step of training, from 0
 */
export function quantisedShare({ steps, gradualQuantisation }: Pick<ExperimentSpec, "steps" | "gradualQuantisation">, step: number): number | undefined {
  if (gradualQuantisation === undefined || step >= gradualQuantisation.until * steps) {
    return undefined;
  }
  const { from, until } = gradualQuantisation;
  return from + (1 - from) * (step / (until * steps));
}

export interface AuthorStyle {
  /** Step of training, from 0, whose rule the weights follow. */
  readonly step: number;
  readonly at: "last-step" | "best-validation";
  readonly mostMinibatches: number | null;
}

/** How the paper's released code evaluates: as training computes, but without its regularisers. */
export function authorStyleMethod(
  spec: Trained & Pick<ExperimentSpec, "steps" | "deterministicTail" | "averaging">,
  { step, at, mostMinibatches }: AuthorStyle,
): EvaluationMethod {
  return {
    weights: { rule: ruleOf(spec, isInDeterministicTail(spec, step)), averaged: spec.averaging.kind === "exponential", at },
    statistics: spec.layers.some(measuresMinibatches) ? "minibatch" : "none",
    reading: windowsOf(spec),
    mostMinibatches,
  };
}

function ruleOf(spec: Trained, inTail: boolean): "redrawn" | "deterministic" | "full-precision" {
  if (allQuantisers(spec).every((quantiser) => levelsOf(quantiser) === "full")) {
    return "full-precision";
  }
  return drawsWeights(spec) && !inTail ? "redrawn" : "deterministic";
}

function windowsOf({ task, layers }: Trained): EvaluationMethod["reading"] {
  if (task.kind === "classification") {
    return "sequences";
  }
  return layers.some(({ initialState }) => initialState === "carried") ? "carried-windows" : "windows";
}

/**
 * What ships, as a device computes.
 * @param reading of a text in one stream, or to be quick by streams side by side; of sequences one by one
 */
export function deployableMethod(layers: readonly LayerSpec[], reading: "stream" | "parallel-streams" | "sequences"): EvaluationMethod {
  return {
    weights: { rule: "shipped" },
    statistics: !layers.some(measuresMinibatches) ? "none" : layers.some(keepsTimesteps) ? "frozen-per-timestep" : "frozen",
    reading,
    mostMinibatches: null,
  };
}

/**
 * The method of an author-style figure whose run does not record it. The versions that wrote such runs took the rule of the step
 * after the last one: deterministic for a run with all its steps done, even without a tail.
 * @param stepsDone when the figure was computed
 */
export function unrecordedAuthorStyle(
  spec: Parameters<typeof authorStyleMethod>[0],
  stepsDone: number,
  { at, mostMinibatches }: Pick<AuthorStyle, "at" | "mostMinibatches">,
): EvaluationMethod {
  const tailed = stepsDone >= spec.steps ? { ...spec, deterministicTail: 1 } : spec;
  return authorStyleMethod(tailed, { step: stepsDone, at, mostMinibatches });
}

const rules: Readonly<Record<EvaluationMethod["weights"]["rule"], string>> = {
  shipped: "shipped weights",
  redrawn: "stochastic weights drawn anew for each minibatch",
  deterministic: "weights by their deterministic rule",
  "full-precision": "full-precision weights",
};

const statisticsWords: Readonly<Record<EvaluationMethod["statistics"], string>> = {
  minibatch: "statistics of the minibatch",
  frozen: "frozen constants",
  "frozen-per-timestep": "frozen constants of each timestep",
  none: "no batch normalisation",
};

const readings: Readonly<Record<EvaluationMethod["reading"], string>> = {
  windows: "windows from the initial state",
  "carried-windows": "windows that carry the state on",
  stream: "one continuous stream",
  "parallel-streams": "streams side by side",
  sequences: "each sequence by itself",
};

/** "shipped weights, frozen constants, one continuous stream" */
export function methodInWords({ weights, statistics, reading, mostMinibatches }: EvaluationMethod): string {
  const latent =
    weights.rule === "shipped"
      ? []
      : [...(weights.averaged ? ["moving average of the latent weights"] : []), ...(weights.at === "best-validation" ? ["of the best validation"] : [])];
  const part = mostMinibatches === null ? [] : [`at most ${mostMinibatches} minibatches`];
  return [rules[weights.rule], ...latent, statisticsWords[statistics], readings[reading], ...part].join(", ");
}
