import { hashComment } from "./reading/comments.js";
import type { RomFindings } from "./reading/findings.js";
import { readHeadedMem } from "./reading/headedMem.js";
import { hasLineLike, type ReadOptions, type ReadRom, type RomFormatModule, type RomSource } from "./romFormat.js";
import { hexWords, type RomImage } from "./romImage.js";

export const gowin = {
  name: "gowin",
  extension: "mi",
  title: "Gowin .mi (Gowin IP generator)",
  isText: true,
  hasEditor: true,
  isFilledWithZeros: true,
  comment: hashComment,
  content: { rank: 10, isLike: hasLineLike(/^#\s{0,9}(File_format|Address_depth|Data_width)\s{0,9}=/i) },
  write: writeGowinMi,
  read: readGowinMi,
  tools: { "too-few-words": "Gowin's IP generator fills with 0, and so they are read." },
  onlyWarnings: ["too-few-words"],
  howToLoad: ({ width, depth }, file) => `## Gowin (.mi)

IP Core Generator: pROM, address depth ${depth}, data width ${width}, memory initialisation file ${file}. The format was taken
from files in public projects, not from Gowin's own page. GowinSynthesis also reads the .mem files with \`$readmemh\`.
`,
} as const satisfies RomFormatModule;

/**
 * For the IP generator of Gowin (pROM, SP): header, then one word a line. The rules are from files in public projects, not
 * from a vendor's page.
 */
function writeGowinMi(image: RomImage): string {
  const header = ["#File_format=Hex", `#Address_depth=${image.depth}`, `#Data_width=${image.width}`];
  return [...header, ...hexWords(image), ""].join("\n");
}

/** A memory file of Gowin's IP generator. The rules are from files in public projects, not from a vendor's page. */
function readGowinMi({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  return readHeadedMem(text, { format: "File_format", depth: "Address_depth", width: "Data_width", others: [] }, findings);
}
