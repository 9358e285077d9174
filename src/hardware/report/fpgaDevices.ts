import type { DeviceResources, FpgaFamily } from "./fpgaFamilies.js";

export const deviceResources = ["logic", "flipFlops", "blockRams", "dsps"] as const;

export const resourceNames: Readonly<Record<(typeof deviceResources)[number], string>> = { logic: "logic cells", flipFlops: "flip-flops", blockRams: "block RAMs", dsps: "DSPs" };

export interface FpgaDevice extends DeviceResources {
  readonly name: string;
  /** The data sheet of these numbers, and its number. */
  readonly sheet: string;
  readonly document: string;
}

/** Small and large devices of each family that are on common boards. */
export const fpgaDevices: Readonly<Record<FpgaFamily, readonly FpgaDevice[]>> = {
  ice40: [{ name: "iCE40 HX8K", logic: 7680, flipFlops: 7680, blockRams: 32, dsps: 0, sheet: "Lattice iCE40 LP/HX Family Data Sheet", document: "FPGA-DS-02029" }],
  ice40up: [{ name: "iCE40 UP5K", logic: 5280, flipFlops: 5280, blockRams: 30, dsps: 8, sheet: "Lattice iCE40 UltraPlus Family Data Sheet", document: "FPGA-DS-02008" }],
  ecp5: [
    { name: "ECP5-25", logic: 24_288, flipFlops: 24_288, blockRams: 56, dsps: 28, sheet: "Lattice ECP5 Family Data Sheet", document: "FPGA-DS-02012" },
    { name: "ECP5-85", logic: 83_640, flipFlops: 83_640, blockRams: 208, dsps: 156, sheet: "Lattice ECP5 Family Data Sheet", document: "FPGA-DS-02012" },
  ],
  xilinx: [
    { name: "Artix-7 XC7A35T", logic: 20_800, flipFlops: 41_600, blockRams: 100, dsps: 90, sheet: "Xilinx 7 Series FPGAs Data Sheet: Overview", document: "DS180" },
    { name: "Artix-7 XC7A100T", logic: 63_400, flipFlops: 126_800, blockRams: 270, dsps: 240, sheet: "Xilinx 7 Series FPGAs Data Sheet: Overview", document: "DS180" },
  ],
  gowin: [
    { name: "GW1NR-9", logic: 8640, flipFlops: 6480, blockRams: 26, dsps: 20, sheet: "Gowin GW1NR series Data Sheet", document: "DS117" },
    { name: "GW2A-18", logic: 20_736, flipFlops: 15_552, blockRams: 46, dsps: 48, sheet: "Gowin GW2A series Data Sheet", document: "DS102" },
  ],
};

/** The resources of which a design needs more than the device has; none: it fits, before placement. */
export function lackingResources(needed: DeviceResources, device: DeviceResources): (typeof deviceResources)[number][] {
  return deviceResources.filter((resource) => needed[resource] > device[resource]);
}
