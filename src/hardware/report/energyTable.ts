import { cellHardware, cells } from "../cells/cells.js";
import { gateRows, type FixedLayer, type FixedModel } from "../fixedModel.js";
import { weightBits } from "../rtl/layerParameters.js";
import { placedMemories } from "../rtl/placedMemories.js";
import type { MemoryContent, PlacedMemory } from "../rtl/placedMemory.js";
import { tableWordBits } from "../tableWord.js";
import { accessEnergy, dramReadEnergy, memoryEnergySource } from "./memoryEnergy.js";
import { layerMacOperations } from "./workload.js";

/** The source of every energy of `timestepEnergy`. */
export const energySource =
  `Horowitz, ISSCC 2014, 45 nm, 0.9 V: add 0.03 (8 bit) and 0.1 pJ (32 bit), multiply 0.2 and 3.1 pJ, ${memoryEnergySource}`;
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

/** pJ of one timestep within a sequence, by what takes it. A memory's part is that of its reads and its writes. */
export interface TimestepEnergy {
  readonly multiplyAccumulate: number;
  /** The words of both matrices, the rows of symbols among them. */
  readonly weightReads: number;
  /** h, a GRU's second copy of it and r h; with delta updates the list of changes takes its place in `deltaMemories`. */
  readonly hiddenStates: number;
  /** Gates that wait for those of the same unit that come later. */
  readonly gates: number;
  readonly cellStates: number;
  /** Scales and shifts of gate rows and of cell states. */
  readonly constantReads: number;
  /** Tables of sigmoid and tanh. */
  readonly lookUpTables: number;
  /** Frames of features, of h between layers, and of h at the output. */
  readonly streams: number;
  /** What delta updates add: list of changes, references, kept sums. */
  readonly deltaMemories: number;
  /** Scaling of the sums, interpolation in the tables, and the element-wise products. */
  readonly postProcessing: number;
  /** What `weightReads` would be with all weights in DRAM. */
  readonly weightReadsFromDram: number;
}

const partOf: Readonly<Record<MemoryContent, keyof TimestepEnergy>> = {
  weights: "weightReads",
  "hidden states": "hiddenStates",
  "initial states": "hiddenStates",
  gates: "gates",
  "cell states": "cellStates",
  scales: "constantReads",
  shifts: "constantReads",
  tables: "lookUpTables",
  streams: "streams",
  delta: "deltaMemories",
};

/**
 * Every word that a timestep reads from a memory and uses, and every word that it writes, charged by the size of that memory,
 * and the arithmetic, times the table. Selecting a bit's or trit's sign, registers, clock and wires are in no count, nor are words
 * that a memory shows and nobody uses: it is taken to be enabled only when it is needed.
 * @param recurrentColumns read in a timestep by each layer, on average; default all. Only delta updates read fewer
 * @throws RangeError for columns that the model cannot read
 */
export function timestepEnergy(model: FixedModel, macUnits: number, recurrentColumns: readonly number[] = allColumns(model)): TimestepEnergy {
  checkColumns(model, recurrentColumns);
  const memories = placedMemories(model, macUnits, recurrentColumns);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const accesses = (part: keyof TimestepEnergy): number =>
    sum(memories.filter(({ content }) => partOf[content] === part).map(memoryEnergy));
  const weights = memories.filter(({ content }) => content === "weights");
  return {
    multiplyAccumulate: sum(model.layers.map((layer, index) => arrayEnergy(model, layer, recurrentColumns[index]!))),
    weightReads: accesses("weightReads"),
    hiddenStates: accesses("hiddenStates"),
    gates: accesses("gates"),
    cellStates: accesses("cellStates"),
    constantReads: accesses("constantReads"),
    lookUpTables: accesses("lookUpTables"),
    streams: accesses("streams"),
    deltaMemories: accesses("deltaMemories"),
    postProcessing: sum(model.layers.map((layer) => postProcessingEnergy(model, layer))),
    weightReadsFromDram: sum(weights.map(({ reads, width }) => reads * width * dramReadEnergy)),
  };
}

/** pJ: all of it, with the weights on the chip. */
export function totalEnergy({ weightReadsFromDram: _, ...parts }: TimestepEnergy): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}

function memoryEnergy({ reads, writes, width, depth }: PlacedMemory): number {
  return (reads + writes) * width * accessEnergy(width * depth);
}

function allColumns({ layers }: FixedModel): number[] {
  return layers.map(({ recurrentWeights }) => recurrentWeights.rows);
}

function checkColumns({ layers, delta }: FixedModel, recurrentColumns: readonly number[]): void {
  const isPossible = layers.every(({ recurrentWeights: { rows: units } }, index) => {
    const columns = recurrentColumns[index]!;
    return delta === undefined ? columns === units : columns >= 1 && columns <= units;
  });
  if (recurrentColumns.length !== layers.length || !isPossible) {
    const possible = layers.map(({ recurrentWeights: { rows: units } }) => (delta === undefined ? `${units}` : `1 to ${units}`)).join(", ");
    throw new RangeError(`recurrentColumns [${recurrentColumns.join(", ")}]: give one number for each layer: ${possible}.`);
  }
}

/** A change of h has a bit more than h. */
function arrayEnergy({ formats, delta }: FixedModel, layer: FixedLayer, columns: number): number {
  const { recurrentWeights, bits } = layer;
  const sumBits = recurrentWeights.rows === 0 ? bits.inputSum : bits.recurrentSum;
  const valueBits = formats.hidden.bits + (delta === undefined ? 0 : 1);
  const product = recurrentWeights.precision === "full" ? multiplyEnergy(valueBits, weightBits(recurrentWeights)) : 0;
  return (layerMacOperations(layer) - gateRows(layer) * (recurrentWeights.rows - columns)) * (addEnergy(sumBits) + product);
}

function postProcessingEnergy({ formats, tables }: FixedModel, layer: FixedLayer): number {
  const { units, bits, shift } = layer;
  const constantBits = shift.format.bits;
  const rows = gateRows(layer);
  const ofRecurrent = layer.recurrentWeights.rows === 0 ? 0 : multiplyEnergy(bits.recurrentSum, constantBits);
  const scaling = ofRecurrent + multiplyEnergy(bits.inputSum, constantBits);
  const interpolation = (table: FixedModel["tables"]["tanh"]): number => multiplyEnergy(tableWordBits(table).slope, table.segmentBits + 1);
  return (
    rows * scaling +
    (rows - units) * interpolation(tables.sigmoid) +
    units * cells[layer.cell].tanhLookUps * interpolation(tables.tanh) +
    units * elementWiseEnergy(layer, formats.hidden.bits)
  );
}

function elementWiseEnergy({ cell, cellFormat, shift }: FixedLayer, activationBits: number): number {
  const bits = { activation: activationBits, cell: cellFormat?.bits ?? 0, constant: shift.format.bits };
  return cellHardware(cell).products.reduce((sum, [one, other]) => sum + multiplyEnergy(bits[one], bits[other]), 0);
}
