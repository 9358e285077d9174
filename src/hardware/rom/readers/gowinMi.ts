import type { RomFindings } from "../findings.js";
import { readHeadedMem } from "./headedMem.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

/** A memory file of Gowin's IP generator. The rules are from files in public projects, not from a vendor's page. */
export function readGowinMi({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  return readHeadedMem(text, { format: "File_format", depth: "Address_depth", width: "Data_width", others: [] }, findings);
}
