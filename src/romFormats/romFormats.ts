import { bin } from "./bin.js";
import { c } from "./c/c.js";
import { coe } from "./coe/coe.js";
import { gowin } from "./gowin.js";
import { hex } from "./hex.js";
import { hexWords } from "./hexWords.js";
import { lattice } from "./lattice.js";
import { mem } from "./mem.js";
import { memAnnotated } from "./memAnnotated.js";
import { mif } from "./mif.js";
import { npy } from "./npy.js";
import type { RomFormatModule } from "./romFormat.js";
import { srec } from "./srec.js";
import { updatemem } from "./updatemem.js";
import { verilogCase } from "./verilogCase.js";
import { vhdl } from "./vhdl/vhdl.js";

/** The formats in the order in which people are shown them. */
const modules = [mem, coe, mif, hex, c, memAnnotated, hexWords, srec, lattice, gowin, updatemem, vhdl, npy, bin, verilogCase] as const;

/** The name used in options and on the command line. */
export type RomFormat = (typeof modules)[number]["name"];

/** Every format by its name. */
export const romFormats = Object.fromEntries(modules.map((module) => [module.name, module])) as Readonly<Record<RomFormat, RomFormatModule>>;

export const romFormatNames = modules.map(({ name }) => name) as [RomFormat, ...RomFormat[]];

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
  const known = romFormatNames.join(", ");
  if (names.length === 0) {
    throw new UnknownRomFormatError(`No ROM format is named; choose from ${known}.`);
  }
  const unknown = names.find((name) => !Object.hasOwn(romFormats, name));
  if (unknown !== undefined) {
    throw new UnknownRomFormatError(`ROM format "${unknown}" is not known; choose from ${known}.`);
  }
  return [...new Set(names)] as RomFormat[];
}
