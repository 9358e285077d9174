import { writeCHeader } from "./formats/cHeader.js";
import { writeCoe } from "./formats/coe.js";
import { writeGowinMi } from "./formats/gowinMi.js";
import { writeHexWords } from "./formats/hexWords.js";
import { writeIntelHex } from "./formats/intelHex.js";
import { writeLatticeMem } from "./formats/latticeMem.js";
import { writeMem } from "./formats/mem.js";
import { writeMemAnnotated } from "./formats/memAnnotated.js";
import { writeMif } from "./formats/mif.js";
import { writeNpy } from "./formats/npy.js";
import { writeRawBytes } from "./formats/rawBytes.js";
import { writeSrecord } from "./formats/srecord.js";
import { writeUpdateMem } from "./formats/updateMem.js";
import { writeVhdl } from "./formats/vhdl.js";
import type { RomImage } from "./romImage.js";

interface RomWriter {
  /** Of the files; different for every format, so that all fit in one folder. */
  readonly extension: string;
  /** The format and who reads it, for a list that a person chooses from. */
  readonly title: string;
  /** @throws RangeError for an image that the format cannot hold */
  readonly write: (image: RomImage) => string | Uint8Array;
}

/** Every format by the name used in options and on the command line. */
export const romWriters = {
  "mem": { extension: "mem", title: "Verilog $readmemh (simulators, Vivado, Quartus, Yosys)", write: writeMem },
  "coe": { extension: "coe", title: "COE (Vivado memory generators)", write: writeCoe },
  "mif": { extension: "mif", title: "MIF (Quartus)", write: writeMif },
  "hex": { extension: "hex", title: "Intel HEX by byte (programmers, microcontrollers)", write: writeIntelHex },
  "c": { extension: "h", title: "C header (firmware, high-level synthesis)", write: writeCHeader },
  "mem-annotated": { extension: "annotated.mem", title: "Verilog $readmemh with comments and addresses (people)", write: writeMemAnnotated },
  "hex-words": { extension: "words.hex", title: "Intel HEX by word (Quartus)", write: writeHexWords },
  "srec": { extension: "srec", title: "Motorola S-record (programmers)", write: writeSrecord },
  "lattice": { extension: "lattice.mem", title: "Lattice .mem (Diamond, Radiant)", write: writeLatticeMem },
  "gowin": { extension: "mi", title: "Gowin .mi (Gowin IP generator)", write: writeGowinMi },
  "updatemem": { extension: "updatemem.mem", title: "UpdateMEM .mem (patching a Xilinx bitstream)", write: writeUpdateMem },
  "vhdl": { extension: "vhd", title: "VHDL package (GHDL, Vivado, Quartus)", write: writeVhdl },
  "npy": { extension: "npy", title: "NumPy array (Python)", write: writeNpy },
  "bin": { extension: "bin", title: "raw bytes (anything that reads the manifest)", write: writeRawBytes },
} as const satisfies Record<string, RomWriter>;

export type RomFormat = keyof typeof romWriters;

export const romFormats = Object.keys(romWriters) as RomFormat[];

/** A format list that names nothing known. */
export class UnknownRomFormatError extends Error {
  override readonly name = "UnknownRomFormatError";
}

/**
 * Reads a list such as "mem,coe"; blanks and repetitions do not matter.
 * @throws UnknownRomFormatError naming the unknown format and the known ones
 */
export function parseRomFormats(list: string): RomFormat[] {
  const names = list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return checkRomFormats(names);
}

/** The same for a list of names. */
export function checkRomFormats(names: readonly string[]): RomFormat[] {
  const known = romFormats.join(", ");
  if (names.length === 0) {
    throw new UnknownRomFormatError(`No ROM format is named; choose from ${known}.`);
  }
  const unknown = names.find((name) => !Object.hasOwn(romWriters, name));
  if (unknown !== undefined) {
    throw new UnknownRomFormatError(`ROM format "${unknown}" is not known; choose from ${known}.`);
  }
  return [...new Set(names)] as RomFormat[];
}
