import { columnScales, type DeployedLayer, type ShippedMatrix } from "../rnn/shipping/deployedModel.js";

/**
 * The same layer with each matrix's scales in its gains where it has but one plane, so that the product is one of codes and
 * each gate row has one scale. Under statistics of rows epsilon is weighed against the product, whose scale then has to stay.
 */
export function foldScales(layer: DeployedLayer): DeployedLayer {
  if (layer.normalisation !== "affine") {
    return layer;
  }
  const input = folded(layer.inputWeights, layer.gainInput);
  const recurrent = folded(layer.recurrentWeights, layer.gainRecurrent);
  return { ...layer, inputWeights: input.matrix, gainInput: input.gain, recurrentWeights: recurrent.matrix, gainRecurrent: recurrent.gain };
}

/** @param gain [R, columns] */
function folded(matrix: ShippedMatrix, gain: Float32Array): { readonly matrix: ShippedMatrix; readonly gain: Float32Array } {
  if (matrix.kind === "full-precision" || matrix.planes.length > 1) {
    return { matrix, gain };
  }
  const [plane] = matrix.planes;
  const scales = columnScales(plane!, matrix.columns);
  return {
    matrix: { ...matrix, planes: [{ ...plane!, scales: Float32Array.of(1) }] },
    gain: gain.map((value, index) => value * scales[index % matrix.columns]!),
  };
}
