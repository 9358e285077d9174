import { cellOf } from "../cells/cells.js";
import { columnScales, type DeployedLayer, matricesOf, type ShippedMatrix, vectorOf } from "../rnn/shipping/deployedModel.js";

/**
 * The same layer with each matrix's scales in its gains where it has but one plane, so that the product is one of codes and
 * each gate row has one scale. Under statistics of rows epsilon is weighed against the product, whose scale then has to stay.
 */
export function foldScales(layer: DeployedLayer): DeployedLayer {
  if (layer.normalisation !== "affine") {
    return layer;
  }
  const { vectors } = cellOf(layer.spec);
  const parts = matricesOf(layer).map(({ name, matrix }) => {
    const vector = vectors.find((vector) => vector.role === "gain" && vector.of === name)!;
    const { matrix: codes, gain } = folded(matrix, vectorOf(layer, vector));
    return { [`${name}Weights`]: codes, [vector.shipped]: gain };
  });
  return Object.assign({}, layer, ...parts) as DeployedLayer;
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
