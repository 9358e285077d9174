export const fpgaFamilies = ["ice40", "ice40up", "ecp5", "xilinx", "gowin"] as const;
export type FpgaFamily = (typeof fpgaFamilies)[number];

export const resources = ["luts", "carries", "flipFlops", "blockRams", "lutRams", "dsps"] as const;
export type Resource = (typeof resources)[number];
export type ResourceCounts = Readonly<Record<Resource, number>>;

/** What a device has, and what a design needs of it. */
export interface DeviceResources {
  /** Look-up tables of the family's size; of iCE40 logic cells, each a table, a carry and a flip-flop. */
  readonly logic: number;
  readonly flipFlops: number;
  /** Blocks of 4 Kbit (iCE40) or 18 Kbit (all others). */
  readonly blockRams: number;
  readonly dsps: number;
}

interface Family {
  readonly title: string;
  /** Yosys's command. */
  readonly synthesis: string;
  /** Names of its primitives, and how many a cell is worth where that is not one. */
  readonly cells: Readonly<Partial<Record<Resource, RegExp>>>;
  readonly worth?: readonly { readonly cells: RegExp; readonly units: number }[];
  /** Tables that take part in what is counted apart. */
  readonly logic: (counts: ResourceCounts) => number;
}

const ice40 = {
  cells: { luts: /^SB_LUT4$/, carries: /^SB_CARRY$/, flipFlops: /^SB_DFF/, blockRams: /^SB_RAM40_4K/, dsps: /^SB_MAC16$/ },
  // A logic cell has one of each; that all share cells is the least that placement can reach.
  logic: ({ luts, carries, flipFlops }: ResourceCounts): number => Math.max(luts, carries, flipFlops),
};

export const families: Readonly<Record<FpgaFamily, Family>> = {
  ice40: { title: "Lattice iCE40", synthesis: "synth_ice40", ...ice40 },
  ice40up: { title: "Lattice iCE40 UltraPlus", synthesis: "synth_ice40 -device u -dsp", ...ice40 },
  ecp5: {
    title: "Lattice ECP5",
    synthesis: "synth_ecp5",
    cells: {
      luts: /^LUT4$/,
      carries: /^CCU2C$/,
      flipFlops: /^TRELLIS_FF$/,
      blockRams: /^(DP16KD|PDPW16KD)$/,
      lutRams: /^TRELLIS_DPR16X4$/,
      dsps: /^MULT18X18D$/,
    },
    // A carry cell is two tables; 16 words of 4 bits are four, and two more drive their write port.
    logic: ({ luts, carries, lutRams }) => luts + 2 * carries + 6 * lutRams,
  },
  xilinx: {
    title: "Xilinx 7 series",
    synthesis: "synth_xilinx -flatten",
    cells: {
      luts: /^(LUT[1-6]|INV)$/,
      carries: /^CARRY4$/,
      flipFlops: /^FD[CPRS]E(_1)?$/,
      blockRams: /^RAMB(18|36)E1$/,
      lutRams: /^(RAM\d+(M|X\dD?)|SRL16E|SRLC32E)/,
      dsps: /^DSP48E1$/,
    },
    // In halves of 18 Kbit; RAM32M and RAM64M are four tables, a dual-port RAM of one bit two.
    worth: [{ cells: /^RAMB36E1$/, units: 2 }, { cells: /^RAM\d+M/, units: 4 }, { cells: /^RAM\d+X1D/, units: 2 }],
    logic: ({ luts, lutRams }) => luts + lutRams,
  },
  gowin: {
    title: "Gowin",
    synthesis: "synth_gowin",
    cells: { luts: /^LUT\d$/, carries: /^ALU$/, flipFlops: /^DFF/, blockRams: /^(SP|SDP|SDPB|SPX9|SDPX9B?|DPB?|DPX9B?|pROM|pROMX9)$/, lutRams: /^RAM16/ },
    // A carry takes a table; 16 words of 4 bits take four.
    logic: ({ luts, carries, lutRams }) => luts + carries + 4 * lutRams,
  },
};

/** What a design needs of a device of the family, at least. */
export function neededResources(family: FpgaFamily, counts: ResourceCounts): DeviceResources {
  const { flipFlops, blockRams, dsps } = counts;
  return { logic: families[family].logic(counts), flipFlops, blockRams, dsps };
}
