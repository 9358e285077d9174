import * as z from "zod";
import { requireValid } from "../experiment/faults.js";
import {
  type AveragingSpec,
  averagingSchema,
  type ClippingSpec,
  clippingSchema,
  type LearningRateSpec,
  learningRateSchema,
  type OptimiserSpec,
  type RateFactors,
  rateFactorsSchema,
  type ShippingSpec,
  shippingSchema,
} from "../experiment/spec.js";
import { checkOptions } from "../experiment/options.js";
import { customFunctionSpec } from "../experiment/customFunction.js";
import type { Schedule } from "../rnn/training/schedule.js";

/** How training moves the weights; each word returns the plain JSON value of its part of the spec. */

/** A learning rate that stays the same in all steps. */
export function constant(rate: number): LearningRateSpec {
  return requireValid("tl.constant()", learningRateSchema, { kind: "constant", rate });
}

/** A learning rate that falls by the same factor at each step, from `from` to `to`. */
export function geometric(from: number, to: number): LearningRateSpec {
  return requireValid("tl.geometric()", learningRateSchema, { kind: "geometric", from, to });
}

/** A learning rate that goes from `from` to `to` along half a cosine. */
export function cosine(from: number, to: number): LearningRateSpec {
  return requireValid("tl.cosine()", learningRateSchema, { kind: "cosine", from, to });
}

/** A learning rate that rises to `peak` over the share `warmup` of the steps (default 0.1) and then falls to almost 0, both along half a cosine. */
export function oneCycle(peak: number, options: { warmup?: number } = {}): LearningRateSpec {
  const { warmup = 0.1 } = checkOptions("tl.oneCycle", options, { warmup: true });
  return requireValid("tl.oneCycle()", learningRateSchema, { kind: "one-cycle", peak, warmup });
}

/** A learning rate that begins at `from` and is multiplied by `factor` (default 1/4) after each `patience` (default 1) validations without a new best. */
export function plateau(from: number, options: { factor?: number; patience?: number } = {}): LearningRateSpec {
  const { factor = 0.25, patience = 1 } = checkOptions("tl.plateau", options, { factor: true, patience: true });
  return requireValid("tl.plateau()", learningRateSchema, { kind: "plateau", from, factor, patience });
}

const schedules = new WeakMap<object, Schedule>();

/**
 * A learning rate of your own: a function of what training has come to, asked before each step.
 *
 *     tl.schedule("warm-up", ({ step, steps }) => 0.002 * Math.min(1, (step + 1) / (0.1 * steps)))
 *
 * Of `validations`, the list of `{ step, loss }` so far, it may read how training goes. What it gives must be a finite number of at
 * least 0. The run keeps `name` and the checksum of the function's source: to resume it, give the same function again.
 */
export function schedule(name: string, rate: Schedule): LearningRateSpec {
  const spec = requireValid("tl.schedule()", learningRateSchema, customFunctionSpec("tl.schedule()", name, rate));
  schedules.set(spec, rate);
  return spec;
}

/** The function that `tl.schedule` was given for a learning rate. */
export function scheduleOf(learningRate: unknown): Schedule | undefined {
  return typeof learningRate === "object" && learningRate !== null ? schedules.get(learningRate) : undefined;
}

/** Scales all gradients down together wherever the Euclidean norm of all of them exceeds `limit`. */
export function clipNorm(limit: number): ClippingSpec {
  return requireValid("tl.clipNorm()", clippingSchema, { kind: "norm", limit });
}

/** Cuts each element of each gradient to [-limit, limit]. */
export function clipValue(limit: number): ClippingSpec {
  return requireValid("tl.clipValue()", clippingSchema, { kind: "value", limit });
}

/** Options of `tl.adam()` and `tl.sgd()`. */
export interface OptimiserOptions {
  /** A number, or a schedule such as `tl.oneCycle(0.014)`. Default: 0.002 for Adam, 1 for gradient descent. */
  learningRate?: LearningRateSpec | number;
  /** `tl.clipNorm()` or `tl.clipValue()`. Default: gradients are not clipped. */
  clipping?: ClippingSpec;
  /**
   * What the learning rate is multiplied with for `input` matrices and word vectors, for `recurrent` matrices, for `vectors` (gains, shifts and
   * initial states) and for the `output` layer: `{ vectors: 0.1, output: 2 }`. Default 1. With 0 a group stays as it begins.
   */
  rateFactors?: RateFactors;
}

