import type { LayerSpec } from "../../experiment/spec.js";
import { normaliserOf } from "../../normalisers/lookup.js";
import { gruWeightNames, lstmWeightNames } from "../kernels/contract.js";
import { orthogonalMatrix } from "../../numbers/orthogonal.js";
import { learnedScales, makeQuantiser } from "../../quantisers/make.js";
import { layerSeed } from "../../numbers/random.js";

/** The trained arrays of one recurrent layer, by the names of the kernel's weights; matrices are the latent ones. */
export type LayerParameters = Readonly<Record<string, Float32Array>>;

/** The two matrices of a layer and the names of what belongs to each. */
export const layerMatrices = ["input", "recurrent"] as const;
export type LayerMatrix = (typeof layerMatrices)[number];

/** Blocks of H gate columns: g, f, i, o for the LSTM; r, z, n for the GRU. */
export function gatesOf({ cell }: Pick<LayerSpec, "cell">): number {
  return cell === "lstm" ? 4 : 3;
}

export function weightNamesOf({ cell }: Pick<LayerSpec, "cell">): readonly string[] {
  return cell === "lstm" ? lstmWeightNames : gruWeightNames;
}

/** Rows of a layer's matrix. */
export function matrixRows(matrix: LayerMatrix, { units }: Pick<LayerSpec, "units">, inputs: number): number {
  return matrix === "input" ? inputs : units;
}

/** Scales that the layer's quantisers learn: "inputScales", "recurrentScales"; absent where there are none. */
function scaleShapes(spec: LayerSpec): [string, number[]][] {
  return layerMatrices
    .map((matrix): [string, number[]] => [`${matrix}Scales`, [learnedScales(spec.quantiser[matrix])]])
    .filter(([, [scales]]) => scales! > 0);
}

/**
 * Shape of each trained array of a layer, in the kernel's order.
 * @param inputs I
 */
export function layerParameterShapes(spec: LayerSpec, inputs: number): Record<string, number[]> {
  const { units } = spec;
  const columns = gatesOf(spec) * units;
  const shapes: Record<string, number[]> = {
    inputWeights: [inputs, columns],
    recurrentWeights: [units, columns],
    gammaInput: [columns],
    gammaRecurrent: [columns],
    betaRecurrent: [columns],
    betaReset: [units],
    gammaCell: [units],
    betaCell: [units],
    initialHidden: [units],
    initialCell: [units],
  };
  const names = weightNamesOf(spec).map((name): [string, number[]] => [name, shapes[name]!]);
  return Object.fromEntries([...names, ...scaleShapes(spec)]);
}

const initialForgetShift = 1;

/**
 * Initial values: orthogonal matrices, forget shift 1, all other shifts and states 0, as in the paper's code.
 * @param layer number of the layer, from 0 at the input; each has random numbers of its own
 */
export function initialLayerParameters(
  spec: LayerSpec,
  inputs: number,
  seed: number,
  layer: number,
): Record<string, Float32Array> {
  const { units, normaliser, quantiser } = spec;
  const columns = gatesOf(spec) * units;
  const parameters = Object.fromEntries(
    Object.entries(layerParameterShapes(spec, inputs)).map(([name, shape]) => [
      name,
      new Float32Array(shape.reduce((product, side) => product * side, 1)),
    ]),
  );
  const own = layerSeed(seed, layer);
  layerMatrices.forEach((matrix, number) => {
    const rows = matrixRows(matrix, spec, inputs);
    const latent = parameters[`${matrix}Weights`]!;
    latent.set(orthogonalMatrix(rows, columns, own, number));
    parameters[`${matrix}Scales`]?.set(makeQuantiser(quantiser[matrix], rows, columns, gatesOf(spec)).initialScales(latent));
  });
  const { initialGain } = normaliserOf(normaliser);
  parameters["gammaInput"]!.fill(initialGain);
  parameters["gammaRecurrent"]!.fill(initialGain);
  if (spec.cell === "lstm") {
    parameters["gammaCell"]!.fill(normaliserOf(spec.cellNormaliser).initialGain);
    parameters["betaRecurrent"]!.fill(initialForgetShift, units, 2 * units);
  }
  return parameters;
}

/**
 * Whether training moves a parameter: gains only under a normaliser, initial states only when learned. Under batch
 * normalisation the initial hidden state stays zero all the same: it is equal for all sequences, so its product is its
 * own mean, its gradient exactly zero, and what a kernel returns for it rounding noise, which Adam would blow up.
 */
export function isUpdated(name: string, spec: LayerSpec): boolean {
  return rules[name]?.(spec) ?? true;
}

const hasGain = ({ normaliser }: LayerSpec): boolean => normaliserOf(normaliser).hasGain;
const isLearned = ({ initialState }: LayerSpec): boolean => initialState === "learned";
/** A GRU's state, and one that zoneout keeps, also enters by itself, not only through the product. */
const entersByProductOnly = (spec: LayerSpec): boolean => spec.cell === "lstm" && spec.zoneout.hidden === 0;

const rules: Readonly<Record<string, (spec: LayerSpec) => boolean>> = {
  gammaInput: hasGain,
  gammaRecurrent: hasGain,
  gammaCell: (spec) => spec.cell === "lstm" && normaliserOf(spec.cellNormaliser).hasGain,
  betaReset: (spec) => spec.cell === "gru" && spec.reset === "after",
  initialHidden: (spec) => isLearned(spec) && !(normaliserOf(spec.normaliser).measures === "minibatch" && entersByProductOnly(spec)),
  initialCell: isLearned,
};
