import { cells, type CellName } from "../cells/cells.js";
import type { FixedModel } from "../fixedModel.js";
import { bitEncodings, tritEncodings } from "./encoding.js";
import type { BitEncodingName, Encoding, TritEncodingName } from "./encoding.js";
import type { BitOrder } from "./lanePacking.js";

/** Letters of the gate blocks in the order of rows, and whose order it is; c is another name of g, and h of n. */
export const gateOrderNames = { lstm: cells.lstm.gateOrders, gru: cells.gru.gateOrders } as const;

export type LstmOrder = keyof (typeof gateOrderNames)["lstm"];
export type GruOrder = keyof (typeof gateOrderNames)["gru"];
export type GateOrderName = LstmOrder | GruOrder;

export const allGateOrders = [...Object.keys(gateOrderNames.lstm), ...Object.keys(gateOrderNames.gru)] as GateOrderName[];

/** How weights are written into the words of weight ROMs. Constants and tables stay two's complement, with one number in each word. */
export interface WordLayout {
  /** The two bits of a trit. */
  readonly trits: TritEncodingName;
  /** The bit of a binary weight. */
  readonly bits: BitEncodingName;
  /** Whether the first weight of a word is in its lowest or in its highest bits. */
  readonly bitOrder: BitOrder;
  /** The order of an LSTM's gates in the rows of weights, scales and shifts. */
  readonly lstmOrder: LstmOrder;
  /** The order of a GRU's gates in the same rows. */
  readonly gruOrder: GruOrder;
  /** Bits of a word at most; images of wider words are split by lanes into banks. Undefined: no limit. */
  readonly maxWidth?: number;
}

/** What the generated Verilog reads. */
export const generatedLayout: WordLayout = {
  trits: "twos-complement",
  bits: "sign-bit",
  bitOrder: "lsb-first",
  lstmOrder: "gfio",
  gruOrder: "rzn",
};

/** A layout that the model cannot have; the message names the value and what to choose. */
export class RomLayoutError extends Error {
  override readonly name = "RomLayoutError";
}

/**
 * The layout with what is not given as the generated Verilog reads it.
 * @throws RomLayoutError for a choice that the model has no use for, so that none is ignored in silence
 */
export function checkedLayout(given: Partial<WordLayout>, { layers }: Pick<FixedModel, "layers">): WordLayout {
  const precisions = new Set(layers.flatMap(({ inputWeights, recurrentWeights }) => [inputWeights.precision, recurrentWeights.precision]));
  const cells = new Set(layers.map(({ cell }) => cell));
  const needs = [
    { value: given.trits, isThere: precisions.has("ternary"), lacks: "ternary weights" },
    { value: given.bits, isThere: precisions.has("binary"), lacks: "binary weights" },
    { value: given.lstmOrder, isThere: cells.has("lstm"), lacks: "LSTM layer" },
    { value: given.gruOrder, isThere: cells.has("gru"), lacks: "GRU layer" },
  ];
  const useless = needs.find(({ value, isThere }) => value !== undefined && !isThere);
  if (useless !== undefined) {
    throw new RomLayoutError(`The layout names ${useless.value}, but the model has no ${useless.lacks}: leave it out.`);
  }
  const { maxWidth } = given;
  if (maxWidth !== undefined && !(Number.isInteger(maxWidth) && maxWidth > 0)) {
    throw new RomLayoutError(`The maximum width is ${maxWidth}; choose a whole number of bits above 0.`);
  }
  return { ...generatedLayout, ...given };
}

/** How a matrix's codes become fields. */
export function layoutEncoding(
  matrix: { readonly precision: "binary" | "ternary" } | { readonly precision: "full"; readonly format: { readonly bits: number } },
  { trits, bits }: WordLayout,
): Encoding {
  switch (matrix.precision) {
    case "binary":
      return bitEncodings[bits];
    case "ternary":
      return tritEncodings[trits];
    case "full":
      return { name: "twos-complement", bits: matrix.format.bits };
  }
}

/** Lanes of one bank of an image. */
export interface Bank {
  readonly firstLane: number;
  readonly lanes: number;
}

/**
 * The lanes of a word in banks of at most `maxWidth` bits, as even as whole fields allow from the first on.
 * @throws RomLayoutError where one field is wider than that
 */
export function banksOf(lanes: number, { bits, name, valuesPerField = 1 }: Encoding, maxWidth = Infinity): Bank[] {
  const fields = Math.floor(maxWidth / bits);
  if (fields === 0) {
    throw new RomLayoutError(`The maximum width is ${maxWidth}, but one field of ${name} has ${bits} bits: choose at least that.`);
  }
  const perBank = Math.min(lanes, fields * valuesPerField);
  return Array.from({ length: Math.ceil(lanes / perBank) }, (_, bank) => ({
    firstLane: bank * perBank,
    lanes: Math.min(perBank, lanes - bank * perBank),
  }));
}

/** Letters of a cell's gate blocks in the layout's order of rows. */
export function gateLetters(cell: CellName, { lstmOrder, gruOrder }: WordLayout): string[] {
  return [...{ lstm: lstmOrder, gru: gruOrder, "min-gru": "zn" }[cell]];
}
