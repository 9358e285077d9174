import { inTemporaryFolder, runProgram, ToolError } from "./runProgram.js";

/** What place and route found. */
export interface Placement {
  readonly megahertz: number;
  readonly version: string;
  readonly device: string;
}

const remedy = "install it (Debian: nextpnr-ice40).";
const program = "nextpnr-ice40";
export const placedDevice = "iCE40 HX8K, package ct256";

/**
 * @param netlist JSON of `synth_ice40`
 * @throws MissingToolError when nextpnr-ice40 is not on PATH, ToolError when the design does not fit
 */
export async function placeIce40(netlist: string, signal?: AbortSignal): Promise<Placement> {
  const version = parseVersion(await runProgram({ program, args: ["--version"], signal, remedy }));
  const args = ["--hx8k", "--package", "ct256", "--json", "netlist.json", "--pcf-allow-unconstrained", "--seed", "1"];
  return inTemporaryFolder(new Map([["netlist.json", netlist]]), async (cwd) => {
    const output = await runProgram({ program, args, cwd, signal, remedy });
    return { megahertz: parseMegahertz(output), version, device: placedDevice };
  });
}

/** `"nextpnr-ice40" -- Next Generation Place and Route (Version 0.4-1+b1)` */
function parseVersion(text: string): string {
  return /Version\s+([^\s)]+)/.exec(text)?.[1] ?? text.trim();
}

/**
 * The last report is that of the routed design; those before are estimates.
 * @throws ToolError when there is none
 */
export function parseMegahertz(output: string): number {
  const last = [...output.matchAll(/Max frequency for clock '[^']*':\s+([\d.]+) MHz/g)].at(-1);
  if (last === undefined) {
    throw new ToolError("nextpnr-ice40 reported no clock frequency.");
  }
  return Number(last[1]);
}
