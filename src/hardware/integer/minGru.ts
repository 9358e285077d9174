import type { FixedMinGru } from "../fixedModel.js";
import { mixHidden } from "./elementWise.js";
import type { FastStep, FastUnits } from "./fastUnits.js";
import type { LayerUnits } from "./layerUnits.js";
import { scaleShift } from "./scaleShift.js";

/** One timestep after the sums, operation by operation as `min_gru_layer.v` has them. */
export function stepMinGru(layer: FixedMinGru, { model: { formats }, trace: { inputSums, gates, hidden }, activate }: LayerUnits): void {
  const { units } = layer;
  for (let row = 0; row < 2 * units; row++) {
    activate(row, scaleShift(layer, formats, row, 0, inputSums[row]!));
  }
  for (let unit = 0; unit < units; unit++) {
    hidden[unit] = mixHidden(formats, gates[unit]!, gates[units + unit]!, hidden[unit]!);
  }
}

/** The same integers in fewer operations. */
export function fastMinGru({ units }: FixedMinGru, { constants, formats, gates, hidden, saturations, activate }: FastUnits): FastStep {
  const { sumFactor, gateFactor, hiddenMost, least, most } = constants;
  const candidateFactor = 2 ** (formats.hidden.fractionBits - formats.preactivation.fractionBits);
  const clip = (value: number): number => Math.min(hiddenMost, Math.max(-hiddenMost - 1, value));
  return (terms) => {
    activate(0, units, terms, constants.sigmoid);
    for (let unit = 0; unit < units; unit++) {
      const preactivation = Math.min(most, Math.max(least, Math.floor(terms[units + unit]! * sumFactor + 0.5)));
      const exact = Math.floor(preactivation * candidateFactor + 0.5);
      const candidate = clip(exact);
      saturations.preactivation += candidate === exact ? 0 : 1;
      gates[units + unit] = candidate;
      hidden[unit] = clip(hidden[unit]! + Math.floor(gates[unit]! * (candidate - hidden[unit]!) * gateFactor + 0.5));
    }
  };
}
