import type { RomFormat } from "./formats.js";
import { readCHeader } from "./readers/cHeader.js";
import { readCoe } from "./readers/coe.js";
import { readGowinMi } from "./readers/gowinMi.js";
import { readHexWords } from "./readers/hexWords.js";
import { readIntelHex } from "./readers/intelHex.js";
import { readLatticeMem } from "./readers/latticeMem.js";
import { readMem } from "./readers/mem.js";
import { readMif } from "./readers/mif.js";
import { readNpy } from "./readers/npy.js";
import { readRawBytes } from "./readers/rawBytes.js";
import type { RomReader } from "./readers/readRom.js";
import { readSrecord } from "./readers/srecord.js";
import { readUpdateMem } from "./readers/updateMem.js";
import { readVhdl } from "./readers/vhdl.js";
import type { RomFamily } from "./rules.js";

interface RomReading {
  readonly family: RomFamily;
  readonly isText: boolean;
  readonly read: RomReader;
}

/** How each format is read; both `$readmemh` flavours are one language. */
export const romReaders: Readonly<Record<RomFormat, RomReading>> = {
  "mem": { family: "readmem", isText: true, read: readMem },
  "mem-annotated": { family: "readmem", isText: true, read: readMem },
  "coe": { family: "coe", isText: true, read: readCoe },
  "mif": { family: "mif", isText: true, read: readMif },
  "hex": { family: "hex", isText: true, read: readIntelHex },
  "hex-words": { family: "hex", isText: true, read: readHexWords },
  "srec": { family: "srec", isText: true, read: readSrecord },
  "lattice": { family: "lattice", isText: true, read: readLatticeMem },
  "gowin": { family: "gowin", isText: true, read: readGowinMi },
  "updatemem": { family: "updatemem", isText: true, read: readUpdateMem },
  "vhdl": { family: "vhdl", isText: true, read: readVhdl },
  "c": { family: "c", isText: true, read: readCHeader },
  "npy": { family: "npy", isText: false, read: readNpy },
  "bin": { family: "bin", isText: false, read: readRawBytes },
};
