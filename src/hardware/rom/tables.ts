import type { LookUpTable } from "../lookUpTable.js";
import { tableWordBits, tableWords } from "../tableWord.js";
import type { Packing, RomContent } from "./romContent.js";
import { bytesPerWord, type RomImage } from "../../romFormats/romImage.js";

/** The image of an activation function, which all layers read. */
export function tableContent(table: LookUpTable): RomContent {
  const { name, entries, input, output } = table;
  const bits = tableWordBits(table);
  const width = bits.value + bits.slope;
  return {
    image: imageOf(`${name}_table`, width, tableWords(table)),
    role: `${name} of the pre-activation in ${input.bits} bits`,
    shape: [entries, bits.slope === 0 ? 1 : 2],
    encoding: { name: "twos-complement", bits: width },
    packing: packingOf(table),
    fixedPoint: output,
    saturated: 0,
  };
}

function packingOf(table: LookUpTable): Packing {
  const { input, entries, segmentBits } = table;
  const bits = tableWordBits(table);
  const word = `word (pre-activation + ${2 ** (input.bits - 1)})`;
  const start = { name: "value", bits: bits.value, signed: true } as const;
  return segmentBits === 0
    ? { lanes: 1, bitOrder: "lsb-first", order: ["pre-activation"], formula: `${word}: value`, parts: [start] }
    : {
        lanes: 1,
        bitOrder: "lsb-first",
        order: ["segment"],
        formula:
          `${word} div ${2 ** segmentBits}, of ${entries}: value in the low ${bits.value} bits, slope above it; ` +
          `result value + floor(slope * ((pre-activation + ${2 ** (input.bits - 1)}) mod ${2 ** segmentBits}) / ${2 ** segmentBits} + 1/2)`,
        parts: [start, { name: "slope", bits: bits.slope, signed: true }],
      };
}

function imageOf(name: string, width: number, words: readonly bigint[]): RomImage {
  const stride = bytesPerWord(width);
  const data = new Uint8Array(words.length * stride);
  words.forEach((word, address) => {
    for (let byte = 0; byte < stride; byte++) {
      data[address * stride + byte] = Number((word >> BigInt(8 * byte)) & 0xffn);
    }
  });
  return { name, width, depth: words.length, data };
}
