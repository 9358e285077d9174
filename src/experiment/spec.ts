import * as z from "zod";
import { faultsOf } from "./faults.js";
import { quantiserSchema } from "./quantiserSpec.js";
import { isPrintableLine, printableLineRule, printableLines } from "../text/printable.js";
import { taskSchema } from "./taskSpec.js";

/**
 * The plain JSON value that determines a run: same spec, same compute kernel, same numbers.
 * It is stored as `spec.json` in the run directory and validated wherever it enters.
 */

const positiveInteger = z.number().int().positive();
const positive = z.number().positive();
/** A probability that leaves something over. */
const rate = z.number().min(0).lt(1);

export const normaliserSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  /**
   * Batch statistics at each timestep in training, gamma and beta shared over time (Cooijmans et al. 2017). What ships
   * has population statistics: one set for all timesteps, or one for each timestep of the trained length.
   */
  z.strictObject({ kind: z.literal("batch"), epsilon: positive, statistics: z.enum(["shared", "per-timestep"]) }),
  /** Statistics over the columns of each row, computed at run time (Ba et al. 2016). */
  z.strictObject({ kind: z.literal("layer"), epsilon: positive }),
  /** Each column of the quantised matrix divided by its Euclidean norm (Salimans and Kingma 2016). */
  z.strictObject({ kind: z.literal("weight") }),
]).meta({ makers: ["tl.batchNorm()", "tl.layerNorm()", "tl.weightNorm()", "tl.noNorm()"] });

export const cellNormaliserSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("batch"), epsilon: positive, statistics: z.enum(["shared", "per-timestep"]) }),
  z.strictObject({ kind: z.literal("layer"), epsilon: positive }),
]).meta({ makers: ["tl.batchNorm()", "tl.layerNorm()", "tl.noNorm()"] });

const recurrentFields = {
  units: positiveInteger.max(65_536),
  quantiser: z.strictObject({ input: quantiserSchema, recurrent: quantiserSchema }),
  /** Of the input product and the recurrent product. */
  normaliser: normaliserSchema,
  /** `carried`: the state at the end of one minibatch is the start of the next one, for texts read in order. */
  initialState: z.enum(["learned", "zero", "carried"]),
  /** Probability with which an output of this layer is dropped on its way to the next one (Zaremba et al. 2014). */
  dropout: rate,
  /** Probability with which h_{t-1} is dropped before the recurrent product, one mask a sequence (Gal and Ghahramani 2016). */
  recurrentDropout: rate,
  /**
   * Standard deviation of the Gaussian noise on the hidden state before the first timestep of each sequence, in training and
   * author-style evaluation (0.1 in the paper's code for sequential MNIST). Default 0.
   */
  initialNoise: z.number().min(0).max(10).optional(),
};

/** A range that a binary fixed-point format can have. */
const powerOfTwo = z.number().positive().refine((value) => Number.isInteger(Math.log2(value)), "give a power of two, as 4 or 8");

const hiddenBits = z.number().int().min(2).max(24);

/**
 * States kept in fixed point, in training, evaluation and what ships: h signed over [-1, 1), c signed over
 * [-cellRange, cellRange), both rounded to nearest and saturated at each timestep.
 */
export const lstmStateSchema = z
  .strictObject({ hiddenBits, cellBits: z.number().int().min(2).max(24), cellRange: powerOfTwo.max(1024) })
  .refine(({ cellBits, cellRange }) => cellRange <= 2 ** (cellBits - 1), "cellBits must reach to whole numbers of the range: take more of them")
  .meta({ makers: ["tl.fixedState()"] });

const zoneoutRate = rate.describe("Krueger et al. 2017");

export const lstmSchema = z.strictObject({
  cell: z.literal("lstm"),
  ...recurrentFields,
  /** Of the cell state before the output tanh. */
  cellNormaliser: cellNormaliserSchema,
  zoneout: z.strictObject({ hidden: zoneoutRate, cell: zoneoutRate }),
  state: lstmStateSchema.optional(),
});

