import type { RomFindings } from "../findings.js";
import { readHeadedMem } from "./headedMem.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

const limits = { width: 256, depth: 65_536 } as const;

/** A memory file of Lattice's Memory Generator, after srec_mem(5); `#AddrRadix` and `#DataRadix` only say how to show it. */
export function readLatticeMem({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  const others = ["AddrRadix", "DataRadix"];
  const read = readHeadedMem(text, { format: "Format", depth: "Depth", width: "Width", others, data: "Data" }, findings);
  for (const name of ["width", "depth"] as const) {
    if ((read[name] ?? 1) > limits[name]) {
      findings.add("bad-field", 1, `The ${name} is ${read[name]}; Lattice's Memory Generator takes 1 to ${limits[name]}.`);
    }
  }
  return read;
}
