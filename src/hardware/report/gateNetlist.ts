import type { Liberty } from "./liberty.js";
import { memoryPorts } from "./netlist.js";
import { ToolError } from "../../programs/runProgram.js";

/** A flat netlist of standard cells whose nets are single bits, as `asicSynthesis.ts` has Yosys write it. */
export interface GateNetlist {
  /** Names of single bits: "take", "weights[3]". */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Kind of every cell, also of the ends of paths at memories. */
  readonly kinds: readonly string[];
  /** Every pin of every cell: that of its kind in the library, "NAND2X1/A", and its net. */
  readonly pins: readonly { readonly pin: string; readonly net: string }[];
}

/** Reads the gate netlist that Yosys writes as Verilog, one cell for each statement. */
export function parseGateNetlist(verilog: string): GateNetlist {
  const ports = (direction: string): string[] =>
    [...verilog.matchAll(new RegExp(`^ {2}${direction} (.*);$`, "gm"))].map(([, name]) => plainName(name!));
  const cells = [...verilog.matchAll(/^ {2}(\w+) \S+ +\(\n([^;]*)\n {2}\);$/gm)];
  return {
    inputs: ports("input"),
    outputs: ports("output"),
    kinds: cells.map(([, kind]) => kind!),
    pins: cells.flatMap(([, kind, connections]) =>
      [...connections!.matchAll(/^ {4}\.(\w+)\((.*)\),?$/gm)].map(([, pin, net]) => ({ pin: `${kind}/${pin}`, net: plainName(net!) })),
    ),
  };
}

/**
 * What a netlist's standard cells take, in the library's unit.
 * @throws ToolError for a cell without an area
 */
export function areaOfCells({ kinds }: GateNetlist, { cellAreas, file }: Pick<Liberty, "cellAreas" | "file">): { area: number; cells: number } {
  const cells = kinds.filter((kind) => !memoryPorts.includes(kind));
  const area = cells.reduce((sum, kind) => {
    const own = cellAreas.get(kind);
    if (own === undefined) {
      throw new ToolError(`The cell ${kind} has no area in ${file}: use a complete standard cell library.`);
    }
    return sum + own;
  }, 0);
  return { area, cells: cells.length };
}

/** A name without the backslash and the space that escape it in Verilog. */
export function plainName(name: string): string {
  return name.trim().replace(/^\\/, "");
}
