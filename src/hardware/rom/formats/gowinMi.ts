import { hexWords } from "../romImage.js";
import type { RomImage } from "../romImage.js";

/**
 * For the IP generator of Gowin (pROM, SP): header, then one word a line. The rules are from files in public projects, not
 * from a vendor's page.
 */
export function writeGowinMi(image: RomImage): string {
  const header = ["#File_format=Hex", `#Address_depth=${image.depth}`, `#Data_width=${image.width}`];
  return [...header, ...hexWords(image), ""].join("\n");
}
