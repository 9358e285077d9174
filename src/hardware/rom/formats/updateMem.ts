import { bytesPerWord, hexWords } from "../romImage.js";
import type { RomImage } from "../romImage.js";

/**
 * For Xilinx UpdateMEM (UG1580), which patches a bitstream: one block at byte address 0, a word a line with an even number
 * of digits, so that word w begins at byte w * ceil(width / 8) of the address space.
 */
export function writeUpdateMem(image: RomImage): string {
  const digits = 2 * bytesPerWord(image.width);
  return ["@00000000", ...hexWords(image).map((word) => word.padStart(digits, "0")), ""].join("\n");
}
