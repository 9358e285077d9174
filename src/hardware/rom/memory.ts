import type { HostPart } from "../acceleratorModel.js";
import { gateRows } from "../fixedModel.js";
import type { FixedLayer, FixedMatrix, FixedModel } from "../fixedModel.js";
import { placedMemories } from "../rtl/placedMemories.js";
import { bitsOf, type MemoryContent } from "../rtl/placedMemory.js";

const float32Bits = 32;
const fixed12Bits = 12;

/** How many times smaller than full precision. */
export interface Compression {
  /** The saving of the recurrent layers, weights against weights, as papers usually quote it. */
  readonly weightsOnly: number;
  /** The saving of the recurrent layers: weights and the biases of the gate rows, against every bit of the accelerator's ROMs. */
  readonly allCounted: number;
  /** The same with what stays on the host added to both sides; absent where there is nothing on a host. */
  readonly wholeModel?: number;
}

/**
 * Bits of the ROMs in the generated Verilog, each as often as it is placed (an LSTM has tanh twice, a GRU its initial hidden
 * state), and what the same layers would take in full precision, where functions are computed and need no table.
 */
export interface MemoryAccount {
  readonly weightBits: number;
  readonly scaleBits: number;
  readonly shiftBits: number;
  /** Initial hidden and cell states. */
  readonly stateBits: number;
  /** Look-up tables of sigmoid and tanh. */
  readonly tableBits: number;
  /** Unused lanes: in the last row group of each phase, in a group's last word; 0 where P and N divide rows and columns. */
  readonly paddingBits: number;
  /** The sum of all of these. */
  readonly shippedBits: number;
  /** Output layer and word vectors, which the host computes in single precision; absent for a network without. */
  readonly hostBits?: number;
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
 * @param host what the model has beside the accelerator's layers
 */
export function accountMemory(model: FixedModel, macUnits = 1, host?: HostPart): MemoryAccount {
  const { layers } = model;
  const count = (bits: (layer: FixedLayer) => number): number => total(layers.map(bits));
  const weights = count((layer) => total(matrices(layer).map(({ rows, columns }) => rows * columns)));
  const roms = placedMemories(model, macUnits).filter(({ kind }) => kind === "rom");
  const used = (content: MemoryContent): number => {
    const chosen = roms.filter((rom) => rom.content === content);
    return bitsOf(chosen) - total(chosen.map(({ unusedBits }) => unusedBits));
  };
  const weightBits = used("weights");
  const shippedBits = bitsOf(roms);
  const fullPrecision = (bits: number): number => (weights + count(biases)) * bits;
  const compression = (bits: number): Compression => ({
    weightsOnly: (weights * bits) / weightBits,
    allCounted: fullPrecision(bits) / shippedBits,
    ...(host && { wholeModel: (fullPrecision(bits) + host.numbers * float32Bits) / (shippedBits + host.bits) }),
  });
  const againstFloat32 = compression(float32Bits);
  return {
    weightBits,
    scaleBits: used("scales"),
    shiftBits: used("shifts"),
    stateBits: used("initial states"),
    tableBits: used("tables"),
    paddingBits: total(roms.map(({ unusedBits }) => unusedBits)),
    shippedBits,
    ...(host && { hostBits: host.bits }),
    float32Bits: fullPrecision(float32Bits),
    fixed12Bits: fullPrecision(fixed12Bits),
    againstFloat32,
    againstFixed12: compression(fixed12Bits),
    memorySaving: againstFloat32.allCounted,
  };
}

/** "14.4x the recurrent layers, 7.9x the whole model": the saving as every place tells it. */
export function savingInWords({ allCounted, wholeModel }: Compression): string {
  const whole = wholeModel === undefined ? "" : `, ${wholeModel.toFixed(1)}x the whole model`;
  return `${allCounted.toFixed(1)}x the recurrent layers${whole}`;
}

/** What `savingInWords` compares with what. */
export const savingComparison = "against float32, all constants and tables counted";

/** The savings for programs, under the same names everywhere. */
export interface SavingFigures {
  /** Against float32, of the recurrent layers, all constants and tables counted. */
  readonly memorySaving: number;
  /** The same with output layer and word vectors; null for a network without. */
  readonly wholeModelSaving: number | null;
  readonly memorySavingInWords: string;
}

/** How much smaller the ROMs are than float32, as numbers and in words. */
export function savingFigures({ againstFloat32 }: MemoryAccount): SavingFigures {
  return {
    memorySaving: againstFloat32.allCounted,
    wholeModelSaving: againstFloat32.wholeModel ?? null,
    memorySavingInWords: `${savingInWords(againstFloat32)}, ${savingComparison}`,
  };
}

/** The account as rows of text, for a person. */
export function memoryTable(account: MemoryAccount): readonly (readonly [part: string, bits: string])[] {
  const { againstFloat32, againstFixed12, hostBits } = account;
  return [
    ["weights", bits(account.weightBits)],
    ["scales", bits(account.scaleBits)],
    ["shifts", bits(account.shiftBits)],
    ["initial states", bits(account.stateBits)],
    ["look-up tables", bits(account.tableBits)],
    ["padding", bits(account.paddingBits)],
    ["ROMs of the recurrent layers, as placed", bits(account.shippedBits)],
    ...(hostBits === undefined ? [] : [["output layer and word vectors, on the host in float32", bits(hostBits)] as const]),
    ["recurrent layers in float32", bits(account.float32Bits)],
    ["recurrent layers in 12-bit fixed point", bits(account.fixed12Bits)],
    ["memory saving against float32", times(againstFloat32)],
    ["memory saving against 12-bit fixed point", times(againstFixed12)],
  ];
}

function matrices({ inputWeights, recurrentWeights }: FixedLayer): FixedMatrix[] {
  return [inputWeights, recurrentWeights];
}

/** The number of biases that the layer would have in full precision. */
function biases(layer: FixedLayer): number {
  return gateRows(layer) + (layer.reset === "after" ? layer.units : 0);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function bits(count: number): string {
  return `${count.toLocaleString("en-US")} bits`;
}

function times(compression: Compression): string {
  return `${savingInWords(compression)} (weights alone ${compression.weightsOnly.toFixed(1)}x)`;
}
