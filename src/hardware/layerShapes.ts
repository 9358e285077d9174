import type { FixedModel } from "./fixedModel.js";
import type { AcceleratorShape } from "./schedule/shape.js";

/** The shape of each layer's accelerator, from the input on: what determines its cycles. */
export function layerShapes(
  { layers, columnsPerCycle }: Pick<FixedModel, "layers" | "columnsPerCycle">,
  array: Pick<AcceleratorShape, "macUnits" | "clockMegahertz">,
): AcceleratorShape[] {
  return layers.map((layer) => {
    const { inputs, inputKind, units, recurrentWeights } = layer;
    const sizes = { inputs, inputKind, units, ...array, columnsPerCycle, precision: recurrentWeights.precision };
    return layer.cell === "lstm" ? { cell: layer.cell, ...sizes } : { cell: layer.cell, reset: layer.reset, ...sizes };
  });
}
