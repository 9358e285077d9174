import type { FixedGru } from "../fixedModel.js";
import { resetHidden, updateHidden } from "./elementWise.js";
import { aligned, type FastStep, type FastUnits } from "./fastUnits.js";
import type { LayerUnits } from "./layerUnits.js";
import { multiplyAccumulate } from "./macArray.js";
import { scaleShiftReset } from "./scaleShift.js";

/** One timestep after the sums, operation by operation as `gru_layer.v` has them. */
export function stepGru(layer: FixedGru, { model: { formats }, trace, activate }: LayerUnits): void {
  const { units, reset } = layer;
  const { recurrentSums, inputSums, gates, hidden } = trace;
  const one = 2 ** formats.gate.fractionBits;
  const activateRow = (row: number, gate: number): void =>
    activate(row, scaleShiftReset(layer, formats, row, recurrentSums[row]!, inputSums[row]!, gate));
  for (let row = 0; row < 2 * units; row++) {
    activateRow(row, one);
  }
  if (reset === "before") {
    const sums = new Float64Array(recurrentSums.length);
    multiplyAccumulate(layer.recurrentWeights, hidden.map((before, unit) => resetHidden(formats, gates[unit]!, before)), sums);
    recurrentSums.set(sums.subarray(2 * units), 2 * units);
  }
  for (let unit = 0; unit < units; unit++) {
    activateRow(2 * units + unit, reset === "after" ? gates[unit]! : one);
    hidden[unit] = updateHidden(formats, gates[units + unit]!, gates[2 * units + unit]!, hidden[unit]!);
  }
}

/** The same integers in fewer operations. */
export function fastGru(layer: FixedGru, { constants, formats, gates, hidden, sums, activate, preactivation, multiplyRecurrent }: FastUnits): FastStep {
  const { scaleRecurrent, recurrentFactor, gateFactor, hiddenMost, tanh } = constants;
  const { units, reset } = layer;
  const shifts = aligned(layer.shiftReset.integers, layer.resetShiftAlignment);
  const candidateSums = new Float64Array(sums.length);
  const one = 2 ** formats.gate.fractionBits;
  const resetStates = new Int32Array(units);
  return (terms) => {
    activate(0, 2 * units, terms, constants.sigmoid);
    if (reset === "before") {
      for (let unit = 0; unit < units; unit++) {
        resetStates[unit] = Math.floor(gates[unit]! * hidden[unit]! * gateFactor + 0.5);
      }
      multiplyRecurrent(resetStates, candidateSums);
      sums.set(candidateSums.subarray(2 * units), 2 * units);
    }
    for (let unit = 0; unit < units; unit++) {
      const row = 2 * units + unit;
      const inner = Math.floor(scaleRecurrent[row]! * sums[row]! * recurrentFactor + 0.5) + shifts[unit]!;
      const outer = Math.floor((reset === "after" ? gates[unit]! : one) * inner * gateFactor + 0.5);
      const candidate = tanh[preactivation(outer + terms[row]!)]!;
      gates[row] = candidate;
      const next = candidate + Math.floor(gates[units + unit]! * (hidden[unit]! - candidate) * gateFactor + 0.5);
      hidden[unit] = Math.min(hiddenMost, Math.max(-hiddenMost - 1, next));
    }
  };
}
