import * as z from "zod";
import { cellRanges } from "../fixedModel.js";

const count = z.number().int().min(0);
const shift = z.number().int();
const precision = z.enum(["binary", "ternary", "full"]);

/** A fixed-point number is integer * 2^-fractionBits. */
export const fixedPointSchema = z.strictObject({ bits: count, fractionBits: z.number().int(), signed: z.boolean() });

const gates = {
  /** What the names of this layer's images begin with; empty in a model of one layer. */
  imagePrefix: z.string(),
  units: count,
  /** Symbols, features, or units of the layer below. */
  inputs: count,
  inputKind: z.enum(["one-hot", "dense"]),
  inputFormat: fixedPointSchema,
  precision: z.strictObject({ input: precision, recurrent: precision }),
  /** Gate rows that are computed one after the other; each phase begins a new group of rows in the weight images. */
  phases: z.array(z.strictObject({ firstRow: count, rows: count })),
  /** Widths in two's complement in which no sum can overflow. */
  accumulatorBits: z.strictObject({ recurrentSum: count, inputSum: count, recurrentTerm: count, inputTerm: count, total: count }),
  /** Right shifts of the scaled sums and left shift of `gate_shift`, all to the binary point `formats.sumFractionBits`. */
  shifts: z.strictObject({ recurrent: shift, input: shift, gateShift: shift }),
};

/** One layer's arithmetic. */
export const layerSchema = z.discriminatedUnion("cell", [
  z.strictObject({
    cell: z.literal("lstm"),
    /** Blocks of H gate rows each; c is Keras's and ONNX's name of g. */
    gateOrder: z.array(z.enum(["g", "f", "i", "o", "c"])).length(4),
    ...gates,
    cellFormat: fixedPointSchema,
    /** Whether the range of `cellFormat` was seen on data, is that of training, or is the default. */
    cellRange: z.enum(cellRanges),
    cellAccumulatorBits: z.strictObject({ update: count, total: count }),
    /** Right shift of cell_scale * c and left shift of `cell_shift`. */
    cellShifts: z.strictObject({ cell: shift, cellShift: shift }),
  }),
  z.strictObject({
    cell: z.literal("gru"),
    reset: z.enum(["before", "after"]),
    /** h is Keras's and ONNX's name of n. */
    gateOrder: z.array(z.enum(["r", "z", "n", "h"])).length(3),
    ...gates,
    /** Left shift of `reset_shift`. */
    resetShifts: z.strictObject({ resetShift: shift }),
  }),
]);

/** A look-up table: index, result, and how far the result is from the function at most. */
export const tableSchema = z.strictObject({
  name: z.enum(["sigmoid", "tanh"]),
  entries: count,
  interpolation: z.enum(["linear", "none"]),
  /** Low bits of the pre-activation that lie between two words. */
  segmentBits: count,
  input: fixedPointSchema,
  output: fixedPointSchema,
  /** A real number, over all pre-activations including those that were saturated. */
  errorBound: z.number(),
});
