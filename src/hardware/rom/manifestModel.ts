import type * as z from "zod";
import type { FixedLayer, FixedModel } from "../fixedModel.js";
import type { LookUpTable } from "../lookUpTable.js";
import { rowPhases } from "../schedule/rowPhases.js";
import { layerPrefix } from "./contents.js";
import { gateLetters } from "./layout.js";
import type { WordLayout } from "./layout.js";
import type { layerSchema, tableSchema } from "./manifestSchema.js";

type ManifestLayer = z.infer<typeof layerSchema>;

/** What the manifest says of one layer. */
export function manifestLayer(model: FixedModel, index: number, layout: WordLayout): ManifestLayer {
  const layer = model.layers[index]!;
  const gates = {
    imagePrefix: layerPrefix(model, index),
    units: layer.units,
    inputs: layer.inputs,
    inputKind: layer.inputKind,
    inputFormat: layer.inputFormat,
    precision: { input: layer.inputWeights.precision, recurrent: layer.recurrentWeights.precision },
    phases: rowPhases(layer).map((phase) => ({ ...phase })),
    accumulatorBits: { ...layer.bits },
    shifts: { recurrent: layer.recurrentShift, input: layer.inputShift, gateShift: layer.shiftAlignment },
  };
  if (layer.cell === "gru") {
    const { cell, reset, resetShiftAlignment } = layer;
    return { cell, reset, gateOrder: gateLetters(cell, layout), ...gates, resetShifts: { resetShift: resetShiftAlignment } };
  }
  const { cell, cellFormat, cellRange, cellBits, cellShiftRight, cellShiftAlignment } = layer;
  return {
    cell,
    gateOrder: gateLetters(cell, layout),
    ...gates,
    cellFormat,
    cellRange,
    cellAccumulatorBits: { ...cellBits },
    cellShifts: { cell: cellShiftRight, cellShift: cellShiftAlignment },
  };
}

export function manifestTable({ name, entries, segmentBits, input, output, errorBound }: LookUpTable): z.infer<typeof tableSchema> {
  return { name, entries, interpolation: segmentBits === 0 ? "none" : "linear", segmentBits, input, output, errorBound };
}

const gateEquation = "gate_scale_input * (x * input_weights) + gate_shift";

const lstmEquations = [
  `p = gate_scale_recurrent * (h * recurrent_weights) + ${gateEquation}`,
  "c = sigmoid(p_f) * c + sigmoid(p_i) * tanh(p_g)",
  "h = sigmoid(p_o) * tanh(cell_scale * c + cell_shift)",
];

const candidates = {
  after: `p_n = sigmoid(p_r) * (gate_scale_recurrent * (h * recurrent_weights) + reset_shift) + ${gateEquation}`,
  before: `p_n = gate_scale_recurrent * ((sigmoid(p_r) * h) * recurrent_weights) + reset_shift + ${gateEquation}`,
};

/** The equations of one layer. */
function layerEquations(layer: FixedLayer): readonly string[] {
  return layer.cell === "lstm"
    ? lstmEquations
    : [
        `p_r, p_z = gate_scale_recurrent * (h * recurrent_weights) + ${gateEquation}`,
        candidates[layer.reset],
        "h = tanh(p_n) + sigmoid(p_z) * (h - tanh(p_n))",
      ];
}

/** Each equation once, in the order of layers. */
export function equationsOf({ layers }: FixedModel): string[] {
  return [...new Set(layers.flatMap(layerEquations))];
}
