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
  /** Of hidden states and inputs; with delta updates of the list of changes in place of the hidden states. */
  readonly stateReads: number;
  /** What delta updates add: kept sums and references read and written, the list written. A write counts as a read. */
  readonly deltaMemories: number;
  readonly constantReads: number;
  /** Scaling of the sums and the element-wise products. */
  readonly postProcessing: number;
  /** What `weightReads` would be with all weights in DRAM. */
  readonly weightReadsFromDram: number;
}

/**
 * Counts of the schedule times the table; selecting a bit's or trit's sign, registers, clock and wires are in no count, nor,
 * but for the memories that delta updates add, are writes.
 * @param recurrentColumns read in a timestep by each layer, on average; default all. Only delta updates read fewer
 * @throws RangeError for columns that the model cannot read
 */
export function timestepEnergy(model: FixedModel, macUnits: number, recurrentColumns: readonly number[] = allColumns(model)): TimestepEnergy {
  checkColumns(model, recurrentColumns);
  const layers = model.layers.map((layer, index) => layerEnergy(model, layer, macUnits, recurrentColumns[index]!));
  return layers.reduce((sum, layer) => ({
    multiplyAccumulate: sum.multiplyAccumulate + layer.multiplyAccumulate,
    weightReads: sum.weightReads + layer.weightReads,
    stateReads: sum.stateReads + layer.stateReads,
    deltaMemories: sum.deltaMemories + layer.deltaMemories,
    constantReads: sum.constantReads + layer.constantReads,
    postProcessing: sum.postProcessing + layer.postProcessing,
    weightReadsFromDram: sum.weightReadsFromDram + layer.weightReadsFromDram,
  }));
}

/** pJ: all of it, with the weights on the chip. */
export function totalEnergy({ weightReadsFromDram: _, ...parts }: TimestepEnergy): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}

function allColumns({ layers }: FixedModel): number[] {
  return layers.map(({ units }) => units);
}

function checkColumns({ layers, delta }: FixedModel, recurrentColumns: readonly number[]): void {
  const isPossible = layers.every(({ units }, index) => {
    const columns = recurrentColumns[index]!;
    return delta === undefined ? columns === units : columns >= 1 && columns <= units;
  });
  if (recurrentColumns.length !== layers.length || !isPossible) {
    const possible = layers.map(({ units }) => (delta === undefined ? `${units}` : `1 to ${units}`)).join(", ");
    throw new RangeError(`recurrentColumns [${recurrentColumns.join(", ")}]: give one number for each layer: ${possible}.`);
  }
}

function layerEnergy({ formats, delta, columnsPerCycle }: FixedModel, layer: FixedLayer, macUnits: number, columns: number): TimestepEnergy {
  const { units, inputs, inputKind, recurrentWeights, inputWeights, bits, gateShift } = layer;
  const activationBits = formats.hidden.bits;
  const rows = gateRows(layer);
  const groups = rowGroups(layer, macUnits).length;
  const isSymbol = inputKind === "one-hot";
  // Whole words are stored and read.
  const whole = (count: number): number => Math.ceil(count / columnsPerCycle) * columnsPerCycle;
  const weightWidths = [weightBits(recurrentWeights), weightBits(inputWeights)] as const;
  const recurrentColumns = delta === undefined ? whole(columns) : columns;
  const readBits = groups * macUnits * (recurrentColumns * weightWidths[0] + (isSymbol ? 1 : whole(inputs)) * weightWidths[1]);
  const storedBits = groups * macUnits * (whole(units) * weightWidths[0] + (isSymbol ? inputs : whole(inputs)) * weightWidths[1]);
  const constantBits = gateShift.format.bits;
  const valueBits = delta === undefined ? activationBits : activationBits + 1;
  const isFull = recurrentWeights.precision === "full";
  const mac = addEnergy(bits.recurrentSum) + (isFull ? multiplyEnergy(valueBits, weightWidths[0]) : 0);
  const hiddenBits = delta === undefined ? activationBits : changeBits(units, activationBits);
  return {
    multiplyAccumulate: (layerMacOperations(layer) - rows * (units - columns)) * mac,
    weightReads: readBits * readEnergy(storedBits),
    stateReads:
      groups * columns * hiddenBits * readEnergy(units * hiddenBits) +
      groups * (isSymbol ? 0 : inputs) * activationBits * readEnergy(units * activationBits),
    deltaMemories: delta === undefined ? 0 : deltaEnergy(layer, activationBits, groups * macUnits * bits.recurrentSum, columns),
    constantReads: 3 * rows * constantBits * readEnergy(rows * constantBits),
    postProcessing:
      rows * (multiplyEnergy(bits.recurrentSum, constantBits) + multiplyEnergy(bits.inputSum, constantBits)) +
      units * elementWiseEnergy(layer, activationBits),
    weightReadsFromDram: readBits * dramReadEnergy,
  };
}

/** An entry of `delta_memory.v`'s list: the number of a unit and the change of its h, which has a bit more than h. */
function changeBits(units: number, activationBits: number): number {
  return Math.ceil(Math.log2(Math.max(2, units))) + activationBits + 1;
}

/** All sums are read and written once a timestep, and so is every unit's reference; only changes go to the list. */
function deltaEnergy({ units }: FixedLayer, activationBits: number, sumBits: number, columns: number): number {
  const referenceBits = units * activationBits;
  const entryBits = changeBits(units, activationBits);
  return (
    2 * sumBits * readEnergy(sumBits) + 2 * referenceBits * readEnergy(referenceBits) + columns * entryBits * readEnergy(units * entryBits)
  );
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
