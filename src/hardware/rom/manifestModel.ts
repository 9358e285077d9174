import type * as z from "zod";
import type { FixedLayer, FixedModel } from "../fixedModel.js";
import { updateAlignment } from "../layerBits.js";
import type { LookUpTable } from "../lookUpTable.js";
import { rowPhases } from "../schedule/rowPhases.js";
import { layerPrefix } from "./contents.js";
import { layerSteps } from "./integerSteps.js";
import { gateLetters } from "./layout.js";
import type { WordLayout } from "./layout.js";
import type { LayerWithoutSteps, ManifestLayer, Shift, tableSchema } from "./manifestSchema.js";

/** What the manifest says of one layer. */
export function manifestLayer(model: FixedModel, index: number, layout: WordLayout): ManifestLayer {
  const layer = withoutSteps(model, model.layers[index]!, layerPrefix(model, index), layout);
  return { ...layer, steps: layerSteps(layer, model) };
}

function withoutSteps({ formats }: FixedModel, layer: FixedLayer, imagePrefix: string, layout: WordLayout): LayerWithoutSteps {
  const gates = {
    imagePrefix,
    units: layer.units,
    inputs: layer.inputs,
    inputKind: layer.inputKind,
    inputFormat: layer.inputFormat,
    precision: { input: layer.inputWeights.precision, recurrent: layer.recurrentWeights.precision },
    phases: rowPhases(layer).map((phase) => ({ ...phase })),
    accumulatorBits: { ...layer.bits },
    shifts: {
      recurrent: rightShift(layer.recurrentShift),
      input: rightShift(layer.inputShift),
      gateShift: rightShift(-layer.shiftAlignment),
      preactivation: rightShift(formats.sumFractionBits - formats.preactivation.fractionBits),
      gateProduct: rightShift(formats.gate.fractionBits),
    },
  };
  if (layer.cell === "gru") {
    const { cell, reset, resetShiftAlignment } = layer;
    return { cell, reset, gateOrder: gateLetters(cell, layout), ...gates, resetShifts: { resetShift: rightShift(-resetShiftAlignment) } };
  }
  const { cell, cellFormat, cellRange, cellBits, cellShiftRight, cellShiftAlignment } = layer;
  const { kept, added } = updateAlignment(cellFormat, formats.hidden);
  return {
    cell,
    gateOrder: gateLetters(cell, layout),
    ...gates,
    cellFormat,
    cellRange,
    cellAccumulatorBits: { ...cellBits },
    cellShifts: {
      kept: rightShift(-kept),
      added: rightShift(-added),
      update: rightShift(formats.gate.fractionBits + kept),
      cell: rightShift(cellShiftRight),
      cellShift: rightShift(-cellShiftAlignment),
    },
  };
}

/** A number of bits to the right; below 0 to the left. */
function rightShift(bits: number): Shift {
  return bits < 0 ? { direction: "left", bits: -bits } : { direction: "right", bits: Math.abs(bits) };
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

/** The equations of one layer in real numbers. */
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
