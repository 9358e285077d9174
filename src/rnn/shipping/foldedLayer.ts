import type { LayerSpec } from "../../experiment/spec.js";
import type { Folded } from "../../normalisers/contract.js";
import { normaliserOf as descriptorOf, shippedForm } from "../../normalisers/lookup.js";
import { normalisersOf } from "../../normalisers/ofLayer.js";
import { cellOf, firstColumn, isOfCell, normaliserOf, type Vector } from "../../cells/cells.js";
import type { NormalisedPart, Shift, RecurrentSpec } from "../../cells/contract.js";
import { momentNames } from "../kernels/contract.js";
import { shippedValues } from "./deployedModel.js";
import type { DeployedLayer, ShippedMatrix } from "./deployedModel.js";
import type { LayerParameters } from "../training/layerParameters.js";
import type { PopulationStatistics } from "./populationStatistics.js";
import { inverseNorms } from "../training/weightNormalisation.js";

/** By the names of the layer's weights. */
type Matrices = Readonly<Record<string, ShippedMatrix>>;

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
  const { vectors, states } = cellOf(spec);
  const parts = new Map<NormalisedPart, Folded>();
  for (const vector of vectors.filter((vector) => vector.role === "gain")) {
    parts.set(vector.of, foldedPart(spec, vector.of, matrices, parameters[vector.trained]!, statistics));
  }
  const arrays = vectors.map((vector) => [vector.shipped, foldedVector(spec, vector, parameters[vector.trained]!, parts)]);
  return {
    spec,
    inputs,
    units: spec.units,
    ...matrices,
    normalisation: shippedForm(spec.normaliser),
    ...(states.includes("cell") && { cellNormalisation: shippedForm(normaliserOf(spec, "cell")) }),
    epsilon: epsilonOf(spec),
    ...(Object.fromEntries(arrays) as Readonly<Record<string, Float32Array>>),
  } as unknown as DeployedLayer;
}

/** What the statistics of rows add inside the square root. */
function epsilonOf(spec: LayerSpec): number {
  const byRow = normalisersOf(spec).find((normaliser) => shippedForm(normaliser) !== "affine");
  return byRow !== undefined && "epsilon" in byRow ? byRow.epsilon : 0;
}

/** The constants of one normalised part, from its own statistics. */
function foldedPart(
  spec: LayerSpec,
  part: NormalisedPart,
  matrices: Matrices,
  gamma: Float32Array,
  statistics: PopulationStatistics,
): Folded {
  const normaliser = normaliserOf(spec, part);
  const matrix = matrices[`${part}Weights`];
  return descriptorOf(normaliser).fold(normaliser, {
    gamma,
    mean: statistics[momentNames[part].mean],
    variance: statistics[momentNames[part].variance],
    ...(matrix && { inverseNorms: () => inverseNorms(shippedValues(matrix), matrix.columns) }),
  });
}

/** A vector as it ships, [R, C]; an initial state [H]. */
function foldedVector(spec: LayerSpec, vector: Vector, trained: Float32Array, parts: ReadonlyMap<NormalisedPart, Folded>): Float32Array {
  switch (vector.role) {
    case "gain":
      return Float32Array.from(parts.get(vector.of)!.gain);
    case "shift":
      return foldedShift(spec, vector, trained, parts);
    case "initial state":
      return trained.slice();
  }
}

/** beta plus the offsets that it takes up, with as many rows as they have. */
function foldedShift(
  spec: LayerSpec,
  shift: Vector & Shift<RecurrentSpec>,
  beta: Float32Array,
  parts: ReadonlyMap<NormalisedPart, Folded>,
): Float32Array {
  const { gates } = cellOf(spec);
  const width = isOfCell(shift) ? spec.units : gates.length * spec.units;
  const first = firstColumn(spec, shift.gate);
  const offsets = shift.of.map((part) => ({ part, offset: parts.get(part)!.offset }));
  const takenBy = gates.map((gate) => offsets.filter(({ part }) => shift.takesOffset?.(spec, part, gate) ?? true));
  const rows = offsets[0]!.offset.length / width;
  return Float32Array.from({ length: rows * beta.length }, (_, index) => {
    const column = first + (index % beta.length);
    const taken = takenBy[Math.floor(column / spec.units)]!;
    const at = Math.floor(index / beta.length) * width + column;
    return taken.reduce((sum, { offset }) => sum + offset[at]!, beta[index % beta.length]!);
  });
}
