import { InvalidSpecError } from "./spec.js";
import type { ExperimentSpec, LayerSpec } from "./spec.js";

/**
 * What no schema says: options that are each fine but do not go together.
 * @throws InvalidSpecError naming field, value and remedy
 */
export function checkCombinations(spec: ExperimentSpec, place: string): void {
  const faults = [...spec.layers.flatMap((layer, index) => layerFaults(layer, `layers.${index}`, spec)), ...outputFaults(spec)];
  if (faults.length > 0) {
    throw new InvalidSpecError(`Invalid experiment in ${place}:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}

const lossAware = ["lab", "laq"];

function layerFaults(layer: LayerSpec, field: string, spec: ExperimentSpec): string[] {
  const faults: string[] = [];
  const isText = spec.task.kind !== "classification";
  if (keepsTimesteps(layer) && isText) {
    faults.push(
      `${field}.normaliser: statistics "per-timestep" end at the trained length, and a deployed ${spec.task.kind} reads ` +
        'on for ever: use statistics "shared"',
    );
  }
  if (layer.cell === "lstm" && disagree(layer.normaliser, layer.cellNormaliser)) {
    faults.push(`${field}.cellNormaliser: epsilon and statistics must be those of the normaliser, where both have them`);
  }
  if (layer.initialState === "carried" && !isText) {
    faults.push(`${field}.initialState: "carried" needs a text that is read in order: use "learned" or "zero"`);
  }
  if (layer.initialNoise !== undefined && layer.initialNoise > 0 && layer.initialState === "carried") {
    faults.push(`${field}.initialNoise: noise is for sequences that begin: use initialState "learned" or "zero", or no noise`);
  }
  const quantisers = [layer.quantiser.input, layer.quantiser.recurrent];
  if (quantisers.some(({ kind }) => lossAware.includes(kind)) && spec.optimiser.kind !== "adam") {
    faults.push(`${field}.quantiser: loss-aware quantisers read Adam's second moment: use the adam optimiser`);
  }
  return faults;
}

function keepsTimesteps(layer: LayerSpec): boolean {
  const normalisers = [layer.normaliser, ...(layer.cell === "lstm" ? [layer.cellNormaliser] : [])];
  return normalisers.some((normaliser) => "statistics" in normaliser && normaliser.statistics === "per-timestep");
}

/** One epsilon and one form of statistics serve a whole layer. */
function disagree(one: object, other: object): boolean {
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return ["epsilon", "statistics"].some((key) => key in a && key in b && a[key] !== b[key]);
}

function outputFaults({ layers, output, optimiser }: ExperimentSpec): string[] {
  const faults: string[] = [];
  if (lossAware.includes(output.quantiser.kind) && optimiser.kind !== "adam") {
    faults.push("output.quantiser: loss-aware quantisers read Adam's second moment: use the adam optimiser");
  }
  const carrying = layers.filter(({ initialState }) => initialState === "carried").length;
  if (carrying > 0 && carrying < layers.length) {
    faults.push('layers: initialState "carried" is for all layers or none, because the text is then read in order');
  }
  return faults;
}
