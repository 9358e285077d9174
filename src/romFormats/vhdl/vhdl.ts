import { identifierText } from "../../text/code.js";
import { hasLineLike, type RomFormatModule } from "../romFormat.js";
import { hexWord, type RomImage } from "../romImage.js";
import { readVhdl } from "./readVhdl.js";

export const vhdl = {
  name: "vhdl",
  extension: "vhd",
  otherExtensions: ["vhdl"],
  title: "VHDL package (GHDL, Vivado, Quartus)",
  isText: true,
  comment: /--[^\n]*|\/\*[^]*?(?:\*\/|$)/g,
  content: { rank: 30, isLike: hasLineLike(/\bpackage\s{1,9}\w{1,99}\s{1,9}is\b|\b(constant|signal)\s{1,9}\w{1,99}\s{0,9}:|\b(use|library)\s{1,9}ieee\b/i) },
  write: writeVhdl,
  read: readVhdl,
  tools: { "ragged-vector": "GHDL stops: the lengths do not match." },
  howToLoad: ({ name, width }, file) => `## VHDL (.vhd)

    use work.${name}_rom.all;                    -- package of ${file}
    signal word : std_logic_vector(${width - 1} downto 0);
    word <= words(to_integer(address)) when rising_edge(clock);
`,
} as const satisfies RomFormatModule;

/**
 * A package with a constant array of `std_logic_vector`, VHDL-93 and later. Words are strings of bits, since bit-string
 * literals in hexadecimal have multiples of four bits there; each has its index, since an aggregate of one needs it.
 */
function writeVhdl(image: RomImage): string {
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
