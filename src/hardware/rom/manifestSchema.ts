import * as z from "zod";
import { cellRanges } from "../fixedModel.js";

const count = z.number().int().min(0);
const precision = z.enum(["binary", "ternary", "full"]);

/** A fixed-point number is integer * 2^-fractionBits. */
export const fixedPointSchema = z
  .strictObject({ bits: count, fractionBits: z.number().int(), signed: z.boolean() })
  .describe("Integers of so many bits, in two's complement where signed, each worth integer * 2^-fractionBits.");

export const shiftSchema = z
  .strictObject({ direction: z.enum(["left", "right"]), bits: count })
  .describe("left: times 2^bits; right: round(x / 2^bits), to the nearest integer, ties upwards.");
export type Shift = z.infer<typeof shiftSchema>;

const shifts = {
  input: shiftSchema.describe("Of gate_scale_input times the input sum, to the same."),
  gateShift: shiftSchema.describe("Of gate_shift, to the same."),
  preactivation: shiftSchema.describe("Of the sum of all terms, to formats.preactivation, which saturates."),
  gateProduct: shiftSchema.describe("Of a gate times h, tanh or a sum: the gate's binary point."),
};

/** The fields that layers of every cell have. */
const layer = {
  imagePrefix: z.string().describe("What the names of this layer's images begin with; empty in a model of one layer."),
  units: count,
  inputs: count.describe("Symbols, features, or units of the layer below."),
  inputKind: z.enum(["one-hot", "dense"]),
  inputFormat: fixedPointSchema,
  phases: z
    .array(z.strictObject({ firstRow: count, rows: count }))
    .describe("Gate rows that are computed one after the other; each phase begins a new group of rows in the weight images."),
  steps: z.array(z.string()).min(1).describe("One timestep in integers, line by line."),
};

/** The fields of layers whose gate rows have sums of h too. */
const gates = {
  ...layer,
  precision: z.strictObject({ input: precision, recurrent: precision }),
  accumulatorBits: z
    .strictObject({ recurrentSum: count, inputSum: count, recurrentTerm: count, inputTerm: count, total: count })
    .describe("Widths in two's complement in which no sum can overflow."),
  shifts: z.strictObject({
    recurrent: shiftSchema.describe("Of gate_scale_recurrent times the recurrent sum, to the binary point formats.sumFractionBits."),
    ...shifts,
  }),
};

/** One layer's arithmetic. */
export const layerSchema = z.discriminatedUnion("cell", [
  z.strictObject({
    cell: z.literal("lstm"),
    gateOrder: z.array(z.enum(["g", "f", "i", "o", "c"])).length(4).describe("Blocks of H gate rows each; c is Keras's and ONNX's name of g."),
    ...gates,
    cellFormat: fixedPointSchema,
    cellRange: z.enum(cellRanges).describe("Whether the range of cellFormat was seen on data, is that of training, or is the default."),
    cellAccumulatorBits: z.strictObject({ update: count, total: count }),
    cellShifts: z.strictObject({
      kept: shiftSchema.describe("Of f * c."),
      added: shiftSchema.describe("Of i * g, to the binary point of f * c."),
      update: shiftSchema.describe("Of their sum, to cellFormat, which saturates."),
      cell: shiftSchema.describe("Of cell_scale * c, to the binary point formats.sumFractionBits."),
      cellShift: shiftSchema.describe("Of cell_shift, to the same."),
    }),
  }),
  z.strictObject({
    cell: z.literal("gru"),
    reset: z.enum(["before", "after"]),
    gateOrder: z.array(z.enum(["r", "z", "n", "h"])).length(3).describe("Blocks of H gate rows each; h is Keras's and ONNX's name of n."),
    ...gates,
    resetShifts: z.strictObject({ resetShift: shiftSchema.describe("Of reset_shift, to the binary point formats.sumFractionBits.") }),
  }),
  z.strictObject({
    cell: z.literal("min-gru"),
    gateOrder: z.array(z.enum(["z", "n"])).length(2).describe("Blocks of H gate rows each."),
    ...layer,
    precision: z.strictObject({ input: precision }),
    accumulatorBits: z.strictObject({ inputSum: count, inputTerm: count, total: count }),
    shifts: z.strictObject(shifts),
    hiddenFormat: fixedPointSchema.describe("Of h and n, in place of formats.hidden: integers of as many bits, in a range of their own."),
    hiddenRange: z.enum(cellRanges).describe("Whether the range of hiddenFormat was seen on data, is that of training, or is the default."),
    candidateShifts: z.strictObject({ candidate: shiftSchema.describe("Of a pre-activation, to the integers of h.") }),
  }),
]);
export type ManifestLayer = z.infer<typeof layerSchema>;
export type LayerWithoutSteps = ManifestLayer extends infer Layer ? (Layer extends ManifestLayer ? Omit<Layer, "steps"> : never) : never;

/** A look-up table: index, result, and how far the result is from the function at most. */
export const tableSchema = z.strictObject({
  name: z.enum(["sigmoid", "tanh"]),
  entries: count,
  interpolation: z.enum(["linear", "none"]),
  segmentBits: count.describe("Low bits of the pre-activation that lie between two words."),
  input: fixedPointSchema,
  output: fixedPointSchema,
  errorBound: z.number().describe("A real number, over all pre-activations including those that were saturated."),
});
