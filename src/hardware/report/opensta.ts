import type { AsicDesign } from "./asicSynthesis.js";
import type { Liberty } from "./liberty.js";
import { inTemporaryFolder, runProgram, ToolError } from "./runProgram.js";

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

/** @throws ToolError */
export async function readTiming({ flatVerilog, top }: AsicDesign, liberty: Liberty, { signal }: OpenSta): Promise<TimingReading> {
  const script = [
    "read_liberty cells.lib",
    "read_verilog flat.v",
    `link_design ${top}`,
    `create_clock -name clock -period ${powerClock.periodNanoseconds} [get_ports clock]`,
    "set data {}",
    'foreach port [all_inputs] { if {[get_full_name $port] ne "clock"} { lappend data $port } }',
    "set_input_delay 0 -clock clock $data",
    "set_output_delay 0 -clock clock [all_outputs]",
    "report_checks -path_delay max -digits 4",
    `set_power_activity -global -activity ${powerClock.activity}`,
    "report_power -digits 6",
    "exit",
    "",
  ].join("\n");
  const files = new Map([["cells.lib", liberty.text], ["flat.v", flatVerilog], ["script.tcl", script]]);
  return inTemporaryFolder(files, async (cwd) =>
    parseTiming(await runProgram({ program, args: ["-no_splash", "-exit", "script.tcl"], cwd, signal, remedy })),
  );
}

/**
 * @param output of `report_checks` and `report_power`
 * @throws ToolError when there is no path or no power in it
 */
export function parseTiming(output: string): TimingReading {
  const find = (pattern: RegExp, what: string): string => {
    const found = pattern.exec(output)?.[1];
    if (found === undefined) {
      throw new ToolError(`OpenSTA reported no ${what}: ${/^Error:.*$/m.exec(output)?.[0] ?? output.trim().slice(0, 200)}`);
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
