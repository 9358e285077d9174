import type { RomFormat } from "./formats.js";
import type { RomManifestImage } from "./manifest.js";

/** A section of the export's README for each format: how its vendor's tool loads one of the files. */
export const howToLoad: Readonly<Record<RomFormat, (image: RomManifestImage, file: string) => string>> = {
  "mem": ({ width, depth }, file) => `## Verilog (.mem)

Simulators, Vivado, Quartus and Yosys read it. Give \`$readmemh\` no address range, and do not fill the array before it:
some tools then keep the fill.

    reg [${width - 1}:0] rom [0:${depth - 1}];
    reg [${width - 1}:0] word;
    initial $readmemh("${file}", rom);
    always @(posedge clock) word <= rom[address];
`,
  "mem-annotated": (_, file) => `## Verilog with comments (.annotated.mem)

${file} holds the same words with a comment and an address before every 16 words, for people. Simulators and Yosys read it with
\`$readmemh\`; Vivado's synthesis does not.
`,
  "coe": ({ width, depth }, file) => `## Vivado (.coe)

Block Memory Generator: single port ROM, width ${width}, depth ${depth}, "Load Init File" ${file}.
`,
  "mif": ({ width, depth }, file) => `## Quartus (.mif)

Memory \`ROM: 1-PORT\`, ${width} bits, ${depth} words, initialisation file ${file}; or for inferred memory:

    (* ram_init_file = "${file}" *) reg [${width - 1}:0] rom [0:${depth - 1}];
`,
  "hex": ({ width }, file) => `## Intel HEX (.hex)

Addresses count bytes: word w of ${file} begins at byte w * ${Math.ceil(width / 8)}, least significant byte first. Quartus
expects addresses that count words instead: the format hex-words.
`,
  "hex-words": ({ width, depth }, file) => `## Quartus HEX (.words.hex)

${file} for memories of ${8 * Math.ceil(width / 8)} bits and ${depth} words: one address a word, most significant byte first.${
    width % 8 === 0 ? "" : ` The words have ${width} bits; their top is padded with zeros, so MIF fits better.`
  } Keep Quartus's option for byte addresses off: it fills 8 bits of each word only.
`,
  "srec": ({ width }, file) => `## Motorola S-record (.srec)

For programmers and \`srec_cat\`: word w of ${file} begins at byte w * ${Math.ceil(width / 8)}, least significant byte first.

    srec_cat ${file} -motorola -output rom.bin -binary
`,
  "lattice": ({ width, depth }, file) => `## Lattice (.lattice.mem)

Diamond or Radiant, Memory Generator: module ROM, address depth ${depth}, data width ${width}, memory file ${file}, format Hex.
`,
  "gowin": ({ width, depth }, file) => `## Gowin (.mi)

IP Core Generator: pROM, address depth ${depth}, data width ${width}, memory initialisation file ${file}. The format was taken
from files in public projects, not from Gowin's own page. GowinSynthesis also reads the .mem files with \`$readmemh\`.
`,
  "updatemem": ({ width }, file) => `## Patching a Xilinx bitstream (.updatemem.mem)

    updatemem -meminfo top.mmi -data ${file} -bit top.bit -proc path/of/the/rom -out patched.bit

Addresses count bytes, ${Math.ceil(width / 8)} a word. Vivado writes the .mmi file for memories made with \`xpm_memory_sprom\`.
`,
  "vhdl": ({ name, width }, file) => `## VHDL (.vhd)

    use work.${name}_rom.all;                    -- package of ${file}
    signal word : std_logic_vector(${width - 1} downto 0);
    word <= words(to_integer(address)) when rising_edge(clock);
`,
  "c": ({ name }, file) => `## C (.h)

    #include "${file}"
    /* tritloom_${name}[0 .. TRITLOOM_${name.toUpperCase()}_LENGTH - 1] */
`,
  "npy": ({ width }, file) => `## NumPy (.npy)

    words = numpy.load("${file}")${
      width > 64
        ? `  # uint8 [words, ${Math.ceil(width / 8)}], least significant byte first
    word = int.from_bytes(words[address].tobytes(), "little")`
        : "  # one unsigned integer a word"
    }
`,
  "bin": ({ width, depth }, file) => `## Raw bytes (.bin)

${file} is ${depth} words of ${Math.ceil(width / 8)} bytes, least significant byte first, unused top bits 0.
`,
};
