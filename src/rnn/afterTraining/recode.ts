import { cellOf, gatesOf, type LayerSpec, quantiserOf } from "../../cells/cells.js";
import type { MatrixName } from "../../cells/contract.js";
import { randomStream } from "../../numbers/random.js";
import { learnedScales, levelsOf, makeQuantiser } from "../../quantisers/make.js";
import { layerInputs } from "../architecture.js";
import type { RecurrentKernel } from "../kernels/contract.js";
import { matrixRows } from "../training/layerParameters.js";
import { layerParameters, type Parameters, withLayerPrefix } from "../training/parameters.js";
import type { LatentNetwork } from "./latentNetwork.js";
import { weightedCodes } from "./weightedCodes.js";

/** What the matrices of each layer multiply, one row for each timestep. */
export interface MatrixInputs {
  /** [N, I] for each layer */
  readonly inputs: readonly Float32Array[];
  /** [N, H] for each layer: h before the timestep. */
  readonly before: readonly Float32Array[];
  /** N */
  readonly rows: number;
}

/** A share of the mean variance on the diagonal, which keeps codes near their weights where the data say nothing. */
const damping = 0.01;

const levelsOfCodes: Readonly<Record<string, readonly number[]>> = { binary: [-1, 1], ternary: [-1, 0, 1] };

/**
 * The quantised network with codes that fit what its matrices multiply on data (`weightedCodes`). Latent weights become the codes times
 * the level of the rule, so that the rule gives them back; a rule that would not keeps its own codes.
 */
export function recodedNetwork(float: LatentNetwork, quantised: LatentNetwork, states: MatrixInputs, kernel: RecurrentKernel): LatentNetwork {
  const { architecture } = quantised;
  const arrays = architecture.layers.map((spec, layer) => {
    const [own, source] = [layerParameters(quantised.parameters, layer), layerParameters(float.parameters, layer)];
    const read = { input: states.inputs[layer]!, recurrent: states.before[layer]! };
    const entries = cellOf(spec).matrices.map((matrix) => {
      const rows = matrixRows(matrix, spec, layerInputs(architecture, layer));
      const covariance = covarianceOf(kernel, read[matrix], rows, states.rows);
      return recodedMatrix(spec, matrix, rows, { own, weights: source[`${matrix}Weights`]!, covariance });
    });
    return withLayerPrefix(layer, Object.assign({}, ...entries) as Record<string, Float32Array>);
  });
  return { architecture, parameters: Object.assign({}, quantised.parameters, ...arrays) as Parameters };
}

interface MatrixToRecode {
  /** The quantised layer's. */
  readonly own: Parameters;
  readonly weights: Float32Array;
  readonly covariance: Float64Array;
}

/** The arrays that change; none where the rule has other levels, or would not give the codes back. */
function recodedMatrix(spec: LayerSpec, matrix: MatrixName, rows: number, { own, weights, covariance }: MatrixToRecode): Record<string, Float32Array> {
  const quantiser = quantiserOf(spec, matrix);
  const levels = levelsOfCodes[levelsOf(quantiser)];
  const gates = gatesOf(spec);
  const columns = gates * spec.units;
  if (levels === undefined || learnedScales(quantiser) > 0) {
    return {};
  }
  const rule = makeQuantiser(quantiser, rows, columns, gates);
  const quantise = (latent: Float32Array): Float32Array => rule.quantise(latent, { stream: randomStream(1, "input-weights", -1), sampling: "deterministic" });
  const begin = Int8Array.from(quantise(own[`${matrix}Weights`]!), Math.sign);
  const { codes, scales } = weightedCodes({ rows, columns, weights, codes: begin, covariance, levels });
  const latent = Float32Array.from(codes, (code) => code * (rule.saturation ?? 1));
  const values = quantise(latent);
  if (values.some((value, index) => Math.sign(value) !== codes[index])) {
    return {};
  }
  const gamma = cellOf(spec).vectors.find((vector) => vector.role === "gain" && vector.of === matrix)!.trained;
  // Under weight normalisation only the norm of the codes counts, not the size that the rule gives them.
  const norms = Float32Array.from(scales, (scale, column) => {
    let count = 0;
    for (let at = column; at < codes.length; at += columns) {
      count += Math.abs(codes[at]!);
    }
    return scale * Math.sqrt(count);
  });
  return { [`${matrix}Weights`]: latent, [gamma]: norms };
}

/** [R, R] of what a matrix multiplies, damped. */
function covarianceOf(kernel: RecurrentKernel, values: Float32Array, rows: number, timesteps: number): Float64Array {
  const means = new Float64Array(rows);
  values.forEach((value, at) => (means[at % rows]! += value / timesteps));
  const centred = values.map((value, at) => value - means[at % rows]!);
  const matrix = { rows: timesteps, columns: rows, values: centred };
  const covariance = Float64Array.from(kernel.multiply(matrix, matrix, { transposeA: true }), (sum) => sum / timesteps);
  let trace = 0;
  for (let row = 0; row < rows; row++) {
    trace += covariance[row * rows + row]!;
  }
  for (let row = 0; row < rows; row++) {
    covariance[row * rows + row]! += (damping * trace) / rows;
  }
  return covariance;
}
