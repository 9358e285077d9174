import { hashComment } from "./reading/comments.js";
import type { RomFindings } from "./reading/findings.js";
import { readHeadedMem } from "./reading/headedMem.js";
import { hasLineLike, type ReadOptions, type ReadRom, type RomFormatModule, type RomSource } from "./romFormat.js";
import { hexWords, type RomImage } from "./romImage.js";

export const lattice = {
  name: "lattice",
  extension: "lattice.mem",
  title: "Lattice .mem (Diamond, Radiant)",
  isText: true,
  hasEditor: true,
  isFilledWithZeros: true,
  comment: hashComment,
  content: { rank: 11, isLike: hasLineLike(/^#\s{0,9}(Format|Depth|Width|AddrRadix|DataRadix)\s{0,9}=/i) },
  write: writeLatticeMem,
  read: readLatticeMem,
  tools: { "too-few-words": "Lattice's Memory Generator fills with 0, and so they are read." },
  onlyWarnings: ["too-few-words"],
  howToLoad: ({ width, depth }, file) => `## Lattice (.lattice.mem)

Diamond or Radiant, Memory Generator: module ROM, address depth ${depth}, data width ${width}, memory file ${file}, format Hex.
`,
} as const satisfies RomFormatModule;

const most = { width: 256, depth: 65_536 } as const;
const hexadecimal = 3;

/**
 * For the Memory Generator of Lattice Diamond and Radiant, after srec_mem(5): header, then one word a line.
 * @throws RangeError for words above 256 bits or more than 65,536 words, which the format cannot say
 */
function writeLatticeMem(image: RomImage): string {
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

/** A memory file of Lattice's Memory Generator, after srec_mem(5); `#AddrRadix` and `#DataRadix` only say how to show it. */
function readLatticeMem({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  const others = ["AddrRadix", "DataRadix"];
  const read = readHeadedMem(text, { format: "Format", depth: "Depth", width: "Width", others, data: "Data" }, findings);
  for (const name of ["width", "depth"] as const) {
    if ((read[name] ?? 1) > most[name]) {
      findings.add("bad-field", 1, `The ${name} is ${read[name]}; Lattice's Memory Generator takes 1 to ${most[name]}.`);
    }
  }
  return read;
}
