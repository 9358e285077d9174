import type { LayerSpec } from "../../experiment/spec.js";
import { normaliserOf as descriptorOf } from "../../normalisers/lookup.js";
import { cellOf, firstColumn, gatesOf, isTrained, normaliserOf, quantiserOf, type Vector, vectorColumns } from "../../cells/cells.js";
import type { MatrixName, RecurrentSpec } from "../../cells/contract.js";
import { initialShifts } from "../../cells/forgetShift.js";
import { orthogonalMatrix } from "../../numbers/orthogonal.js";
import { learnedScales, makeQuantiser } from "../../quantisers/make.js";
import { layerSeed } from "../../numbers/random.js";

/** The trained arrays of one recurrent layer, by the names of the kernel's weights; matrices are the latent ones. */
export type LayerParameters = Readonly<Record<string, Float32Array>>;

/** Rows of a layer's matrix. */
export function matrixRows(matrix: MatrixName, { units }: Pick<LayerSpec, "units">, inputs: number): number {
  return matrix === "input" ? inputs : units;
}

/**
 * Shape of each trained array of a layer: in the kernel's order, then the scales that quantisers learn, "inputScales" and
 * "recurrentScales".
 * @param inputs I
 */
export function layerParameterShapes(spec: LayerSpec, inputs: number): Record<string, number[]> {
  const { matrices, vectors } = cellOf(spec);
  const columns = gatesOf(spec) * spec.units;
  const scaled = matrices.map((matrix) => ({ matrix, scales: learnedScales(quantiserOf(spec, matrix)) })).filter(({ scales }) => scales > 0);
  return Object.fromEntries([
    ...matrices.map((matrix) => [`${matrix}Weights`, [matrixRows(matrix, spec, inputs), columns]]),
    ...vectors.map((vector) => [vector.trained, [vectorColumns(spec, vector)]]),
    ...scaled.map(({ matrix, scales }) => [`${matrix}Scales`, [scales]]),
  ]) as Record<string, number[]>;
}

function initialVector(spec: LayerSpec, vector: Vector): Float32Array {
  const values = new Float32Array(vectorColumns(spec, vector));
  if (vector.role === "gain") {
    const { hasGain, initialGain } = descriptorOf(normaliserOf(spec, vector.of));
    values.fill(hasGain ? ((spec as RecurrentSpec).initialGain ?? initialGain) : initialGain);
  }
  if (vector.role === "shift" && vector.initial !== undefined) {
    const { forget, input, value } = vector.initial;
    const shifts = initialShifts((spec as RecurrentSpec).forgetShift ?? value, spec.units);
    values.set(shifts.forget, firstColumn(spec, forget));
    values.set(shifts.input, firstColumn(spec, input));
  }
  return values;
}

/**
 * Initial values: orthogonal matrices, gains and forget shift as the layer says, all other shifts and states 0, as in the paper's code.
 * @param layer number of the layer, from 0 at the input; each has random numbers of its own
 */
export function initialLayerParameters(
  spec: LayerSpec,
  inputs: number,
  seed: number,
  layer: number,
): Record<string, Float32Array> {
  const { matrices, vectors } = cellOf(spec);
  const gates = gatesOf(spec);
  const columns = gates * spec.units;
  const own = layerSeed(seed, layer);
  const parameters: Record<string, Float32Array> = Object.fromEntries(vectors.map((vector) => [vector.trained, initialVector(spec, vector)]));
  matrices.forEach((matrix, number) => {
    const rows = matrixRows(matrix, spec, inputs);
    const latent = orthogonalMatrix(rows, columns, own, number);
    const scales = makeQuantiser(quantiserOf(spec, matrix), rows, columns, gates).initialScales(latent);
    parameters[`${matrix}Weights`] = latent;
    if (scales.length > 0) {
      parameters[`${matrix}Scales`] = scales;
    }
  });
  return parameters;
}

/** Whether training moves a parameter. */
export function isUpdated(name: string, spec: LayerSpec): boolean {
  const vector = cellOf(spec).vectors.find(({ trained }) => trained === name);
  return vector === undefined || isTrained(spec, vector);
}
