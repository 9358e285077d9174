import type { FixedPoint } from "../fixedPoint.js";
import type { Encoding } from "./encoding.js";
import type { RomImage } from "../../romFormats/romImage.js";
import type { BitOrder } from "./lanePacking.js";

/** Where each integer sits; the manifest states it in these words. */
export interface Packing {
  /**
   * Integers in one word. From the least significant bit on (`msb-first`: from the most), lane k sits in field k, or where
   * a field has several values in field floor(k / values).
   */
  readonly lanes: number;
  readonly bitOrder: BitOrder;
  /** For an image that is a part of a wider one: its lane j is lane firstLane + j of the formula. */
  readonly bank?: { readonly index: number; readonly of: number; readonly firstLane: number };
  /** The order of words, the last index running fastest. */
  readonly order: readonly string[];
  /** Which integer lies at a word and lane. */
  readonly formula: string;
  /** Parts of a word that holds several different integers, each in two's complement, from the least significant bit on. */
  readonly parts?: readonly { readonly name: string; readonly bits: number; readonly signed: true }[];
  /** How many inputs of each gate row stand side by side in a word of a weight image; absent for one. */
  readonly inputsPerWord?: number;
}

/** A ROM image together with what one must know to read it. */
export interface RomContent {
  readonly image: RomImage;
  readonly role: string;
  /** The shape of the integers before packing. */
  readonly shape: readonly number[];
  readonly encoding: Encoding;
  readonly packing: Packing;
  /** Absent for bits and trits, whose worth is folded into the gate scales. */
  readonly fixedPoint?: FixedPoint;
  /** How many numbers were clipped to the range of `fixedPoint`. */
  readonly saturated?: number;
  /** The real numbers that a constant's integers round. */
  readonly values?: Float32Array;
}
