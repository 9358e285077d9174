import { gateRows, type FixedLayer, type FixedModel } from "../fixedModel.js";
import { rowGroups } from "../rowGroups.js";
import { weightBits } from "../rtl/layerParameters.js";
import { layerMacOperations } from "./workload.js";

/** Of the numbers in this file. */
export const energySource =
  "Horowitz, ISSCC 2014, 45 nm, 0.9 V: add 0.03 (8 bit) and 0.1 pJ (32 bit), multiply 0.2 and 3.1 pJ, 64-bit reads of SRAM " +
  "10 (8 KB), 20 (32 KB), 100 pJ (1 MB) and of DRAM 1.3 nJ";
export const energyNode = "45 nm";

/** pJ. In proportion to the width, from the 32-bit adder. */
export function addEnergy(bits: number): number {
  return (0.1 / 32) * bits;
}

/** pJ. The parabola without a constant through both published multipliers; unequal widths by their geometric mean. */
export function multiplyEnergy(bits: number, otherBits: number): number {
  const square = (3.1 / 32 - 0.2 / 8) / (32 - 8);
  const linear = 0.2 / 8 - 8 * square;
  const product = bits * otherBits;
  return square * product + linear * Math.sqrt(product);
}

const readsOf64Bits = [
  { bytes: 8 * 1024, picojoules: 10 },
  { bytes: 32 * 1024, picojoules: 20 },
  { bytes: 1024 * 1024, picojoules: 100 },
];
const dramReadOf64Bits = 1300;

/** pJ for each bit read of a memory of so many bits: of the smallest published one that holds it. */
export function readEnergy(memoryBits: number): number {
  const fitting = readsOf64Bits.find(({ bytes }) => memoryBits <= 8 * bytes);
  return (fitting?.picojoules ?? dramReadOf64Bits) / 64;
}

export const dramReadEnergy = dramReadOf64Bits / 64;

/** pJ of one timestep, by what takes it. */
export interface TimestepEnergy {
  readonly multiplyAccumulate: number;
  readonly weightReads: number;
  readonly stateReads: number;
  readonly constantReads: number;
  /** Scaling of the sums and the element-wise products. */
  readonly postProcessing: number;
  /** What `weightReads` would be with all weights in DRAM. */
  readonly weightReadsFromDram: number;
}

/** Counts of the schedule times the table; selecting a bit's or trit's sign, registers, clock and wires are in no count. */
export function timestepEnergy(model: FixedModel, macUnits: number): TimestepEnergy {
  const layers = model.layers.map((layer) => layerEnergy(model, layer, macUnits));
  return layers.reduce((sum, layer) => ({
    multiplyAccumulate: sum.multiplyAccumulate + layer.multiplyAccumulate,
    weightReads: sum.weightReads + layer.weightReads,
    stateReads: sum.stateReads + layer.stateReads,
    constantReads: sum.constantReads + layer.constantReads,
    postProcessing: sum.postProcessing + layer.postProcessing,
    weightReadsFromDram: sum.weightReadsFromDram + layer.weightReadsFromDram,
  }));
}

function layerEnergy({ formats }: FixedModel, layer: FixedLayer, macUnits: number): TimestepEnergy {
  const { units, inputs, inputKind, recurrentWeights, inputWeights, bits, gateShift } = layer;
  const activationBits = formats.hidden.bits;
  const rows = gateRows(layer);
  const groups = rowGroups(layer, macUnits).length;
  const inputColumns = inputKind === "one-hot" ? 1 : inputs;
  const weightWidths = [weightBits(recurrentWeights), weightBits(inputWeights)] as const;
  const readBits = groups * macUnits * (units * weightWidths[0] + inputColumns * weightWidths[1]);
  const storedBits = groups * macUnits * (units * weightWidths[0] + inputs * weightWidths[1]);
  const constantBits = gateShift.format.bits;
  const isFull = recurrentWeights.precision === "full";
  const mac = addEnergy(bits.recurrentSum) + (isFull ? multiplyEnergy(activationBits, weightWidths[0]) : 0);
  return {
    multiplyAccumulate: layerMacOperations(layer) * mac,
    weightReads: readBits * readEnergy(storedBits),
    stateReads: groups * (units + (inputKind === "one-hot" ? 0 : inputs)) * activationBits * readEnergy(units * activationBits),
    constantReads: 3 * rows * constantBits * readEnergy(rows * constantBits),
    postProcessing:
      rows * (multiplyEnergy(bits.recurrentSum, constantBits) + multiplyEnergy(bits.inputSum, constantBits)) +
      units * elementWiseEnergy(layer, activationBits),
    weightReadsFromDram: readBits * dramReadEnergy,
  };
}

/** f c, i g, cellScale c, o tanh of an LSTM; z (h - n) and the product with r of a GRU. */
function elementWiseEnergy(layer: FixedLayer, activationBits: number): number {
  const gated = multiplyEnergy(activationBits, activationBits);
  if (layer.cell === "gru") {
    return 2 * gated;
  }
  const cellBits = layer.cellFormat.bits;
  return multiplyEnergy(activationBits, cellBits) + 2 * gated + multiplyEnergy(cellBits, layer.cellScale.format.bits);
}
