import { identifierText } from "../../../text/code.js";
import { hexWord } from "../romImage.js";
import type { RomImage } from "../romImage.js";

/**
 * A package with a constant array of `std_logic_vector`, VHDL-93 and later. Words are strings of bits, since bit-string
 * literals in hexadecimal have multiples of four bits there; each has its index, since an aggregate of one needs it.
 */
export function writeVhdl(image: RomImage): string {
  const { width, depth } = image;
  const name = identifierText(image.name);
  const words = Array.from({ length: depth }, (_, address) => {
    const bits = BigInt(`0x${hexWord(image, address)}`).toString(2).padStart(width, "0");
    return `    ${address} => "${bits}"${address === depth - 1 ? "" : ","}`;
  });
  return [
    `-- ${depth} words of ${width} bits, word 0 first. Lanes and number format: see manifest.json.`,
    "library ieee;",
    "use ieee.std_logic_1164.all;",
    "",
    `package ${name}_rom is`,
    `  subtype word_t is std_logic_vector(${width - 1} downto 0);`,
    `  type words_t is array (0 to ${depth - 1}) of word_t;`,
    "  constant words : words_t := (",
    ...words,
    "  );",
    `end package ${name}_rom;`,
    "",
  ].join("\n");
}
