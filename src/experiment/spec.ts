import * as z from "zod";
import type { CellNormaliserSpec, NormaliserSpec } from "../normalisers/lookup.js";
import { customFunctionSchema } from "./customFunction.js";
import { layerSchema } from "../cells/cells.js";
import { faultsOf } from "./faults.js";
import { quantiserSchema } from "../quantisers/quantiserSpec.js";
import { isPrintableLine, printableLineRule, printableLines } from "../text/printable.js";
import { taskSchema } from "./taskSpec.js";

/**
 * The plain JSON value that determines a run: same spec, same compute kernel, same numbers.
 * It is stored as `spec.json` in the run directory and validated wherever it enters.
 */

const positiveInteger = z.number().int().positive();
const positive = z.number().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A probability that leaves something over. */
const rate = z.number().min(0).lt(1);

export const learningRateSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), rate: positive }),
  z.strictObject({ kind: z.literal("geometric"), from: positive, to: positive }),
  /** Half a cosine from one rate to the other (Loshchilov and Hutter 2017, without restarts). */
  z.strictObject({ kind: z.literal("cosine"), from: positive, to: positive }),
  /** Smith and Topin 2018: cosine warm-up to `peak`, cosine decay to almost zero. */
  z.strictObject({ kind: z.literal("one-cycle"), peak: positive, warmup: z.number().gt(0).lt(1) }),
  /** Multiplied by `factor` after each `patience` validations in a row that were not better than the best. */
  z.strictObject({ kind: z.literal("plateau"), from: positive, factor: z.number().gt(0).lt(1), patience: positiveInteger }),
  /** A function of a cell, `tl.schedule()`. */
  customFunctionSchema,
]).meta({ makers: ["tl.constant(0.002)", "tl.oneCycle(0.014)", "tl.cosine(0.002, 0.0001)", "tl.geometric(0.002, 0.0001)", "tl.plateau(0.002)"] });

export const clippingSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  /** All gradients together are scaled down to this Euclidean norm (Pascanu et al. 2013). */
  z.strictObject({ kind: z.literal("norm"), limit: positive }),
  /** Each element of each gradient is cut to [-limit, limit]. */
  z.strictObject({ kind: z.literal("value"), limit: positive }),
]).meta({ makers: ["tl.clipNorm(1)", "tl.clipValue(1)"] });

const factor = z.number().min(0).optional();

/** What the learning rate is multiplied with for some of the parameters; absent: 1. With 0 they stay as they begin. */
export const rateFactorsSchema = z.strictObject({
  /** Input matrices of all layers, and word vectors. */
  input: factor,
  /** Recurrent matrices. */
  recurrent: factor,
  /** Gains, shifts and initial states of all layers. */
  vectors: factor,
  /** Matrix and bias of the output layer. */
  output: factor,
});
/** What the learning rate is multiplied with for some of the parameters. */
export type RateFactors = z.infer<typeof rateFactorsSchema>;

const optimiserFields = { learningRate: learningRateSchema, clipping: clippingSchema, rateFactors: rateFactorsSchema.optional() };

export const optimiserSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("adam"),
    beta1: rate,
    beta2: rate,
    epsilon: positive,
    /**
     * Decoupled (Loshchilov and Hutter 2019, algorithm 2): each step multiplies matrices and word vectors by 1 - rate * weightDecay before
     * Adam moves them. Default 0.
     */
    weightDecay: z.number().min(0).optional(),
    ...optimiserFields,
  }),
  z.strictObject({ kind: z.literal("sgd"), momentum: rate, ...optimiserFields }),
]).meta({ makers: ["tl.adam()", "tl.adamW()", "tl.sgd()"] });

/** The latent weights of which the model that is validated and shipped is made. */
export const averagingSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  /** Exponential moving average of all parameters: average = decay * average + (1 - decay) * parameter at each step. */
  z.strictObject({ kind: z.literal("exponential"), decay: z.number().gt(0).lt(1) }),
]).meta({ makers: ["tl.exponentialAverage()"] });

/** How the weights that ship are chosen from the latent ones; never with the test part. */
export const shippingSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("deterministic") }),
  /** One seeded draw. */
  z.strictObject({ kind: z.literal("draw") }),
  /** The best on the validation part of the deterministic rule and `draws` seeded draws. */
  z.strictObject({ kind: z.literal("best"), draws: positiveInteger.max(1000) }),
]).meta({ makers: ["tl.bestOf(8)", "tl.deterministicWeights()", "tl.seededDraw()"] });

/** The weight of each class, or symbol, in the loss that training lowers; with `balanced` all classes weigh the same together. */
export const classWeightsSchema = z.union([
  z.literal("balanced"),
  z.array(z.number().min(0)).min(1).refine((weights) => weights.some((weight) => weight > 0), "give at least one weight above 0"),
]);
export type ClassWeightsSpec = z.infer<typeof classWeightsSchema>;