export const gruSchema = z.strictObject({
  cell: z.literal("gru"),
  ...recurrentFields,
  /** Whether the reset gate multiplies h before its product with the candidate's matrix, or the product. */
  reset: z.enum(["before", "after"]),
  zoneout: z.strictObject({ hidden: zoneoutRate }),
  state: z.strictObject({ hiddenBits }).meta({ makers: ["tl.fixedState()"] }).optional(),
});

/** Feng et al. 2024, section 3.1: h has no weights. */
export const minGruSchema = z.strictObject({
  cell: z.literal("min-gru"),
  units: recurrentFields.units,
  quantiser: z.strictObject({ input: quantiserSchema }),
  normaliser: normaliserSchema,
  initialState: recurrentFields.initialState,
  dropout: rate,
  initialNoise: recurrentFields.initialNoise,
  zoneout: z.strictObject({ hidden: zoneoutRate }),
  /** h signed over [-hiddenRange, hiddenRange). */
  state: z.strictObject({ hiddenBits, hiddenRange: powerOfTwo.max(1024) }).optional(),
});

const layerSchema = z.discriminatedUnion("cell", [lstmSchema, gruSchema]).meta({ makers: ["tl.lstm({ units: 256 })", "tl.gru({ units: 256 })"] });

export const learningRateSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), rate: positive }),
  z.strictObject({ kind: z.literal("geometric"), from: positive, to: positive }),
  /** Half a cosine from one rate to the other (Loshchilov and Hutter 2017, without restarts). */
  z.strictObject({ kind: z.literal("cosine"), from: positive, to: positive }),
  /** Smith and Topin 2018: cosine warm-up to `peak`, cosine decay to almost zero. */
  z.strictObject({ kind: z.literal("one-cycle"), peak: positive, warmup: z.number().gt(0).lt(1) }),
  /** Multiplied by `factor` after each `patience` validations in a row that were not better than the best. */
  z.strictObject({ kind: z.literal("plateau"), from: positive, factor: z.number().gt(0).lt(1), patience: positiveInteger }),
]).meta({ makers: ["tl.constant(0.002)", "tl.oneCycle(0.014)", "tl.cosine(0.002, 0.0001)", "tl.geometric(0.002, 0.0001)", "tl.plateau(0.002)"] });

export const clippingSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  /** All gradients together are scaled down to this Euclidean norm (Pascanu et al. 2013). */
  z.strictObject({ kind: z.literal("norm"), limit: positive }),
  /** Each element of each gradient is cut to [-limit, limit]. */
  z.strictObject({ kind: z.literal("value"), limit: positive }),
]).meta({ makers: ["tl.clipNorm(1)", "tl.clipValue(1)"] });

const optimiserFields = { learningRate: learningRateSchema, clipping: clippingSchema };

export const optimiserSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("adam"),
    beta1: rate,
    beta2: rate,
    epsilon: positive,
    ...optimiserFields,
  }),
  z.strictObject({ kind: z.literal("sgd"), momentum: rate, ...optimiserFields }),
]).meta({ makers: ["tl.adam()", "tl.sgd()"] });

/** From which latent weights the model that is validated and shipped is made. */
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
  /** Training begins with the weights of a given model; they have this checksum. Default: with initial ones of the seed. */
  startWeights: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
});

export type ExperimentSpec = z.infer<typeof experimentSpecSchema>;
export type LstmSpec = z.infer<typeof lstmSchema>;
export type GruSpec = z.infer<typeof gruSchema>;
export type MinGruSpec = z.infer<typeof minGruSchema>;
export type LayerSpec = z.infer<typeof layerSchema>;
export type NormaliserSpec = z.infer<typeof normaliserSchema>;
export type CellNormaliserSpec = z.infer<typeof cellNormaliserSchema>;
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
