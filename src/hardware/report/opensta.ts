import type { FlatDesign } from "./asicSynthesis.js";
import type { Liberty } from "./liberty.js";
import { memoryCells, type MemoryTiming } from "./memoryCells.js";
import { inTemporaryFolder, runProgram, ToolError } from "../../programs/runProgram.js";

/** OpenSTA, a static timing analyser. */
export interface OpenSta {
  readonly tool: "OpenSTA";
  readonly version: string;
  readonly signal?: AbortSignal;
}

/** The slowest path of a design between two clock edges, and its power at a clock and activity that are given. */
export interface TimingReading {
  /** Shortest clock period, in ns: arrival of the slowest path and its setup time. */
  readonly periodNanoseconds: number;
  readonly startPoint: string;
  readonly endPoint: string;
  /** Power in W at `powerClock`. */
  readonly watts: number;
}

const remedy = "install it (Debian: opensta).";
const program = "sta";

/** Power is read at this clock, with each net switching in so many of its cycles: vectorless, no data is looked at. */
export const powerClock = { periodNanoseconds: 10, activity: 0.2 } as const;

/** @throws MissingToolError when `sta` is not on PATH */
export async function findOpenSta(signal?: AbortSignal): Promise<OpenSta> {
  const version = (await runProgram({ program, args: ["-version"], signal, remedy })).trim();
  return { tool: "OpenSTA", version, signal };
}

/**
 * @param memory what paths spend in memories
 * @throws ToolError
 */
export async function readTiming({ flatVerilog, top, netlist }: FlatDesign, memory: MemoryTiming, liberty: Liberty, { signal }: OpenSta): Promise<TimingReading> {
  // One port at a time: a list of ports is refused by this version.
  const delays = (ports: readonly string[], command: string): string[] =>
    ports.filter((port) => port !== "clock").map((port) => `${command} 0 -clock clock [get_ports {${port}}]`);
  const script = [
    "read_liberty cells.lib",
    "read_liberty memories.lib",
    "read_verilog flat.v",
    `link_design ${top}`,
    `create_clock -name clock -period ${powerClock.periodNanoseconds} [get_ports clock]`,
    ...delays(netlist.inputs, "set_input_delay"),
    ...delays(netlist.outputs, "set_output_delay"),
    "report_checks -path_delay max -digits 4",
    `set_power_activity -global -activity ${powerClock.activity}`,
    "report_power -digits 6",
    "exit",
    "",
  ].join("\n");
  const files = new Map([["cells.lib", liberty.text], ["memories.lib", memoryCells(memory)], ["flat.v", flatVerilog], ["script.tcl", script]]);
  return inTemporaryFolder(files, async (cwd) =>
    parseTiming(await runProgram({ program, args: ["-no_splash", "-exit", "script.tcl"], cwd, signal, remedy })),
  );
}

/**
 * @param output of `report_checks` and `report_power`
 * @throws ToolError when a command failed, after which others would tell of less than was asked for, or there is no path or no power
 */
export function parseTiming(output: string): TimingReading {
  const [fault] = /^Error:.*$/m.exec(output) ?? [];
  if (fault !== undefined) {
    throw new ToolError(`OpenSTA failed: ${fault}`);
  }
  const find = (pattern: RegExp, what: string): string => {
    const found = pattern.exec(output)?.[1];
    if (found === undefined) {
      throw new ToolError(`OpenSTA reported no ${what}: ${output.trim().slice(0, 200)}`);
    }
    return found;
  };
  return {
    periodNanoseconds: powerClock.periodNanoseconds - Number(find(/(-?[\d.]+)\s+slack\s/, "path")),
    startPoint: find(/^Startpoint:\s+(\S+)/m, "start point"),
    endPoint: find(/^Endpoint:\s+(\S+)/m, "end point"),
    watts: Number(find(/^Total(?:\s+[\d.e+-]+){3}\s+([\d.e+-]+)\s+100\.0%/m, "power")),
  };
}
