import type { FixedModel } from "../fixedModel.js";
import { acceleratorFiles } from "../rtl/acceleratorFiles.js";
import { defaultModule } from "../rtl/accelerator.js";
import { families, resources, type FpgaFamily, type Resource, type ResourceCounts } from "./fpgaFamilies.js";
import { parseNetlist } from "./netlist.js";
import type { Yosys } from "./yosys.js";

export interface FpgaCount {
  readonly family: FpgaFamily;
  readonly resources: ResourceCounts;
  /** For nextpnr. */
  readonly netlist: string;
}

/**
 * Synthesises the accelerator in its true size, with the contents of its ROMs.
 * @throws ToolError
 */
export async function countFpga(model: FixedModel, macUnits: number, family: FpgaFamily, yosys: Yosys): Promise<FpgaCount> {
  const files = acceleratorFiles(model, macUnits);
  const verilog = [...files.keys()].filter((name) => name.endsWith(".v"));
  const netlist = await synthesiseFpga(verilog, files, { family, top: defaultModule }, yosys);
  return { family, resources: countResources(netlist, family), netlist };
}

/** @returns the flat netlist of a family's primitives, as `write_json` writes it */
export async function synthesiseFpga(
  verilog: readonly string[],
  files: ReadonlyMap<string, string>,
  { family, top }: { readonly family: FpgaFamily; readonly top: string },
  yosys: Yosys,
): Promise<string> {
  const script = [`read_verilog ${verilog.join(" ")}`, `${families[family].synthesis} -top ${top}`, "write_json netlist.json", ""];
  return (await yosys.run(script.join("\n"), files, ["netlist.json"])).get("netlist.json")!;
}

/** @param netlist as `write_json` writes it, flat */
export function countResources(netlist: string, family: FpgaFamily, top = defaultModule): ResourceCounts {
  const { cells, worth = [] } = families[family];
  const types = Object.values(parseNetlist(netlist)[top]!.cells).map(({ type }) => type);
  const units = (type: string): number => worth.find((one) => one.cells.test(type))?.units ?? 1;
  const count = (resource: Resource): number => {
    const pattern = cells[resource];
    return pattern === undefined ? 0 : types.filter((type) => pattern.test(type)).reduce((sum, type) => sum + units(type), 0);
  };
  return Object.fromEntries(resources.map((resource) => [resource, count(resource)])) as Record<Resource, number>;
}
