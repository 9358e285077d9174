import { gateRows } from "../fixedModel.js";
import type { FixedLayer, FixedMatrix, FixedModel } from "../fixedModel.js";
import type { FixedVector } from "../fixedPoint.js";
import { rowGroups } from "../rowGroups.js";
import { tableWordBits } from "../tableWord.js";

const float32Bits = 32;
const fixed12Bits = 12;

/** How many times smaller the recurrent layers became. */
export interface Compression {
  /** Weights against weights, as papers usually quote it. */
  readonly weightsOnly: number;
  /** Weights and the biases of the gate rows, against every bit that ships. */
  readonly allCounted: number;
}

/**
 * Bits of the recurrent layers: what ships, and what the same layers would take in full precision. The softmax layer and
 * the look-up tables of the activation functions are alike for every precision, and in neither count.
 */
export interface MemoryAccount {
  readonly weightBits: number;
  readonly scaleBits: number;
  readonly shiftBits: number;
  /** Initial hidden and cell states. */
  readonly stateBits: number;
  /** Unused lanes: in the last row group of each phase, in a group's last word; 0 where P and N divide rows and columns. */
  readonly paddingBits: number;
  /** The sum of all of these. */
  readonly shippedBits: number;
  /** Look-up tables of sigmoid and tanh, beside `shippedBits`. */
  readonly tableBits: number;
  /** Weights and one bias per gate row (two for a candidate that is reset after its product) in 32-bit floating point. */
  readonly float32Bits: number;
  /** The same in 12-bit fixed point. */
  readonly fixed12Bits: number;
  readonly againstFloat32: Compression;
  readonly againstFixed12: Compression;
  /** `againstFloat32.allCounted`. */
  readonly memorySaving: number;
}

/**
 * @param macUnits lanes of a weight word, for the padding; 1 means none
 */
export function accountMemory({ layers, tables, columnsPerCycle }: Pick<FixedModel, "layers" | "tables" | "columnsPerCycle">, macUnits = 1): MemoryAccount {
  const count = (bits: (layer: FixedLayer) => number): number => total(layers.map(bits));
  const weights = count((layer) => total(matrices(layer).map(({ rows, columns }) => rows * columns)));
  const parts = {
    weightBits: count((layer) => total(matrices(layer).map((matrix) => matrix.rows * matrix.columns * bitsPerWeight(matrix)))),
    scaleBits: count((layer) => total(scales(layer).map(vectorBits))),
    shiftBits: count((layer) => total(shifts(layer).map(vectorBits))),
    stateBits: count((layer) => total(states(layer).map(vectorBits))),
    paddingBits: count((layer) => paddingBits(layer, macUnits, columnsPerCycle)),
  };
  const shippedBits = total(Object.values(parts));
  const fullPrecision = (bits: number): number => (weights + count(biases)) * bits;
  const compression = (bits: number): Compression => ({
    weightsOnly: (weights * bits) / parts.weightBits,
    allCounted: fullPrecision(bits) / shippedBits,
  });
  const againstFloat32 = compression(float32Bits);
  return {
    ...parts,
    shippedBits,
    tableBits: total(Object.values(tables).map((table) => table.entries * total(Object.values(tableWordBits(table))))),
    float32Bits: fullPrecision(float32Bits),
    fixed12Bits: fullPrecision(fixed12Bits),
    againstFloat32,
    againstFixed12: compression(fixed12Bits),
    memorySaving: againstFloat32.allCounted,
  };
}

/** The account as rows of text, for a person. */
export function memoryTable(account: MemoryAccount): readonly (readonly [part: string, bits: string])[] {
  const { againstFloat32, againstFixed12 } = account;
  return [
    ["weights", bits(account.weightBits)],
    ["scales", bits(account.scaleBits)],
    ["shifts", bits(account.shiftBits)],
    ["initial states", bits(account.stateBits)],
    ["padding", bits(account.paddingBits)],
    ["shipped", bits(account.shippedBits)],
    ["float32", `${bits(account.float32Bits)}, ${times(againstFloat32)}`],
    ["12-bit fixed point", `${bits(account.fixed12Bits)}, ${times(againstFixed12)}`],
    ["look-up tables, alike for every precision and not in the ratios", bits(account.tableBits)],
  ];
}

function matrices({ inputWeights, recurrentWeights }: FixedLayer): FixedMatrix[] {
  return [inputWeights, recurrentWeights];
}

function scales(layer: FixedLayer): FixedVector[] {
  return [layer.gateScaleRecurrent, layer.gateScaleInput, ...(layer.cell === "lstm" ? [layer.cellScale] : [])];
}

function shifts(layer: FixedLayer): FixedVector[] {
  return [layer.gateShift, layer.cell === "lstm" ? layer.cellShift : layer.resetShift];
}

function states(layer: FixedLayer): FixedVector[] {
  return [layer.initialHidden, ...(layer.cell === "lstm" ? [layer.initialCell] : [])];
}

function vectorBits({ integers, format }: FixedVector): number {
  return integers.length * format.bits;
}

function paddingBits(layer: FixedLayer, macUnits: number, columnsPerCycle: number): number {
  const lanes = rowGroups(layer, macUnits).length * macUnits;
  const padding = (matrix: FixedMatrix, perWord: number): number => {
    const stored = Math.ceil(matrix.rows / perWord) * perWord * lanes;
    return (stored - matrix.rows * matrix.columns) * bitsPerWeight(matrix);
  };
  const inputPadding = padding(layer.inputWeights, layer.inputKind === "one-hot" ? 1 : columnsPerCycle);
  const statePadding = (Math.ceil(layer.units / columnsPerCycle) * columnsPerCycle - layer.units) * layer.initialHidden.format.bits;
  return inputPadding + padding(layer.recurrentWeights, columnsPerCycle) + statePadding;
}

/** Of the layer in full precision. */
function biases(layer: FixedLayer): number {
  return gateRows(layer) + (layer.cell === "gru" && layer.reset === "after" ? layer.units : 0);
}

function bitsPerWeight(matrix: FixedMatrix): number {
  return matrix.precision === "full" ? matrix.format.bits : matrix.precision === "binary" ? 1 : 2;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function bits(count: number): string {
  return `${count.toLocaleString("en-US")} bits`;
}

function times({ weightsOnly, allCounted }: Compression): string {
  return `${allCounted.toFixed(1)}x (weights alone ${weightsOnly.toFixed(1)}x)`;
}
