import { activationBits, needsSecondMoment } from "../quantisers/make.js";
import { disagreement, keepsTimesteps } from "../normalisers/ofLayer.js";
import { quantisersOf } from "../cells/cells.js";
import { InvalidSpecError } from "./spec.js";
import type { ExperimentSpec, LayerSpec } from "./spec.js";

/**
 * What no schema says: options that are each fine but do not go together.
 * @throws InvalidSpecError naming field, value and remedy
 */
export function checkCombinations(spec: ExperimentSpec, place: string): void {
  const faults = [...spec.layers.flatMap((layer, index) => layerFaults(layer, `layers[${index}]`, spec)), ...outputFaults(spec)];
  if (faults.length > 0) {
    throw new InvalidSpecError(faults.map((fault) => `${fault.replace(":", ` of ${place}:`)}.`).join("\n"));
  }
}

/** What is wrong with a layer in its experiment, if it is this. */
type LayerRule = (layer: LayerSpec, field: string, spec: ExperimentSpec) => string | undefined;

const layerRules: readonly LayerRule[] = [
  ({ bidirectional }, field, { task }) =>
    bidirectional && isText(task)
      ? `${field}: a ${task.kind} must not see the future, which a bidirectional layer reads: use the layer without tl.bidirectional()`
      : undefined,
  (layer, field, { task }) =>
    keepsTimesteps(layer) && isText(task)
      ? `${field}.normaliser: statistics "per-timestep" end at the trained length, and a deployed ${task.kind} reads ` +
        'on for ever: use statistics "shared"'
      : undefined,
  (layer, field) =>
    disagreement(layer) !== undefined
      ? `${field}.cellNormaliser: epsilon and statistics must be those of the normaliser, where both have them`
      : undefined,
  ({ initialState }, field, { task }) =>
    initialState === "carried" && !isText(task)
      ? `${field}.initialState: "carried" needs a text that is read in order: use "learned" or "zero"`
      : undefined,
  ({ initialState, initialNoise = 0 }, field) =>
    initialState === "carried" && initialNoise > 0
      ? `${field}.initialNoise: noise is for sequences that begin: use initialState "learned" or "zero", or no noise`
      : undefined,
  ({ initialGain, normaliser, ...layer }, field) =>
    initialGain !== undefined && normaliser.kind === "none" && (!("cellNormaliser" in layer) || layer.cellNormaliser.kind === "none")
      ? `${field}.initialGain: a layer without normaliser has no gains: leave it out, or give the layer a normaliser`
      : undefined,
  (layer, field, { optimiser }) =>
    quantisersOf(layer).some(needsSecondMoment) && optimiser.kind !== "adam"
      ? `${field}.quantiser: loss-aware quantisers read Adam's second moment: use the adam optimiser`
      : undefined,
];

function layerFaults(layer: LayerSpec, field: string, spec: ExperimentSpec): string[] {
  return layerRules.flatMap((rule) => rule(layer, field, spec) ?? []);
}

function isText({ kind }: ExperimentSpec["task"]): boolean {
  return kind !== "classification";
}

function outputFaults({ layers, output, optimiser, steps, gradualQuantisation }: ExperimentSpec): string[] {
  const faults: string[] = [];
  if (gradualQuantisation !== undefined && gradualQuantisation.until * steps > steps - 1) {
    faults.push(`gradualQuantisation.until: of ${steps} steps none is left to train wholly quantised: give a smaller fraction, or more steps`);
  }
  if (needsSecondMoment(output.quantiser) && optimiser.kind !== "adam") {
    faults.push("output.quantiser: loss-aware quantisers read Adam's second moment: use the adam optimiser");
  }
  if (activationBits(output.quantiser) !== undefined) {
    faults.push("output.quantiser: activations are rounded for the matrices of recurrent layers alone: leave activations out");
  }
  const carrying = layers.filter(({ initialState }) => initialState === "carried").length;
  if (carrying > 0 && carrying < layers.length) {
    faults.push('layers: initialState "carried" is for all layers or none, because the text is then read in order');
  }
  return faults;
}
