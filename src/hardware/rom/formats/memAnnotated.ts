import { commentText } from "../../../text/code.js";
import { hexWords } from "../romImage.js";
import type { RomImage } from "../romImage.js";

const wordsPerMark = 16;

/**
 * For Verilog's `$readmemh` with comments and an `@` address before every 16 words, to be read by people. Vivado's synthesis
 * refuses both: the plain `.mem` is for tools.
 */
export function writeMemAnnotated(image: RomImage): string {
  const { name, width, depth } = image;
  const lines = hexWords(image).flatMap((word, address) =>
    address % wordsPerMark === 0 ? [`@${address.toString(16).toUpperCase()}`, word] : [word],
  );
  return `// ${commentText(name)}: ${depth} words of ${width} bits, word 0 first. Lanes and number format: see manifest.json.\n${lines.join("\n")}\n`;
}