export const experimentSpecSchema = z.strictObject({
  version: z.literal(1),
  /** What the run is called in lists, titles and headers of generated files. */
  name: z.string().min(1).max(200).refine(isPrintableLine, printableLineRule),
  task: taskSchema,
  /** From the input on; at least one. */
  layers: z.array(layerSchema).min(1).max(16).meta({ give: "a list of 1 to 16 layers, [tl.lstm({ units: 256 })]" }),
  /** The dense layer over the symbols, words or classes. */
  output: z.strictObject({ quantiser: quantiserSchema }),
  optimiser: optimiserSchema,
  averaging: averagingSchema,
  /** Share of the steps, at the end of training, in which stochastic quantisers follow their deterministic rule. */
  deterministicTail: z.number().min(0).max(1),
  shipping: shippingSchema,
  steps: positiveInteger.meta({ give: "the number of minibatches to train on, a whole number above 0, as steps: 1000" }),
  /** Steps between two validations; a checkpoint is written at each. */
  validateEvery: positiveInteger,
  /** Training ends after so many validations in a row that were not better than the best; null: never. */
  stopAfter: positiveInteger.nullable(),
  seed: z.number().int().min(0).max(0xffff_ffff),
  /** Default: all count alike. Figures of evaluations never have weights. */
  classWeights: classWeightsSchema.optional(),
  /**
   * What is quantised of the effective weights in training, (1 - share) w + share q(w): the share grows evenly with the steps from `from` to 1,
   * which it reaches after the fraction `until` of all. Validations and what ships are always wholly quantised. Default: all from the first step.
   */
  gradualQuantisation: z.strictObject({ from: z.number().min(0).lt(1), until: z.number().gt(0).lt(1) }).optional(),
  /** Minibatches whose gradients make one step together, their mean. Default 1. */
  accumulate: positiveInteger.max(10_000).optional(),
  /** How much of each target's probability all symbols or classes share alike in the loss that training lowers. Default 0. */
  labelSmoothing: z.number().min(0).lt(1).optional(),
  /**
   * Training learns from the predictions of a trained network, too: its objective is (1 - share) CE + share T^2 KL(teacher || network), both
   * distributions being softmax(logits / T) with T the temperature (Hinton, Vinyals and Dean 2015). The run directory has the teacher, whose
   * file has this SHA-256.
   */
  distillation: z
    .strictObject({
      teacher: z.strictObject({ name: z.string().min(1).max(300).refine(isPrintableLine, printableLineRule), sha256 }),
      temperature: positive,
      share: z.number().gt(0).max(1),
    })
    .optional(),
  /** A function of a cell that is called after each step. */
  onStep: customFunctionSchema.optional(),
  /**
   * Training begins with the weights of a given model; they have this checksum. `from`: what they come from, 'run "fox"'; absent for the
   * model of `model`. Default: with initial ones of the seed.
   */
  startWeights: z.strictObject({ from: z.string().min(1).max(300).refine(isPrintableLine, printableLineRule).optional(), sha256 }).optional(),
});

/** All that determines a run: its data, task, layers, training and seed, as `spec.json` keeps it. */
export type ExperimentSpec = z.infer<typeof experimentSpecSchema>;
export type { GruSpec } from "../cells/gru.js";
export type { LayerSpec } from "../cells/cells.js";
export type { LstmSpec } from "../cells/lstm.js";
export type { MinGruSpec } from "../cells/minGru.js";
export type { CellNormaliserSpec, NormaliserSpec };
export type OptimiserSpec = z.infer<typeof optimiserSchema>;
export type LearningRateSpec = z.infer<typeof learningRateSchema>;
export type ClippingSpec = z.infer<typeof clippingSchema>;
export type AveragingSpec = z.infer<typeof averagingSchema>;
export type ShippingSpec = z.infer<typeof shippingSchema>;

/** A value that is not a valid spec; the message names each field, what it holds and what it should be. */
export class InvalidSpecError extends Error {
  override readonly name = "InvalidSpecError";
}

/**
 * Checks an unknown value against the schema.
 * @param place where the value came from, for the message: a file
 * @throws InvalidSpecError
 */
export function parseExperimentSpec(value: unknown, place: string): ExperimentSpec {
  const parsed = experimentSpecSchema.safeParse(value);
  if (parsed.success) {
    return parsed.data;
  }
  const faults = faultsOf(experimentSpecSchema, value, parsed.error.issues).map(({ path, text }) => `  ${path || "(whole value)"} ${text}`);
  throw new InvalidSpecError(printableLines(`Invalid experiment in ${place}:\n${faults.join("\n")}`));
}
