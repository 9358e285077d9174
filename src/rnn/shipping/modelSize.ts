import { cellOf, isOfCell, isTrained, type Vector, vectorColumns } from "../../cells/cells.js";
import { matricesOf, vectorOf } from "./deployedModel.js";
import type { DeployedLayer, DeployedModel, ShippedMatrix } from "./deployedModel.js";
import { matrixSize } from "./matrixSize.js";

/** In what the numbers that are not quantised are stored. */
export interface Storage {
  /** Bits of a full-precision weight or an element of a word vector. */
  readonly realBits: number;
  /** Bits of a scale, a normaliser constant or a bias. */
  readonly constantBits: number;
  /** Bits of an element of an initial state. */
  readonly stateBits: number;
  /** The size of the look-up tables of sigmoid and tanh, one each; 0 entries where they are computed. */
  readonly table: { readonly entries: number; readonly bits: number };
}

/** In software: all in single precision, activation functions computed. */
export const floatStorage: Storage = { realBits: 32, constantBits: 32, stateBits: 32, table: { entries: 0, bits: 0 } };

/**
 * On the accelerator: activations and full-precision weights of 12 bits, constants of 16, tables that a 12-bit number
 * addresses.
 */
export const fixedPointStorage: Storage = { realBits: 12, constantBits: 16, stateBits: 12, table: { entries: 4096, bits: 12 } };

/** What a part is; the weights are what papers usually count alone. */
export type SizeKind = "weights" | "scales" | "normaliser" | "biases" | "initial state" | "table";

/** One line of the account. */
export interface SizePart {
  /** "layer 1 recurrent weights" */
  readonly name: string;
  readonly kind: SizeKind;
  /** Whether it belongs to a recurrent layer, the only ones that papers usually count. */
  readonly recurrent: boolean;
  /** How many numbers. */
  readonly count: number;
  readonly bits: number;
  /** With five trits to a byte; `bits` where nothing is ternary. */
  readonly denseBits: number;
  /** How many numbers the same model in full precision needs for it: none for scales and normaliser constants. */
  readonly referenceCount: number;
}

/** How many times smaller than full precision. */
export interface Compression {
  /** Weights against weights. */
  readonly weightsOnly: number;
  /** Every bit against every bit; the reference has its biases and initial states, but no normaliser. */
  readonly allCounted: number;
}

export interface SizeTotal {
  readonly weightBits: number;
  /** All that is not weights. */
  readonly constantBits: number;
  readonly bits: number;
  readonly denseBits: number;
  readonly againstFloat32: Compression;
  readonly againstFixed12: Compression;
}

export interface ModelSize {
  readonly parts: readonly SizePart[];
  /** The size of the recurrent layers alone, as papers usually quote it. */
  readonly recurrentLayers: SizeTotal;
  /** With embedding, output layer and tables. */
  readonly model: SizeTotal;
}

/**
 * Counts every bit of what ships. The ROM's own account (`src/hardware/rom/memory.ts`) differs in three ways: it counts
 * the recurrent layer alone, folds plane scales into its gate scales, and adds the padding of its weight words.
 */
export function modelSize(model: DeployedModel, storage: Storage = floatStorage): ModelSize {
  const parts = [
    ...inputParts(model, storage),
    ...model.layers.flatMap((layer, index) => layerParts(layer, `layer ${index + 1}`, storage)),
    ...matrixParts("output", model.outputWeights, false, storage),
    constants("output biases", "biases", false, model.outputBias.length, storage.constantBits),
    ...tableParts(storage),
  ].filter(({ count }) => count > 0);
  return {
    parts,
    recurrentLayers: total(parts.filter(({ recurrent }) => recurrent)),
    model: total(parts),
  };
}

function inputParts({ input }: DeployedModel, { realBits }: Storage): SizePart[] {
  if (input.kind !== "embedding") {
    return [];
  }
  return [constants("embedding", "weights", false, input.table.length, realBits)];
}

