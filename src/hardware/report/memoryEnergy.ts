/** The source of what an access of a memory takes. */
export const memoryEnergySource =
  "64-bit reads of SRAM 10 (8 KB), 20 (32 KB), 100 pJ (1 MB) and of DRAM 1.3 nJ, between and beyond these sizes by powers of the size, " +
  "at least a register's 0.009 pJ a bit (Aladdin, ISCA 2014, 40 nm); a write as a read, a ROM as an SRAM";

const accessesOf64Bits = [
  { bytes: 8 * 1024, picojoules: 10 },
  { bytes: 32 * 1024, picojoules: 20 },
  { bytes: 1024 * 1024, picojoules: 100 },
] as const;
const registerBit = 0.009;

/**
 * pJ for each bit of a word that is read from or written to a memory of so many bits. Through the published sizes runs a power
 * of the size between each two of them (a straight line of logarithms, about the square root); the first and the last go on
 * beyond the ends, down to what a register takes, which ends a memory's advantage at 217 bits.
 */
export function accessEnergy(memoryBits: number): number {
  const [small, middle, large] = accessesOf64Bits;
  const [from, to] = memoryBits <= 8 * middle.bytes ? [small, middle] : [middle, large];
  const exponent = Math.log(to.picojoules / from.picojoules) / Math.log(to.bytes / from.bytes);
  const ofSram = (from.picojoules / 64) * (memoryBits / (8 * from.bytes)) ** exponent;
  return Math.max(registerBit, ofSram);
}

/** pJ for each bit read of DRAM. */
export const dramReadEnergy = 1300 / 64;
