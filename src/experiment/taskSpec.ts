import * as z from "zod";
import { isPrintableLine, printableLineRule } from "../text/printable.js";

/** What is learned from which data, and how it is cut into minibatches. */

const positiveInteger = z.number().int().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Where data is found again. */
const sourceSchema = z.discriminatedUnion("kind", [
  /** Ships with the product. */
  z.strictObject({ kind: z.literal("embedded") }),
  /** One of the data sets by name, downloaded or read from TRITLOOM_DATA. */
  z.strictObject({ kind: z.literal("dataset") }),
  z.strictObject({ kind: z.literal("file"), path: z.string().min(1) }),
  /** Given in a cell; kept in the run directory. */
  z.strictObject({ kind: z.literal("inline") }),
]);

const corpusSchema = z.strictObject({ name: z.string().min(1).refine(isPrintableLine, printableLineRule), source: sourceSchema, sha256 });

/** Fractions of train, validation and test in text order, or the parts that the data set itself defines. */
const splitSchema = z
  .union([z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]), z.literal("canonical")])
  .meta({ give: 'three fractions above 0 that sum to 1, [0.8, 0.1, 0.1], or "canonical" for the parts of a data set that has them' });

const minibatchFields = {
  sequenceLength: positiveInteger.max(10_000),
  batchSize: positiveInteger.max(10_000),
};

export const characterModelSchema = z.strictObject({
  kind: z.literal("character-model"),
  corpus: corpusSchema,
  split: splitSchema,
  ...minibatchFields,
});

export const wordModelSchema = z.strictObject({
  kind: z.literal("word-model"),
  corpus: corpusSchema,
  split: splitSchema,
  ...minibatchFields,
  vocabulary: z.strictObject({
    /** A word is a symbol when the training part has it at least so often. */
    minimumCount: positiveInteger,
    /** Most symbols, <eos> and <unk> among them; null: any number. */
    size: positiveInteger.nullable(),
  }),
  /** Width of the word vectors. */
  embedding: positiveInteger.max(65_536),
  /** Probability with which an element of a word vector is dropped. */
  embeddingDropout: z.number().min(0).lt(1),
});

/** One class for each whole sequence. */
export const classificationSchema = z.strictObject({
  kind: z.literal("classification"),
  data: corpusSchema,
  batchSize: positiveInteger.max(10_000),
  /** How many timesteps of the data, side by side, become one timestep of the task, before they are permuted. Default 1. */
  grouped: positiveInteger.max(10_000).optional(),
  /** `given`, or one random order of the timesteps, the same for all sequences. */
  order: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("given") }),
    z.strictObject({
      kind: z.literal("permuted"),
      seed: z.number().int().min(0).max(0xffff_ffff).meta({ give: "true, false, or the seed of the order, a whole number of at least 0" }),
    }),
  ]),
});

export const taskSchema = z.discriminatedUnion("kind", [characterModelSchema, wordModelSchema, classificationSchema]);

/** A task, as a spec keeps it. */
export type TaskSpec = z.infer<typeof taskSchema>;
export type CharacterModelSpec = z.infer<typeof characterModelSchema>;
export type WordModelSpec = z.infer<typeof wordModelSchema>;
export type ClassificationSpec = z.infer<typeof classificationSchema>;
export type LanguageModelSpec = CharacterModelSpec | WordModelSpec;
export type CorpusSpec = z.infer<typeof corpusSchema>;
export type SplitSpec = z.infer<typeof splitSchema>;