function layerParts(layer: DeployedLayer, name: string, storage: Storage): SizePart[] {
  const { spec } = layer;
  const vectors = cellOf(spec).vectors.filter((vector) => vector.role === "initial state" || isTrained(spec, vector));
  const numbers = (chosen: (vector: Vector) => boolean): number =>
    vectors.filter(chosen).reduce((sum, vector) => sum + vectorOf(layer, vector).length, 0);
  const isState = ({ role }: Vector): boolean => role === "initial state";
  // Each product's shift has the place of a bias, with a single row; of the cell's shift a reference has none.
  const biases = vectors
    .filter((vector) => vector.role === "shift" && !isOfCell(vector))
    .reduce((sum, vector) => sum + vectorColumns(spec, vector), 0);
  const own = (part: string, kind: SizeKind, count: number, bits: number): SizePart => constants(`${name} ${part}`, kind, true, count, bits);
  return [
    ...matricesOf(layer).flatMap((one) => matrixParts(`${name} ${one.name}`, one.matrix, true, storage)),
    own("gains and shifts", "normaliser", numbers((vector) => !isState(vector) && !isOfCell(vector)) - biases, storage.constantBits),
    own("cell gains and shifts", "normaliser", numbers(isOfCell), storage.constantBits),
    own("biases", "biases", biases, storage.constantBits),
    own("initial state", "initial state", spec.initialState === "learned" ? numbers(isState) : 0, storage.stateBits),
    ...(layer.reverse ? layerParts(layer.reverse, `${name} reverse`, storage) : []),
  ];
}

function matrixParts(name: string, matrix: ShippedMatrix, recurrent: boolean, storage: Storage): SizePart[] {
  const { weights, bits, denseBits, scales } = matrixSize(matrix, storage.realBits);
  return [
    { name: `${name} weights`, kind: "weights", recurrent, count: weights, bits, denseBits, referenceCount: weights },
    constants(`${name} scales`, "scales", recurrent, scales, storage.constantBits),
  ];
}

const withoutReference: readonly SizeKind[] = ["scales", "normaliser"];

function constants(name: string, kind: SizeKind, recurrent: boolean, count: number, bitsEach: number): SizePart {
  const bits = count * bitsEach;
  return { name, kind, recurrent, count, bits, denseBits: bits, referenceCount: withoutReference.includes(kind) ? 0 : count };
}

function tableParts({ table }: Storage): SizePart[] {
  return ["sigmoid", "tanh"].map((name) => constants(`${name} table`, "table", false, table.entries, table.bits));
}

const float32Bits = 32;
const fixedBits = 12;

function total(parts: readonly SizePart[]): SizeTotal {
  const sum = (chosen: readonly SizePart[], value: (part: SizePart) => number): number =>
    chosen.reduce((result, part) => result + value(part), 0);
  const weights = parts.filter(({ kind }) => kind === "weights");
  const weightBits = sum(weights, ({ bits }) => bits);
  const bits = sum(parts, (part) => part.bits);
  // Tables are alike for every precision.
  const reference = (each: number) => (part: SizePart): number => (part.kind === "table" ? part.bits : part.referenceCount * each);
  const compression = (each: number): Compression => ({
    weightsOnly: sum(weights, reference(each)) / weightBits,
    allCounted: sum(parts, reference(each)) / bits,
  });
  return {
    weightBits,
    constantBits: bits - weightBits,
    bits,
    denseBits: sum(parts, ({ denseBits }) => denseBits),
    againstFloat32: compression(float32Bits),
    againstFixed12: compression(fixedBits),
  };
}

/** The account as text, for a person: a line for each part, then the totals. */
export function sizeTable(size: ModelSize): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const { parts, recurrentLayers, model } = size;
  return {
    head: ["part", "numbers", "size", "five trits a byte"],
    rows: [
      ...parts.map(({ name, count, bits, denseBits }) => [name, count.toLocaleString("en-US"), sizeText(bits), sizeText(denseBits)]),
      ...totalRows("recurrent layers", recurrentLayers),
      ...totalRows("whole model", model),
    ],
  };
}

function totalRows(name: string, size: SizeTotal): string[][] {
  const against = (reference: string, { weightsOnly, allCounted }: Compression): string[] => [
    `${name} against ${reference}`,
    "",
    `${allCounted.toFixed(1)}x`,
    `weights alone ${weightsOnly.toFixed(1)}x`,
  ];
  return [
    [name, "", sizeText(size.bits), sizeText(size.denseBits)],
    against("float32", size.againstFloat32),
    against("12-bit fixed point", size.againstFixed12),
  ];
}

/** In KiB; what is less than one, in whole bytes. */
export function sizeText(bits: number): string {
  const bytes = Math.ceil(bits / 8);
  if (bytes < 1024) {
    return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  }
  return `${(bits / 8 / 1024).toLocaleString("en-US", { maximumFractionDigits: 2 })} KiB`;
}
