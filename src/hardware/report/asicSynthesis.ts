import type { FixedModel } from "../fixedModel.js";
import { acceleratorVerilog, defaultModule } from "../rtl/accelerator.js";
import { layerParameters, type Parameters } from "../rtl/layerParameters.js";
import { modulesFor, verilogModules, type VerilogModule } from "../rtl/modules.js";
import type { Liberty } from "./liberty.js";
import { parseNetlist, type Netlist } from "./netlist.js";
import memory from "./verilog/memory.v";
import memoryPorts from "./verilog/memory_ports.v";
import rom from "./verilog/rom.v";
import type { Yosys } from "./yosys.js";

/** A design in standard cells: with its modules apart, and flat as Verilog for a timing analyser. */
export interface AsicDesign {
  readonly top: string;
  readonly netlist: Netlist;
  readonly flatVerilog: string;
}

/**
 * Lanes of the arrays that are synthesised. All lanes are alike, so the area of any number follows from these two; the
 * accelerator around them is synthesised once, with the fewer.
 */
export const measuredLanes = { few: 4, more: 8 } as const;

/** The whole accelerator with few lanes; memories and ROMs are cut out of it. */
export async function synthesiseAccelerator(model: FixedModel, yosys: Yosys, liberty: Liberty): Promise<AsicDesign> {
  const files = acceleratorSources(model, measuredLanes.few);
  return synthesise({ files, top: defaultModule, read: [...files.keys()] }, yosys, liberty);
}

/** The MAC array of one layer by itself. */
export async function synthesiseArray(model: FixedModel, layer: number, lanes: number, yosys: Yosys, liberty: Liberty): Promise<AsicDesign> {
  const files = new Map((["mac_unit", "mac_array"] as const).map((name): [string, string] => [`${name}.v`, verilogModules[name]]));
  const parameters = arrayParameters(model, layer, lanes);
  return synthesise({ files, top: "mac_array", read: [...files.keys()], parameters }, yosys, liberty);
}

/** The same cells when Yosys may optimise across all modules: what a flow that flattens first would give. */
export async function synthesiseFlat(model: FixedModel, macUnits: number, yosys: Yosys, liberty: Liberty): Promise<AsicDesign> {
  const files = acceleratorSources(model, macUnits);
  return synthesise({ files, top: defaultModule, read: [...files.keys()], isFlat: true }, yosys, liberty);
}

function acceleratorSources(model: FixedModel, macUnits: number): Map<string, string> {
  const cut: Partial<Record<VerilogModule, string>> = { memory, rom };
  const modules = modulesFor(model.layers.map(({ cell }) => cell), model.layers[0]!.inputKind);
  return new Map([
    ["accelerator.v", acceleratorVerilog(model, macUnits)],
    ["memory_ports.v", memoryPorts],
    ...modules.map((name): [string, string] => [`${name}.v`, cut[name] ?? verilogModules[name]]),
  ]);
}

/** Parameters of `mac_array.v`, from those of its layer. */
function arrayParameters(model: FixedModel, layer: number, lanes: number): Parameters {
  const noFile = (): string => "";
  const { ACTIVATION_BITS, ...all } = layerParameters(model, model.layers[layer]!, lanes, noFile, noFile);
  const own = ["MACS", "PRECISION", "WEIGHT_BITS", "INPUT_PRECISION", "INPUT_WEIGHT_BITS", "RECURRENT_BITS", "INPUT_BITS", "ONE_HOT"];
  return { VALUE_BITS: ACTIVATION_BITS!, ...Object.fromEntries(own.map((name) => [name, all[name]!])) };
}

interface Sources {
  readonly files: ReadonlyMap<string, string>;
  readonly read: readonly string[];
  readonly top: string;
  readonly parameters?: Parameters;
  readonly isFlat?: boolean;
}

/** `-constr` makes ABC insert buffers, without which nets of large fan-out would set the clock; the load is in fF. */
const constraints = "set_load 10.0 [all_outputs]\n";

async function synthesise({ files, read, top, parameters = {}, isFlat = false }: Sources, yosys: Yosys, liberty: Liberty): Promise<AsicDesign> {
  const values = Object.entries(parameters).map(([name, value]) => ` -set ${name} ${value}`).join("");
  const script = [
    `read_verilog ${read.join(" ")}`,
    ...(values === "" ? [] : [`chparam${values} ${top}`]),
    `synth${isFlat ? " -flatten" : ""} -top ${top}`,
    "dfflibmap -liberty cells.lib",
    "abc -liberty cells.lib -constr constraints.sdc",
    "opt_clean -purge",
    "write_json netlist.json",
    "flatten",
    "expose -evert t:memory_output t:memory_input",
    // OpenSTA's reader knows no concatenations on the left.
    "splitnets -ports",
    "opt_clean -purge",
    "write_verilog -noattr -noexpr flat.v",
    "",
  ].join("\n");
  const inputs = new Map([...files, ["cells.lib", liberty.text], ["constraints.sdc", constraints]]);
  const outputs = await yosys.run(script, inputs, ["netlist.json", "flat.v"]);
  return { top, netlist: parseNetlist(outputs.get("netlist.json")!), flatVerilog: outputs.get("flat.v")! };
}
