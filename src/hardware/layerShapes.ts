import type { FixedModel } from "./fixedModel.js";
import { cellOf, type AcceleratorShape } from "./schedule/shape.js";

/** The shape of each layer's accelerator, from the input on: what determines its cycles. */
export function layerShapes(
  { layers, columnsPerCycle, formats }: Pick<FixedModel, "layers" | "columnsPerCycle" | "formats">,
  array: Pick<AcceleratorShape, "macUnits" | "clockMegahertz">,
): AcceleratorShape[] {
  return layers.map((layer) => {
    const { inputs, inputKind, units, recurrentWeights } = layer;
    const widths = { columnsPerCycle, precision: recurrentWeights.precision, activationBits: formats.hidden.bits };
    return { ...cellOf(layer), inputs, inputKind, units, ...array, ...widths };
  });
}
