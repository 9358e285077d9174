import type { FixedModel } from "../fixedModel.js";
import { gateRows } from "../fixedModel.js";
import { acceleratorFiles } from "../rtl/acceleratorFiles.js";
import { defaultModule } from "../rtl/accelerator.js";
import { weightBits } from "../rtl/layerParameters.js";
import { parseNetlist } from "./netlist.js";
import type { Yosys } from "./yosys.js";

export const fpgaFamilies = ["ice40", "ecp5", "xilinx", "gowin"] as const;
export type FpgaFamily = (typeof fpgaFamilies)[number];

export const resources = ["luts", "carries", "flipFlops", "blockRams", "lutRams", "dsps"] as const;
export type Resource = (typeof resources)[number];

interface Family {
  readonly title: string;
  readonly synthesis: string;
  readonly cells: Readonly<Partial<Record<Resource, RegExp>>>;
}

/** Yosys's command for a family, and the names of its primitives. */
export const families: Readonly<Record<FpgaFamily, Family>> = {
  ice40: {
    title: "Lattice iCE40",
    synthesis: "synth_ice40",
    cells: { luts: /^SB_LUT4$/, carries: /^SB_CARRY$/, flipFlops: /^SB_DFF/, blockRams: /^SB_RAM40_4K/, dsps: /^SB_MAC16$/ },
  },
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
  },
  gowin: {
    title: "Gowin",
    synthesis: "synth_gowin",
    cells: { luts: /^LUT\d$/, carries: /^ALU$/, flipFlops: /^DFF/, blockRams: /^(SP|SDP|SPX9|SDPX9B?|DPB?|DPX9B?|pROM)$/, lutRams: /^RAM16/ },
  },
};

export interface FpgaCount {
  readonly family: FpgaFamily;
  readonly resources: Readonly<Record<Resource, number>>;
  /** Whether the weight ROMs are in block RAM, or outside and in no count. */
  readonly weights: "inside" | "outside";
  /** For nextpnr. */
  readonly netlist: string;
}

/** More weights than this stay outside: few of these devices hold them, and Yosys would take minutes. */
export const mostWeightBitsInside = 2 ** 18;

/** @throws ToolError */
export async function countFpga(
  model: FixedModel,
  macUnits: number,
  family: FpgaFamily,
  yosys: Yosys,
  mostWeightBits = mostWeightBitsInside,
): Promise<FpgaCount> {
  const weights = weightBitsOf(model) <= mostWeightBits ? "inside" : "outside";
  const files = new Map(acceleratorFiles(model, macUnits));
  if (weights === "outside") {
    putWeightsOutside(files);
  }
  const verilog = [...files.keys()].filter((name) => name.endsWith(".v"));
  const script = [`read_verilog ${verilog.join(" ")}`, `${families[family].synthesis} -top ${defaultModule}`, "write_json netlist.json", ""];
  const netlist = (await yosys.run(script.join("\n"), files, ["netlist.json"])).get("netlist.json")!;
  return { family, resources: countResources(netlist, family), weights, netlist };
}

/** @param netlist as `write_json` writes it, flat */
export function countResources(netlist: string, family: FpgaFamily): Record<Resource, number> {
  const types = Object.values(parseNetlist(netlist)[defaultModule]!.cells).map(({ type }) => type);
  const count = (resource: Resource): number => {
    const pattern = families[family].cells[resource];
    return pattern === undefined ? 0 : types.filter((type) => pattern.test(type)).length;
  };
  return Object.fromEntries(resources.map((resource) => [resource, count(resource)])) as Record<Resource, number>;
}

function weightBitsOf({ layers }: FixedModel): number {
  return layers.reduce(
    (sum, layer) => sum + gateRows(layer) * (layer.units * weightBits(layer.recurrentWeights) + layer.inputs * weightBits(layer.inputWeights)),
    0,
  );
}

const weightRom = /\brom (#\([^\n]*\)\s*(?:recurrent|input)_weights_rom\b)/g;

/** The weight ROMs become cells of unknown content, which keep all that is around them. */
function putWeightsOutside(files: Map<string, string>): void {
  for (const [name, text] of files) {
    files.set(name, text.replaceAll(weightRom, "weight_rom $1"));
  }
  for (const name of [...files.keys()].filter((file) => file.endsWith("_weights.mem"))) {
    files.delete(name);
  }
  const header = /module rom[\s\S]*?\n\);/.exec(files.get("rtl/rom.v")!)![0];
  const outside = header.replace("module rom", "module weight_rom").replace("output reg", "output wire");
  files.set("rtl/weight_rom.v", `(* blackbox, keep *) ${outside}\nendmodule\n`);
}
