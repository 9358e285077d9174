import type { FixedModel } from "./fixedModel.js";
import type { AcceleratorShape } from "./schedule/shape.js";

/** The shape of each layer's accelerator, from the input on: what determines its cycles. */
export function layerShapes(
  { layers, columnsPerCycle, formats }: Pick<FixedModel, "layers" | "columnsPerCycle" | "formats">,
  array: Pick<AcceleratorShape, "macUnits" | "clockMegahertz">,
): AcceleratorShape[] {
  return layers.map((layer) => {
    const { inputs, inputKind, units, recurrentWeights } = layer;
    const widths = { columnsPerCycle, precision: recurrentWeights.precision, activationBits: formats.hidden.bits };
    const sizes = { inputs, inputKind, units, ...array, ...widths };
    return layer.cell === "lstm" ? { cell: layer.cell, ...sizes } : { cell: layer.cell, reset: layer.reset, ...sizes };
  });
}
