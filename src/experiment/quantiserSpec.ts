import * as z from "zod";

/** How a latent matrix becomes the one that is multiplied with; `src/quantisers/` has the equations and papers. */

const sampling = z.enum(["stochastic", "deterministic"]);
const positive = z.number().positive();

/** What the paper's two rules have in common. Runs that are older than the options have only `sampling`. */
const fixedMagnitude = {
  sampling,
  /** The size of a level that is not 0; absent: W0 of the matrix's size. */
  magnitude: positive.optional(),
  /** Whether latent weights are clipped to [-magnitude, magnitude] after each update; absent: they are not. */
  clip: z.boolean().optional(),
};

/** One scale for each gate's columns, or one for all; absent, as in runs that are older than the choice: for all. */
const lossAwareScales = z.enum(["gate", "matrix"]).optional();

/** The words of the API that make a quantiser, the usual ones first. */
const makers = [
  "tl.ternary()",
  "tl.binary()",
  "tl.fullPrecision()",
  "tl.binaryConnect()",
  "tl.ternaryConnect()",
  "tl.sign()",
  "tl.threshold()",
  "tl.twn()",
  "tl.ttq()",
  "tl.lab()",
  "tl.laq()",
  "tl.doReFa()",
  "tl.alternating()",
];

const quantisers = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("full-precision") }),
  /** {-W0, +W0} (Ardakani et al. 2019). */
  z.strictObject({ kind: z.literal("binary"), ...fixedMagnitude }),
  /** {-W0, 0, +W0} (Ardakani et al. 2019). */
  z.strictObject({
    kind: z.literal("ternary"),
    ...fixedMagnitude,
    /** The threshold of the deterministic rule, as a share of the magnitude; absent: a third. */
    threshold: z.number().gt(0).lt(1).optional(),
  }),
  /** {-1, +1} times `magnitude`, latent weights clipped to [-1, 1] times it (Courbariaux et al. 2015). */
  z.strictObject({ kind: z.literal("binary-connect"), sampling, magnitude: positive }),
  /** {-1, 0, +1} times `magnitude` (Lin et al. 2016). */
  z.strictObject({ kind: z.literal("ternary-connect"), sampling, magnitude: positive }),
  /** sign(w) without a scale, left to a normaliser (Hou et al. 2019). */
  z.strictObject({ kind: z.literal("sign") }),
  /** Threshold at `factor` times the mean |w|, without a scale (Hou et al. 2019). */
  z.strictObject({ kind: z.literal("threshold"), factor: positive }),
  /** Ternary weight networks: threshold at `factor` times the mean |w|, scale from the kept ones (Li and Liu 2016). */
  z.strictObject({ kind: z.literal("twn"), factor: positive }),
  /** Trained ternary quantisation: threshold at a share of max |w|, two learned scales (Zhu et al. 2017). */
  z.strictObject({ kind: z.literal("ttq"), threshold: z.number().gt(0).lt(1) }),
  /** Loss-aware binarisation (Hou et al. 2017); needs Adam. */
  z.strictObject({ kind: z.literal("lab"), scales: lossAwareScales }),
  /** Loss-aware ternarisation (Hou and Kwok 2018); needs Adam. Default: the alternating solver, at most 10 turns. */
  z.strictObject({
    kind: z.literal("laq"),
    scales: lossAwareScales,
    solver: z.enum(["alternating", "exact"]).optional(),
    iterations: z.number().int().min(1).max(100).optional(),
  }),
  /** tanh-shaped uniform levels of `bits` bits (Zhou et al. 2016). */
  z.strictObject({ kind: z.literal("dorefa"), bits: z.number().int().min(1).max(8) }),
  /** A sum of `bits` scaled sign matrices for each output column (Xu et al. 2018). */
  z.strictObject({
    kind: z.literal("alternating"),
    bits: z.number().int().min(2).max(4),
    iterations: z.number().int().min(0).max(20),
  }),
]);
export const quantiserSchema = quantisers.meta({ makers });

export type QuantiserSpec = z.infer<typeof quantiserSchema>;
