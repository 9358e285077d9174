import type { CellNormaliserSpec, GruSpec, LayerSpec, LstmSpec, NormaliserSpec } from "../../experiment/spec.js";
import { shippedValues } from "./deployedModel.js";
import type { DeployedGru, DeployedLayer, DeployedLstm, ShippedMatrix } from "./deployedModel.js";
import type { LayerParameters } from "../training/layerParameters.js";
import type { PopulationStatistics } from "./populationStatistics.js";
import { inverseNorms } from "../training/weightNormalisation.js";

interface Matrices {
  readonly inputWeights: ShippedMatrix;
  readonly recurrentWeights: ShippedMatrix;
}

/** value -> gain * value + offset, [R, C] each: a normaliser without its beta. */
interface Folded {
  readonly gain: Float64Array;
  readonly offset: Float64Array;
}

/**
 * A layer as it ships: its normalisers folded to one gain and shift for each column (and timestep, where statistics are
 * kept apart), but for layer normalisation, which needs the values of run time.
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
    cellNormalisation: spec.cellNormaliser.kind === "layer" ? "layer" : "affine",
    epsilon: epsilonOf(spec.normaliser, spec.cellNormaliser),
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
    epsilon: epsilonOf(spec.normaliser, { kind: "none" }),
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
    normalisation: normaliser.kind === "layer" ? ("layer" as const) : ("affine" as const),
    gainInput: Float32Array.from(input.gain),
    gainRecurrent: Float32Array.from(recurrent.gain),
    initialHidden: parameters["initialHidden"]!.slice(),
  };
}

function epsilonOf(...normalisers: (NormaliserSpec | CellNormaliserSpec)[]): number {
  const layer = normalisers.find(({ kind }) => kind === "layer");
  return layer !== undefined && "epsilon" in layer ? layer.epsilon : 0;
}

function foldProducts(
  normaliser: NormaliserSpec,
  { inputWeights, recurrentWeights }: Matrices,
  parameters: LayerParameters,
  statistics: PopulationStatistics,
): { input: Folded; recurrent: Folded } {
  const product = (matrix: ShippedMatrix, gamma: Float32Array, part: "Input" | "Recurrent"): Folded =>
    normaliser.kind === "weight"
      ? gainsOnly(inverseNorms(shippedValues(matrix), matrix.columns).map((inverse, column) => gamma[column]! * inverse))
      : fold(normaliser, gamma, statistics, part);
  return {
    input: product(inputWeights, parameters["gammaInput"]!, "Input"),
    recurrent: product(recurrentWeights, parameters["gammaRecurrent"]!, "Recurrent"),
  };
}

/** gamma (value - mean) / sqrt(variance + epsilon) as a gain and an offset; layer normalisation keeps its gamma. */
function fold(
  normaliser: Exclude<NormaliserSpec, { kind: "weight" }>,
  gamma: Float32Array,
  statistics: PopulationStatistics,
  part: "Input" | "Recurrent" | "Cell",
): Folded {
  switch (normaliser.kind) {
    case "none":
      return gainsOnly(new Float64Array(gamma.length).fill(1));
    case "layer":
      return gainsOnly(Float64Array.from(gamma));
    case "batch": {
      const mean = statistics[`mean${part}`]!;
      const gain = Float64Array.from(
        statistics[`variance${part}`]!,
        (variance, index) => gamma[index % gamma.length]! / Math.sqrt(variance + normaliser.epsilon),
      );
      return { gain, offset: gain.map((value, index) => -value * mean[index]!) };
    }
  }
}

function gainsOnly(gain: Float64Array): Folded {
  return { gain, offset: new Float64Array(gain.length) };
}

/** beta plus offsets, with as many rows as the offsets have. */
function shifted(beta: Float32Array, offsets: readonly Float64Array[]): Float32Array {
  return Float32Array.from(offsets[0]!, (_, index) =>
    offsets.reduce((sum, offset) => sum + offset[index]!, beta[index % beta.length]!),
  );
}
