import type { GruSpec, LayerSpec, LstmSpec, NormaliserSpec } from "../../experiment/spec.js";
import type { Folded } from "../../normalisers/contract.js";
import { normaliserOf, shippedForm } from "../../normalisers/lookup.js";
import { normalisersOf } from "../../normalisers/ofLayer.js";
import { shippedValues } from "./deployedModel.js";
import type { DeployedGru, DeployedLayer, DeployedLstm, ShippedMatrix } from "./deployedModel.js";
import type { LayerParameters } from "../training/layerParameters.js";
import type { PopulationStatistics } from "./populationStatistics.js";
import { inverseNorms } from "../training/weightNormalisation.js";

interface Matrices {
  readonly inputWeights: ShippedMatrix;
  readonly recurrentWeights: ShippedMatrix;
}

/**
 * A layer as it ships: its normalisers folded to one gain and shift for each column (and timestep, where statistics are
 * kept apart), but for statistics of rows, which need the values of run time.
 * @param statistics of the batch-normalised parts
 */
export function foldedLayer(
  spec: LayerSpec,
  inputs: number,
  matrices: Matrices,
  parameters: LayerParameters,
  statistics: PopulationStatistics,
): DeployedLayer {
  return spec.cell === "lstm"
    ? foldedLstm(spec, inputs, matrices, parameters, statistics)
    : foldedGru(spec, inputs, matrices, parameters, statistics);
}

function foldedLstm(
  spec: LstmSpec,
  inputs: number,
  matrices: Matrices,
  parameters: LayerParameters,
  statistics: PopulationStatistics,
): DeployedLstm {
  const cell = fold(spec.cellNormaliser, parameters["gammaCell"]!, statistics, "Cell");
  const { input, recurrent } = foldProducts(spec.normaliser, matrices, parameters, statistics);
  return {
    spec,
    ...common(spec, inputs, matrices, parameters, input, recurrent),
    shift: shifted(parameters["betaRecurrent"]!, [input.offset, recurrent.offset]),
    cellNormalisation: shippedForm(spec.cellNormaliser),
    epsilon: epsilonOf(spec),
    gainCell: Float32Array.from(cell.gain),
    shiftCell: shifted(parameters["betaCell"]!, [cell.offset]),
    initialCell: parameters["initialCell"]!.slice(),
  };
}

/** With the reset after the product, the recurrent offset of the candidate is inside of the reset. */
function foldedGru(
  spec: GruSpec,
  inputs: number,
  matrices: Matrices,
  parameters: LayerParameters,
  statistics: PopulationStatistics,
): DeployedGru {
  const { units } = spec;
  const { input, recurrent } = foldProducts(spec.normaliser, matrices, parameters, statistics);
  const inside = spec.reset === "after";
  const isCandidate = (index: number): boolean => index % (3 * units) >= 2 * units;
  const outer = recurrent.offset.map((offset, index) => (inside && isCandidate(index) ? 0 : offset));
  const inner = recurrent.offset.filter((_, index) => isCandidate(index)).map((offset) => (inside ? offset : 0));
  return {
    spec,
    ...common(spec, inputs, matrices, parameters, input, recurrent),
    shift: shifted(parameters["betaRecurrent"]!, [input.offset, outer]),
    epsilon: epsilonOf(spec),
    shiftReset: shifted(parameters["betaReset"]!, [inner]),
  };
}

function common(
  { normaliser, units }: LayerSpec,
  inputs: number,
  matrices: Matrices,
  parameters: LayerParameters,
  input: Folded,
  recurrent: Folded,
) {
  return {
    inputs,
    units,
    ...matrices,
    normalisation: shippedForm(normaliser),
    gainInput: Float32Array.from(input.gain),
    gainRecurrent: Float32Array.from(recurrent.gain),
    initialHidden: parameters["initialHidden"]!.slice(),
  };
}

/** What the statistics of rows add inside the square root. */
function epsilonOf(spec: LayerSpec): number {
  const byRow = normalisersOf(spec).find((normaliser) => shippedForm(normaliser) !== "affine");
  return byRow !== undefined && "epsilon" in byRow ? byRow.epsilon : 0;
}

function foldProducts(
  normaliser: NormaliserSpec,
  { inputWeights, recurrentWeights }: Matrices,
  parameters: LayerParameters,
  statistics: PopulationStatistics,
): { input: Folded; recurrent: Folded } {
  return {
    input: fold(normaliser, parameters["gammaInput"]!, statistics, "Input", inputWeights),
    recurrent: fold(normaliser, parameters["gammaRecurrent"]!, statistics, "Recurrent", recurrentWeights),
  };
}

/** A normaliser's constants, from its own statistics. */
function fold(
  normaliser: NormaliserSpec,
  gamma: Float32Array,
  statistics: PopulationStatistics,
  part: "Input" | "Recurrent" | "Cell",
  matrix?: ShippedMatrix,
): Folded {
  return normaliserOf(normaliser).fold(normaliser, {
    gamma,
    mean: statistics[`mean${part}`],
    variance: statistics[`variance${part}`],
    ...(matrix && { inverseNorms: () => inverseNorms(shippedValues(matrix), matrix.columns) }),
  });
}

/** beta plus offsets, with as many rows as the offsets have. */
function shifted(beta: Float32Array, offsets: readonly Float64Array[]): Float32Array {
  return Float32Array.from(offsets[0]!, (_, index) =>
    offsets.reduce((sum, offset) => sum + offset[index]!, beta[index % beta.length]!),
  );
}
