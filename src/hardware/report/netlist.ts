import * as z from "zod";
import type { Liberty } from "./liberty.js";
import { ToolError } from "../../programs/runProgram.js";

const netlistSchema = z.object({
  modules: z.record(
    z.string(),
    z.object({
      attributes: z.record(z.string(), z.union([z.string(), z.number()])),
      parameter_default_values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      cells: z.record(z.string(), z.object({ type: z.string() })),
    }),
  ),
});

/** A netlist of standard cells whose modules are still apart, as `write_json` writes it. */
export type Netlist = z.infer<typeof netlistSchema>["modules"];

/** Reads the netlist that Yosys writes as JSON. */
export function parseNetlist(json: string): Netlist {
  return netlistSchema.parse(JSON.parse(json)).modules;
}

/** Standard cells and their area, and the bits of memories, which are not made of them. */
export interface Extent {
  readonly area: number;
  readonly cells: number;
  readonly memoryBits: number;
  readonly romBits: number;
}

export const nothing: Extent = { area: 0, cells: 0, memoryBits: 0, romBits: 0 };

/** The sum of two extents. */
export function together(one: Extent, other: Extent): Extent {
  return {
    area: one.area + other.area,
    cells: one.cells + other.cells,
    memoryBits: one.memoryBits + other.memoryBits,
    romBits: one.romBits + other.romBits,
  };
}

/** The module that a parameterised one was made of: "$paramod$0a…\\look_up", "$paramod\\rom\\WIDTH=s32'…" */
export function baseName(module: string): string {
  return module.startsWith("$paramod") ? module.split("\\")[1]! : module;
}

/** The ends of paths at memories, which are no standard cells. */
export const memoryPorts: readonly string[] = ["memory_output", "memory_input"];

/** Arithmetic that belongs to the module that uses it. */
const helpers = ["round_shift", "saturate", "mac_pair", "wide_memory"];

/**
 * What each kind of module is made of over all its instances, without the modules in it, but with their arithmetic.
 * @param top module at which counting begins
 * @throws ToolError for a cell without an area
 */
export function extents(netlist: Netlist, top: string, { cellAreas, file }: Pick<Liberty, "cellAreas" | "file">): Map<string, Extent> {
  const found = new Map<string, Extent>();
  const add = (name: string, extent: Extent): void => void found.set(name, together(found.get(name) ?? nothing, extent));
  const areaOf = (type: string, user: string): Extent => {
    const area = cellAreas.get(type);
    if (area === undefined) {
      throw new ToolError(`The cell ${type} in ${user} has no area in ${file}: use a complete standard cell library.`);
    }
    return { ...nothing, area, cells: 1 };
  };
  /** Cells of a module and its helpers; the other modules in it are added by themselves. */
  const ownExtent = (name: string): Extent => {
    const base = baseName(name);
    const module = netlist[name]!;
    const types = Object.values(module.cells).map(({ type }) => type).filter((type) => !memoryPorts.includes(type));
    return types.reduce((sum, type) => {
      if (!(type in netlist)) {
        return together(sum, areaOf(type, base));
      }
      if (helpers.includes(baseName(type))) {
        return together(sum, ownExtent(type));
      }
      add(baseName(type), ownExtent(type));
      return sum;
    }, memoryExtent(base, module));
  };
  add(baseName(top), ownExtent(top));
  return found;
}

function memoryExtent(base: string, module: Netlist[string]): Extent {
  if (base !== "memory" && base !== "rom") {
    return nothing;
  }
  const { WIDTH, DEPTH } = module.parameter_default_values!;
  const bits = integer(WIDTH!) * integer(DEPTH!);
  return base === "memory" ? { ...nothing, memoryBits: bits } : { ...nothing, romBits: bits };
}

/** The whole numbers that a module was instantiated with. */
export function parametersOf(netlist: Netlist, module: string): Record<string, number> {
  const values = Object.entries(netlist[module]!.parameter_default_values ?? {});
  return Object.fromEntries(values.map(([name, value]) => [name, integer(value)]));
}

/** Numbers are written in binary. */
function integer(value: string | number): number {
  return typeof value === "number" ? value : Number.parseInt(value, 2);
}
