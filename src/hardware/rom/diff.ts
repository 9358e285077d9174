import type { RomFile } from "./romFile.js";
import { unpackWord } from "./lanePacking.js";

/** A word that differs; undefined where a file has none at that address. */
export interface WordDifference {
  readonly address: number;
  readonly one?: bigint;
  readonly other?: bigint;
  /** Lanes that differ, where the layout is known. */
  readonly lanes: readonly { readonly lane: number; readonly one?: number; readonly other?: number }[];
}

export interface RomDifference {
  /** Words at addresses that either file has. */
  readonly compared: number;
  /** Bits of a word where both files state them and differ. */
  readonly widths?: readonly [number, number];
  readonly words: readonly WordDifference[];
}

/**
 * Compares two files by address, whatever their formats. An address given twice counts with its last word; a word that is
 * missing differs from one that is there, also from 0. Words of different encodings or bit orders, with as many lanes each,
 * are compared by the integers that they hold.
 */
export function diffRoms(one: RomFile, other: RomFile): RomDifference {
  const [ones, others] = [wordMap(one), wordMap(other)];
  const packings = { one: one.packing ?? other.packing, other: other.packing ?? one.packing };
  const byLanes = isOtherLayout(one.packing, other.packing);
  const addresses = [...new Set([...ones.keys(), ...others.keys()])].toSorted((a, b) => a - b);
  const words = addresses.flatMap((address): WordDifference[] => {
    const [a, b] = [ones.get(address), others.get(address)];
    const lanes = a === undefined || b === undefined ? [] : laneDifferences(a, b, packings);
    if (byLanes && a !== undefined && b !== undefined ? lanes.length === 0 : a === b) {
      return [];
    }
    return [{ address, ...(a !== undefined && { one: a }), ...(b !== undefined && { other: b }), lanes }];
  });
  const isWidthDifferent = !byLanes && one.width !== undefined && other.width !== undefined && one.width !== other.width;
  return { compared: addresses.length, ...(isWidthDifferent && { widths: [one.width, other.width] as const }), words };
}

/** Whether words of the same integers look different. */
function isOtherLayout(one: RomFile["packing"], other: RomFile["packing"]): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.lanes === other.lanes &&
    (one.encoding.name !== other.encoding.name || one.bitOrder !== other.bitOrder)
  );
}

function wordMap({ words }: RomFile): Map<number, bigint> {
  return new Map(words.map(({ address, value }) => [address, value]));
}

function laneDifferences(one: bigint, other: bigint, packings: { one?: RomFile["packing"]; other?: RomFile["packing"] }): WordDifference["lanes"] {
  if (packings.one === undefined || packings.other === undefined) {
    return [];
  }
  const [ones, others] = [unpackWord(one, packings.one), unpackWord(other, packings.other)];
  const lanes = Array.from({ length: Math.max(ones.length, others.length) }, (_, lane) => lane);
  return lanes
    .filter((lane) => ones[lane] !== others[lane])
    .map((lane) => ({ lane, ...(ones[lane] !== undefined && { one: ones[lane] }), ...(others[lane] !== undefined && { other: others[lane] }) }));
}
