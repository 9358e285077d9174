import type { FixedModel } from "../fixedModel.js";
import { acceleratorVerilog, defaultModule } from "../rtl/accelerator.js";
import type { Parameters } from "../rtl/parameters.js";
import { modulesFor, verilogModules, type VerilogModule } from "../rtl/modules.js";
import { type Overload, overloads } from "./driveLimits.js";
import { areaOfCells, parseGateNetlist, type GateNetlist } from "./gateNetlist.js";
import type { Liberty } from "./liberty.js";
import { strongestDriver } from "./libertyPins.js";
import { baseName, parametersOf, parseNetlist, type Netlist } from "./netlist.js";
import memory from "./verilog/memory.v";
import memoryPorts from "./verilog/memory_ports.v";
import rom from "./verilog/rom.v";
import type { Yosys } from "./yosys.js";

/** A design in standard cells: with its modules apart, and flat as Verilog for a simulator. */
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

/**
 * The MAC array of one layer by itself, with other lanes.
 * @param accelerator of which it is part, where its parameters are found
 */
export async function synthesiseArray(
  model: FixedModel,
  accelerator: Netlist,
  layer: number,
  lanes: number,
  yosys: Yosys,
  liberty: Liberty,
): Promise<AsicDesign> {
  const files = acceleratorSources(model, lanes);
  const parameters = { ...parametersOf(accelerator, arrayOf(accelerator, layer)), MACS: lanes };
  return synthesise({ files, top: arrayModule, read: [...files.keys()], parameters }, yosys, liberty);
}

const arrayModule = "mac_array";

/** Name of the array's module in the layer's instance. */
function arrayOf(netlist: Netlist, layer: number): string {
  const find = (module: string): string | undefined => {
    if (baseName(module) === arrayModule) {
      return module;
    }
    const inner = Object.values(netlist[module]!.cells).map(({ type }) => type).filter((type) => type in netlist);
    return inner.map(find).find((found) => found !== undefined);
  };
  const found = find(netlist[defaultModule]!.cells[`layer_${layer}`]!.type);
  if (found === undefined) {
    throw new Error(`There is no ${arrayModule} in layer ${layer} of the synthesised accelerator.`);
  }
  return found;
}

/** The whole accelerator as one netlist without modules, with buffers wherever a net needs them: what a chip would be made of. */
export interface FlatDesign {
  readonly top: string;
  readonly flatVerilog: string;
  readonly netlist: GateNetlist;
  /** Pins that drive more than their library allows: with any of them, no delay can be told. */
  readonly overloads: readonly Overload[];
  /** The area of standard cells: memories and ROMs are cut out. */
  readonly area: number;
  readonly cells: number;
}

/** @throws ToolError */
export async function synthesiseFlat(model: FixedModel, macUnits: number, yosys: Yosys, liberty: Liberty): Promise<FlatDesign> {
  const files = acceleratorSources(model, macUnits);
  const sources = { files, top: defaultModule, read: [...files.keys()], isFlat: true };
  const script = [...mapped(sources), ...flatVerilogOut].join("\n");
  const outputs = await yosys.run(script, withLibrary(sources, liberty), ["flat.v"]);
  return flatDesign(outputs.get("flat.v")!, liberty);
}

/**
 * @param flatVerilog of the accelerator, in cells of the library and the ends of paths at memories
 * @throws ToolError for a cell that the library does not have
 */
export function flatDesign(flatVerilog: string, liberty: Liberty): FlatDesign {
  const netlist = parseGateNetlist(flatVerilog);
  return { top: defaultModule, flatVerilog, netlist, overloads: overloads(netlist, liberty), ...areaOfCells(netlist, liberty) };
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

interface Sources {
  readonly files: ReadonlyMap<string, string>;
  readonly read: readonly string[];
  readonly top: string;
  readonly parameters?: Parameters;
  readonly isFlat?: boolean;
}

/**
 * `-constr` makes ABC insert buffers, without which nets of large fan-out would set the clock; the load is in fF. What ABC gets
 * ends at registers and memories, whose outputs it buffers only where it is told of a cell that drives them.
 */
function constraints({ text }: Liberty, isFlat: boolean): string {
  const driver = isFlat ? strongestDriver(text) : undefined;
  return [...(driver === undefined ? [] : [`set_driving_cell ${driver}`]), "set_load 10.0 [all_outputs]", ""].join("\n");
}

/** Yosys's script from Verilog to cells. */
function mapped({ read, top, parameters = {}, isFlat = false }: Sources): string[] {
  const values = Object.entries(parameters).map(([name, value]) => ` -set ${name} ${value}`).join("");
  return [
    `read_verilog ${read.join(" ")}`,
    ...(values === "" ? [] : [`chparam${values} ${top}`]),
    `synth${isFlat ? " -flatten" : ""} -top ${top}`,
    "dfflibmap -liberty cells.lib",
    "abc -liberty cells.lib -constr constraints.sdc",
    "opt_clean -purge",
  ];
}

// OpenSTA's reader knows no concatenations on the left.
const flatVerilogOut = ["splitnets -ports", "opt_clean -purge", "write_verilog -noattr -noexpr flat.v", ""];

/** A simulator is given what memories would say as inputs. */
const memoriesOut = "expose -evert t:memory_output t:memory_input";

function withLibrary({ files, isFlat = false }: Sources, liberty: Liberty): Map<string, string> {
  return new Map([...files, ["cells.lib", liberty.text], ["constraints.sdc", constraints(liberty, isFlat)]]);
}

async function synthesise(sources: Sources, yosys: Yosys, liberty: Liberty): Promise<AsicDesign> {
  const script = [...mapped(sources), "write_json netlist.json", "flatten", memoriesOut, ...flatVerilogOut].join("\n");
  const outputs = await yosys.run(script, withLibrary(sources, liberty), ["netlist.json", "flat.v"]);
  return { top: sources.top, netlist: parseNetlist(outputs.get("netlist.json")!), flatVerilog: outputs.get("flat.v")! };
}
