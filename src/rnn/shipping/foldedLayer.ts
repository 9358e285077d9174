import { cellOf, isOfCell, normaliserOf, normalisersOf } from "../../cells/cells.js";
import type { LayerSpec, Vector } from "../../cells/cells.js";
import type { NormalisedPart, Shift } from "../../cells/contract.js";
import type { RecurrentSpec } from "../../cells/fields.js";
import type { NormaliserSpec } from "../../experiment/spec.js";
import { momentNames } from "../kernels/contract.js";
import { shippedValues } from "./deployedModel.js";
import type { DeployedLayer, ShippedMatrix } from "./deployedModel.js";
import type { LayerParameters } from "../training/layerParameters.js";
import type { PopulationStatistics } from "./populationStatistics.js";
import { inverseNorms } from "../training/weightNormalisation.js";

/** By the names of the layer's weights. */
type Matrices = Readonly<Record<string, ShippedMatrix>>;

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
  const { vectors, states } = cellOf(spec);
  const parts = new Map<NormalisedPart, Folded>();
  for (const vector of vectors.filter((vector) => vector.role === "gain")) {
    parts.set(vector.of, foldedPart(spec, vector.of, matrices, parameters[vector.trained]!, statistics));
  }
  const arrays = vectors.map((vector) => [vector.shipped, foldedVector(spec, vector, parameters[vector.trained]!, parts)]);
  const formOf = (part: NormalisedPart) => (normaliserOf(spec, part).kind === "layer" ? "layer" : "affine");
  return {
    spec,
    inputs,
    units: spec.units,
    ...matrices,
    normalisation: formOf("input"),
    ...(states.includes("cell") && { cellNormalisation: formOf("cell") }),
    epsilon: epsilonOf(spec),
    ...(Object.fromEntries(arrays) as Readonly<Record<string, Float32Array>>),
  } as unknown as DeployedLayer;
}

function epsilonOf(spec: LayerSpec): number {
  const layer = normalisersOf(spec).find(({ kind }) => kind === "layer");
  return layer !== undefined && "epsilon" in layer ? layer.epsilon : 0;
}

function foldedPart(
  spec: LayerSpec,
  part: NormalisedPart,
  matrices: Matrices,
  gamma: Float32Array,
  statistics: PopulationStatistics,
): Folded {
  const normaliser = normaliserOf(spec, part);
  if (normaliser.kind !== "weight") {
    return fold(normaliser, gamma, statistics, part);
  }
  const matrix = matrices[`${part}Weights`]!;
  return gainsOnly(inverseNorms(shippedValues(matrix), matrix.columns).map((inverse, column) => gamma[column]! * inverse));
}

/** gamma (value - mean) / sqrt(variance + epsilon) as a gain and an offset; layer normalisation keeps its gamma. */
function fold(
  normaliser: Exclude<NormaliserSpec, { kind: "weight" }>,
  gamma: Float32Array,
  statistics: PopulationStatistics,
  part: NormalisedPart,
): Folded {
  switch (normaliser.kind) {
    case "none":
      return gainsOnly(new Float64Array(gamma.length).fill(1));
    case "layer":
      return gainsOnly(Float64Array.from(gamma));
    case "batch": {
      const mean = statistics[momentNames[part].mean]!;
      const gain = Float64Array.from(
        statistics[momentNames[part].variance]!,
        (variance, index) => gamma[index % gamma.length]! / Math.sqrt(variance + normaliser.epsilon),
      );
      return { gain, offset: gain.map((value, index) => -value * mean[index]!) };
    }
  }
}

function gainsOnly(gain: Float64Array): Folded {
  return { gain, offset: new Float64Array(gain.length) };
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
  const first = spec.units * Math.max(0, gates.findIndex(({ letter }) => letter === shift.gate));
  const offsets = shift.of.map((part) => ({ part, offset: parts.get(part)!.offset }));
  const rows = offsets[0]!.offset.length / width;
  return Float32Array.from({ length: rows * beta.length }, (_, index) => {
    const column = first + (index % beta.length);
    const gate = gates[Math.floor(column / spec.units)]!;
    const taken = offsets.filter(({ part }) => shift.takesOffset?.(spec, part, gate) ?? true);
    const at = Math.floor(index / beta.length) * width + column;
    return taken.reduce((sum, { offset }) => sum + offset[at]!, beta[index % beta.length]!);
  });
}
