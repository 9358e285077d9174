import { gateRows, type FixedLayer } from "../fixedModel.js";

/** Useful multiply-accumulates of a timestep; a one-hot input has one row of its matrix added, by no MAC unit. */
export function layerMacOperations(layer: FixedLayer): number {
  const columns = layer.recurrentWeights.rows + (layer.inputKind === "one-hot" ? 0 : layer.inputs);
  return gateRows(layer) * columns;
}
