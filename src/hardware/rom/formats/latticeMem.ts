import { hexWords } from "../romImage.js";
import type { RomImage } from "../romImage.js";

const most = { width: 256, depth: 65_536 } as const;
const hexadecimal = 3;

/**
 * For the Memory Generator of Lattice Diamond and Radiant, after srec_mem(5): header, then one word a line.
 * @throws RangeError for words above 256 bits or more than 65,536 words, which the format cannot say
 */
export function writeLatticeMem(image: RomImage): string {
  const { name, width, depth } = image;
  if (width > most.width || depth > most.depth) {
    throw new RangeError(
      `${name} has ${depth} words of ${width} bits; Lattice's format holds ${most.depth} words of ${most.width} bits. ` +
        "Split it with a maximum width, or choose mem.",
    );
  }
  const header = ["Format=Hex", `Depth=${depth}`, `Width=${width}`, `AddrRadix=${hexadecimal}`, `DataRadix=${hexadecimal}`, "Data"];
  return [...header.map((field) => `#${field}`), ...hexWords(image), ""].join("\n");
}
