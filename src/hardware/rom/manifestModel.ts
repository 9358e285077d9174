import type * as z from "zod";
import { cells, forCell, type ForCells } from "../cells/cells.js";
import type { FixedFormats, FixedLayer, FixedModel } from "../fixedModel.js";
import type { LookUpTable } from "../lookUpTable.js";
import { rowPhases } from "../schedule/rowPhases.js";
import { gruEquations, gruManifest, gruSteps } from "./cells/gru.js";
import { lstmEquations, lstmManifest, lstmSteps } from "./cells/lstm.js";
import { minGruEquations, minGruManifest, minGruSteps } from "./cells/minGru.js";
import { layerPrefix } from "./contents.js";
import { gateLetters, type WordLayout } from "./layout.js";
import type { LayerWithoutSteps, ManifestLayer, tableSchema } from "./manifestSchema.js";
import { rightShift, type StepModel } from "./steps.js";

const own: ForCells<FixedLayer, [formats: FixedFormats], object> = { lstm: lstmManifest, gru: gruManifest, "min-gru": minGruManifest };
const steps: ForCells<LayerWithoutSteps, [model: StepModel], string[]> = { lstm: lstmSteps, gru: gruSteps, "min-gru": minGruSteps };
const equations: ForCells<FixedLayer, [], string[]> = { lstm: lstmEquations, gru: gruEquations, "min-gru": minGruEquations };

/** What the manifest says of one layer. */
export function manifestLayer(model: FixedModel, index: number, layout: WordLayout): ManifestLayer {
  const layer = withoutSteps(model, model.layers[index]!, layerPrefix(model, index), layout);
  return { ...layer, steps: forCell(steps, layer)(layer, model) } as ManifestLayer;
}

function withoutSteps({ formats }: FixedModel, layer: FixedLayer, imagePrefix: string, layout: WordLayout): LayerWithoutSteps {
  const { cell, reset, bits } = layer;
  const { hasRecurrentWeights } = cells[cell];
  return {
    cell,
    ...(reset !== undefined && { reset }),
    gateOrder: gateLetters(cell, layout),
    imagePrefix,
    units: layer.units,
    inputs: layer.inputs,
    inputKind: layer.inputKind,
    inputFormat: layer.inputFormat,
    precision: { input: layer.inputWeights.precision, ...(hasRecurrentWeights && { recurrent: layer.recurrentWeights.precision }) },
    phases: rowPhases(layer).map((phase) => ({ ...phase })),
    accumulatorBits: hasRecurrentWeights ? { ...bits } : { inputSum: bits.inputSum, inputTerm: bits.inputTerm, total: bits.total },
    shifts: {
      ...(hasRecurrentWeights && { recurrent: rightShift(layer.recurrentShift) }),
      input: rightShift(layer.inputShift),
      gateShift: rightShift(-layer.shiftAlignment),
      preactivation: rightShift(formats.sumFractionBits - formats.preactivation.fractionBits),
      gateProduct: rightShift(formats.gate.fractionBits),
    },
    ...forCell(own, layer)(layer, formats),
  } as LayerWithoutSteps;
}

/** A look-up table as the manifest states it. */
export function manifestTable({ name, entries, segmentBits, input, output, errorBound }: LookUpTable): z.infer<typeof tableSchema> {
  return { name, entries, interpolation: segmentBits === 0 ? "none" : "linear", segmentBits, input, output, errorBound };
}

/** The equations of all layers in real numbers, each once. */
export function equationsOf({ layers }: FixedModel): string[] {
  return [...new Set(layers.flatMap((layer) => forCell(equations, layer)(layer)))];
}