/** Options of `tl.adam()`. */
export interface AdamOptions extends OptimiserOptions {
  /** Decay of the mean of the gradients at each step, at least 0, below 1. Default 0.9. */
  beta1?: number;
  /** Decay of the mean of their squares, at least 0, below 1. Default 0.999. */
  beta2?: number;
  /** Added to the root of the mean of squares before its bias is corrected; above 0. Default 1e-8. */
  epsilon?: number;
}

/** Options of `tl.adamW()`. */
export interface AdamWOptions extends AdamOptions {
  /** Each step multiplies matrices and word vectors by 1 - learning rate * weightDecay; at least 0. Default 0.01. */
  weightDecay?: number;
}

const optimiserNames = { learningRate: true, clipping: true, rateFactors: true } as const;
const adamNames = { ...optimiserNames, beta1: true, beta2: true, epsilon: true } as const;

const rate = z.number().min(0).lt(1).optional();
const optimiserFields = {
  learningRate: z.union([z.number().positive(), learningRateSchema]).optional(),
  clipping: clippingSchema.optional(),
  rateFactors: rateFactorsSchema.optional(),
};
const adamFields = { ...optimiserFields, beta1: rate, beta2: rate, epsilon: z.number().positive().optional() };
const adamSchema = z.strictObject(adamFields);
const adamWSchema = z.strictObject({ ...adamFields, weightDecay: z.number().min(0).optional() });
const sgdSchema = z.strictObject({ ...optimiserFields, momentum: rate });

function common({ learningRate, clipping = { kind: "none" }, rateFactors }: OptimiserOptions, defaultRate: number) {
  const own = learningRate ?? defaultRate;
  return { learningRate: typeof own === "number" ? constant(own) : own, clipping, ...(rateFactors !== undefined && { rateFactors }) };
}

function adamSpec({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...options }: AdamOptions) {
  return { kind: "adam", beta1, beta2, epsilon, ...common(options, 0.002) } as const;
}

/** The optimiser Adam (Kingma and Ba 2015) with the constants of the paper's code, beta1 0.9 and beta2 0.999. The default learning rate is constant, 0.002. */
export function adam(options: AdamOptions = {}): OptimiserSpec {
  checkOptions("tl.adam", options, adamNames);
  requireValid("tl.adam()", adamSchema, options);
  return adamSpec(options);
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019): beside Adam's step, matrices and word vectors shrink; gains, shifts and biases do not. */
export function adamW(options: AdamWOptions = {}): OptimiserSpec {
  checkOptions("tl.adamW", options, { ...adamNames, weightDecay: true });
  requireValid("tl.adamW()", adamWSchema, options);
  const { weightDecay = 0.01, ...adamOptions } = options;
  return { ...adamSpec(adamOptions), weightDecay };
}

/** Stochastic gradient descent, with `momentum` (at least 0, below 1; default 0). The default learning rate is constant, 1. */
export function sgd(choice: OptimiserOptions & { momentum?: number } = {}): OptimiserSpec {
  checkOptions("tl.sgd", choice, { ...optimiserNames, momentum: true });
  requireValid("tl.sgd()", sgdSchema, choice);
  const { momentum = 0, ...options } = choice;
  return { kind: "sgd", momentum, ...common(options, 1) };
}

/** What is validated and ships is an exponential moving average of the latent weights, with the decay of each step (default 0.999). */
export function exponentialAverage(decay = 0.999): AveragingSpec {
  return requireValid("tl.exponentialAverage()", averagingSchema, { kind: "exponential", decay });
}

/** The weights that ship follow the deterministic rule of their quantiser. */
export function deterministicWeights(): ShippingSpec {
  return { kind: "deterministic" };
}

/** The weights that ship are drawn once by the stochastic rule of their quantiser, with the seed of the experiment. */
export function seededDraw(): ShippingSpec {
  return { kind: "draw" };
}

/** The weights that ship are those with the lowest validation loss among the ones of the deterministic rule and `draws` seeded draws. */
export function bestOf(draws: number): ShippingSpec {
  return requireValid("tl.bestOf()", shippingSchema, { kind: "best", draws });
}
